// Knocks at every route of both listeners, taken from the route table itself, without a session and with ids that
// exist; and with the session of one patient at everything of another. A route added tomorrow is knocked at too.
import type { FastifyInstance, FastifyPluginAsync, RouteOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../context.ts';
import { createHttp, type HttpPlugin, type Listener } from '../../http/index.ts';
import { openTestContext, type TestContext } from '../../testing/context.ts';
import { createAuthorize, openSession } from '../access/index.ts';
import { createDemoAccounts } from '../accounts/index.ts';
import { adminPlugins, httpPlugins } from '../index.ts';
import { setExamStatus } from '../orders/index.ts';
import { writeReport } from '../share/testing/reports.ts';
import { type Invented, inventTwoPatients } from '../share/testing/two-patients.ts';
import { writeInstance, writeStudy } from './testing/studies.ts';

let ctx: TestContext;
let wang: Invented;
let qin: Invented;
const doors: { listener: Listener; method: string; url: string; permission: string }[] = [];
const apps = new Map<Listener, FastifyInstance>();
/** Parameter name of a route -> an id of this person's that exists. */
type Owned = Record<string, string>;
let wangs: Owned;

beforeAll(async () => {
  ctx = await openTestContext();
  await createDemoAccounts(ctx);
  [wang, qin] = await inventTwoPatients(ctx.db);
  for (const { examId } of [wang, qin]) {
    const publishedAt = ctx.clock.now();
    await ctx.db.transaction().execute((tx) => setExamStatus(tx, examId, 'published', { publishedAt }));
  }
  wangs = await ownedBy(wang, '1.2.826.77.1');
  // No route reaches the codec without a session; the modules only keep it.
  const whole = { ...ctx, codec: undefined } as unknown as Context;
  for (const listener of ['public', 'admin'] as const) {
    const modules = listener === 'public' ? httpPlugins(whole) : adminPlugins(whole);
    const app = await createHttp(ctx, {
      listener,
      authorize: createAuthorize(ctx, listener),
      plugins: [listRoutes(listener), ...modules],
      readiness: async () => ({ reasons: [], notes: [] }),
    });
    apps.set(listener, app);
  }
});
afterAll(async () => {
  for (const app of apps.values()) await app.close();
  await ctx.close();
});

async function ownedBy(one: Invented, uid: string): Promise<Owned> {
  const study = await writeStudy(ctx.db, {
    examId: one.examId,
    patientRowId: one.patientRowId,
    uid,
    name: one.name,
  });
  const { seriesUid, sopUid } = await writeInstance(ctx, study);
  const { reportId } = await writeReport(ctx.db, one, 'final', '颅脑未见异常', ctx.clock.now());
  const rows = {
    examId: one.examId,
    patientId: one.patientRowId,
    personId: one.personId,
    reportId,
    version: '1',
    page: '1',
  };
  return {
    ...rows,
    study,
    studyInstanceUid: study,
    series: seriesUid,
    instance: sopUid,
    frame: '1',
    frames: '1',
  };
}

/** A plugin that breaks out of its own scope to hear of every route registered after it. */
function listRoutes(listener: Listener): HttpPlugin {
  const spy: FastifyPluginAsync = async (app) => {
    app.addHook('onRoute', (route: RouteOptions) => {
      for (const method of [route.method].flat()) {
        doors.push({ listener, method, url: route.url, permission: route.config?.access?.permission ?? '' });
      }
    });
  };
  return { routes: Object.assign(spy, { [Symbol.for('skip-override')]: true }) };
}

function fill(url: string, of: Owned): string {
  const filled = url.replace(/:(\w+)(\([^)]*\))?/g, (_all, name: string) => of[name] ?? '1');
  const asked = url.endsWith('/volume/probe') ? '?at=1,1,1' : '';
  return filled.replaceAll('*', '7fe00010') + asked;
}

/** What a door asks for before it looks who knocks: a refusal of the form would hide the one that is tested. */
const picture = { seriesInstanceUid: '1.2.3', sopInstanceUid: '1.2.3.4', frameNumber: 1 };
const bodies: Record<string, object> = {
  '/api/studies/:studyInstanceUid/picture': { picture, format: 'png', identity: true },
  '/api/studies/:studyInstanceUid/film-sheet': {
    pictures: [picture],
    perSheet: 1,
    identity: true,
    trueSize: true,
  },
};

const knock = (door: (typeof doors)[number], url: string, headers: Record<string, string> = {}) =>
  apps.get(door.listener)?.inject({
    method: door.method as 'GET',
    url,
    headers,
    ...(door.method === 'POST' ? { payload: bodies[door.url] ?? {} } : {}),
  });

describe('every door', () => {
  it('there are doors, and each names its permission', () => {
    expect(doors.filter((door) => door.permission === '')).toEqual([]);
    expect(doors.length).toBeGreaterThan(10);
  });

  it('public ones are these and no others', () => {
    const open = doors.filter((door) => door.permission === 'public' && door.method !== 'HEAD');
    expect(open.map((door) => `${door.listener} ${door.method} ${door.url}`).sort()).toEqual([
      'admin POST /api/staff/login',
      'public GET /api/entry/:code',
      'public GET /demo/outbox',
      'public GET /demo/outbox.json',
      'public POST /api/entry/:code/proof',
      'public POST /api/entry/:code/sms-code',
      'public POST /api/staff/login',
    ]);
  });

  it('opens to nobody without a session, unless it is declared public', async () => {
    const open: string[] = [];
    for (const door of doors.filter((one) => one.permission !== 'public')) {
      const answer = await knock(door, fill(door.url, wangs));
      if (answer?.statusCode !== 401)
        open.push(`${door.listener} ${door.method} ${door.url} ${answer?.statusCode}`);
    }
    expect(open).toEqual([]);
  });

  const patientDoors = () =>
    doors.filter((one) => !['public', 'session'].includes(one.permission) && one.url.includes(':'));

  it('of one patient stays closed to another, session narrow or wide', async () => {
    const leaks: string[] = [];
    for (const examId of [null, qin.examId, wang.examId]) {
      const cookie = await cookieOf(qin, examId);
      for (const door of patientDoors()) {
        const answer = await knock(door, fill(door.url, wangs), { cookie });
        const where = `${door.listener} ${door.method} ${door.url} ${answer?.statusCode}`;
        if (![401, 403, 404].includes(answer?.statusCode ?? 0)) leaks.push(where);
        if (answer?.body.includes(wang.name) || answer?.body.includes(wang.phone))
          leaks.push(`${where} tells`);
      }
    }
    expect(leaks).toEqual([]);
  });

  it('opens to the patient whose it is: the refusals above are not for want of the object', async () => {
    const cookie = await cookieOf(wang, null);
    const opened: string[] = [];
    for (const door of patientDoors().filter((one) => one.method === 'GET')) {
      // The bytes are no object: a door that streams them breaks off, which is open too.
      const answer = await knock(door, fill(door.url, wangs), { cookie })?.catch(() => null);
      if (answer === null || ![401, 403, 404].includes(answer?.statusCode ?? 0)) opened.push(door.url);
    }
    expect(opened.length, opened.join(' ')).toBeGreaterThan(1);
  });
});

async function cookieOf(one: Invented, examId: string | null): Promise<string> {
  const session = {
    kind: 'patient',
    personId: one.personId,
    examId,
    proof: 'sms',
    shareLinkId: null,
  } as const;
  return `yy_session=${(await openSession(ctx, session, { ip: '10.0.0.1', userAgent: 'test' })).secret}`;
}
