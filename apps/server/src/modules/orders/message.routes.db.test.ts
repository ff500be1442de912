import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttp, type HttpApp } from '../../http/index.ts';
import { openTestContext, type TestContext } from '../../testing/context.ts';
import { createAuthorize } from '../access/index.ts';
import { staffCookie } from '../accounts/testing/staff-cookie.ts';
import { setInstitution } from '../mpi/index.ts';
import { addNode } from '../nodes/index.ts';
import { reportMessages } from '../reports/index.ts';
import { hl7MessageRoutes, receiveMessage } from './index.ts';
import { ownRoutes } from './orders.mllp.ts';
import { hl7, pid, segment } from './testing/mllp-rig.ts';

const routes = { ...ownRoutes, ...reportMessages };
type Page = {
  items: {
    id: string;
    state: string;
    errorCode: string | null;
    error: string | null;
    reason: string | null;
  }[];
  nextCursor: string | null;
  total: number;
};

let ctx: TestContext;
let app: HttpApp;
let cookie: string;
beforeAll(async () => {
  ctx = await openTestContext();
  await setInstitution(ctx.db, { code: 'YYYY', name: '云影示范医院', isDefault: true, aliases: [] });
  cookie = await staffCookie(ctx, 'system_admin');
  app = await createHttp(ctx, {
    listener: 'admin',
    authorize: createAuthorize(ctx, 'admin'),
    plugins: [hl7MessageRoutes(ctx, reportMessages)],
    readiness: async () => ({ reasons: [], notes: [] }),
  });
});
afterAll(async () => {
  await app.close();
  await ctx.close();
});

const call = (method: 'GET' | 'POST', url: string, headers: Record<string, string> = {}) =>
  app.inject({
    method,
    url: `/api/messages${url}`,
    headers: { cookie, 'sec-fetch-site': 'same-origin', ...headers },
  });
const receive = (message: string | Uint8Array, by = routes) =>
  receiveMessage(ctx, by, Buffer.from(message), { address: '10.0.0.9', port: 4711 });
const list = async (query: string) => (await call('GET', query)).json<Page>();
const auditOf = (event: string) =>
  ctx.db.selectFrom('audit_event').selectAll().where('event_type', '=', event).execute();
const takenOrder = (controlId: string) =>
  hl7(
    'ORM^O01',
    [pid('P-B', '钱^二'), 'ORC|NW|PL-B|ACC-1', 'OBR|1|PL-B|ACC-1|CT01^头颅CT|||||||||||||||||||||CT'],
    { controlId },
  );

describe('the list of messages', () => {
  it('shows what could not be applied, with the reason and the place, and no word of the patient', async () => {
    await receive(
      hl7('ORM^O01', [pid('P-A', '韦^小妹'), 'ORC|NW|PL-A|ACC-1', 'OBR|1|PL-A|ACC-1|CT01^头颅CT']),
    );
    await receive(takenOrder('TAKEN'));
    await receive(hl7('ADT^A08', ['PID|1||||韦^小妹'], { controlId: 'NO-ID' }));
    const answer = await call('GET', '?state=failed');
    expect(answer.json()).toMatchObject({
      total: 2,
      totalIsFloor: false,
      nextCursor: null,
      items: [
        { controlId: 'NO-ID', errorCode: 'hl7.field_missing', reason: '消息缺少必需的字段。' },
        {
          state: 'failed',
          source: '10.0.0.9:4711',
          sendingApplication: 'RIS',
          sendingFacility: 'YYYY',
          messageType: 'ORM^O01',
          controlId: 'TAKEN',
          charset: 'UNICODE UTF-8',
          errorCode: 'orders.accession_taken',
          reason: '此检查号已属于另一位患者，未作更改。',
        },
      ],
    });
    expect(answer.json<Page>().items[0]?.error).toMatch(/^PID-3: /);
    expect(answer.body).not.toMatch(/钱|韦|ACC-1/);
    const english = await call('GET', '?state=failed', { 'accept-language': 'en' });
    expect(english.json<Page>().items[0]?.reason).toBe('A required field is missing.');
  });

  it('keeps the states apart, page by page, newest first', async () => {
    await receive('HELLO');
    await receive(hl7('SIU^S12', [pid('P-A', '韦^小妹')]));
    expect(await list('?state=refused')).toMatchObject({
      total: 1,
      items: [{ errorCode: 'hl7.unparsable' }],
    });
    expect(await list('?state=ignored')).toMatchObject({ items: [{ errorCode: 'hl7.unsupported_type' }] });
    const first = await list('?state=failed&limit=1');
    const second = await list(`?state=failed&limit=1&cursor=${first.nextCursor}`);
    expect([first.items.length, second.items.length, second.nextCursor]).toEqual([1, 1, null]);
    expect(BigInt(first.items[0]?.id ?? 0)).toBeGreaterThan(BigInt(second.items[0]?.id ?? 0));
    expect((await call('GET', '?state=deleted')).statusCode).toBe(400);
  });
});

describe('the content of a message', () => {
  it('is given as it came or as text, each look audited', async () => {
    const [newest] = (await list('?state=failed')).items;
    const bytes = await call('GET', `/${newest?.id}/content`);
    expect(bytes.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'cache-control': 'no-store',
      'content-disposition': expect.stringContaining('.hl7'),
    });
    expect(bytes.rawPayload.toString('utf8')).toContain('PID|1||||韦^小妹\r');
    const text = await call('GET', `/${newest?.id}/content`, { accept: 'text/plain' });
    expect(text.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(text.body.split('\n')[1]).toBe('PID|1||||韦^小妹');
    const rows = await auditOf('message.content_read');
    expect(rows).toMatchObject([
      { object_type: 'hl7_message', object_id: newest?.id, actor_kind: 'staff' },
      { detail: '{"decoded":true}' },
    ]);
    expect((await call('GET', '/1/content')).statusCode).toBe(404);
  });
});

describe('trying a message again', () => {
  const failed = async (controlId: string) =>
    (await ctx.db.selectFrom('hl7_message').select('id').where('control_id', '=', controlId).execute())[0]
      ?.id;

  it('says why it still cannot be applied, and changes nothing else', async () => {
    const id = await failed('TAKEN');
    const answer = await call('POST', `/${id}/retry`, { 'accept-language': 'en' });
    expect(answer.json()).toEqual({
      state: 'failed',
      errorCode: 'orders.accession_taken',
      reason: 'The accession number belongs to another patient; nothing was changed.',
      error: expect.stringContaining('belongs to another patient'),
    });
    expect(await list('?state=failed')).toMatchObject({ total: 2 });
    expect(await auditOf('message.retried')).toMatchObject([
      { object_id: id, detail: '{"outcome":"failed","code":"orders.accession_taken"}' },
    ]);
  });

  it('applies it once what stood in its way is gone, with the time it came at, and never twice', async () => {
    const id = await failed('TAKEN');
    await ctx.db
      .updateTable('exam')
      .set({ accession_number: 'ACC-MOVED' })
      .where('accession_number', '=', 'ACC-1')
      .execute();
    ctx.clock.advance(60_000);
    expect((await call('POST', `/${id}/retry`)).json()).toEqual({
      state: 'applied',
      errorCode: null,
      reason: null,
      error: null,
    });
    const orders = await ctx.db
      .selectFrom('imaging_order')
      .innerJoin('hl7_message', 'hl7_message.id', 'imaging_order.hl7_message_id')
      .select(['placer_order_number', 'imaging_order.updated_at', 'hl7_message.received_at'])
      .where('placer_order_number', '=', 'PL-B')
      .execute();
    expect(orders).toHaveLength(1);
    expect(orders[0]?.updated_at).toEqual(orders[0]?.received_at);
    const again = await call('POST', `/${id}/retry`);
    expect([again.statusCode, again.json().code]).toEqual([409, 'orders.message_applied']);
    // The sender, who is not sure, hears that it has been taken.
    expect(Buffer.from(await receive(takenOrder('TAKEN'))).toString()).toContain('MSA|AA|TAKEN');
  });

  it('by several administrators at once applies it once', async () => {
    await receive(hl7('ADT^A08', ['PID|1'], { controlId: 'RACE' }), {});
    const id = await failed('RACE');
    const raw = Buffer.from(hl7('ADT^A04', [pid('P-RACE', '孙^三')], { controlId: 'RACE' }));
    await ctx.db.updateTable('hl7_message').set({ raw }).where('control_id', '=', 'RACE').execute();
    const codes = await Promise.all(
      [1, 2, 3].map(async () => (await call('POST', `/${id}/retry`)).statusCode),
    );
    expect(codes.sort()).toEqual([200, 409, 409]);
  });

  it('reads a message of a type that has become known', async () => {
    await receive(hl7('ADT^A31', [pid('P-NEW', '李^四')], { controlId: 'LATER' }), {});
    expect(await list('?state=ignored&limit=1')).toMatchObject({
      items: [{ errorCode: 'hl7.unsupported_type' }],
    });
    expect((await call('POST', `/${await failed('LATER')}/retry`)).json()).toMatchObject({
      state: 'applied',
    });
  });

  it('reads bytes that can be read by now, and fills in what their header says', async () => {
    const refused = async () => (await list('?state=refused&limit=1')).items[0]?.id;
    const report = hl7(
      'ORU^R01',
      [
        pid('P-C', '赵^一'),
        segment('OBR', { 1: '1', 3: 'ACC-9', 4: 'X^胸部CT', 25: 'F' }),
        'OBX|1|TX|IMPRESSION||未见异常||||||F',
      ],
      { controlId: 'REPORT' },
    );
    await receive('XYZ|');
    const id = await refused();
    expect((await call('POST', `/${id}/retry`)).json()).toMatchObject({
      state: 'refused',
      errorCode: 'hl7.unparsable',
      reason: '无法解析的 HL7 消息。',
    });
    expect(await refused()).toBe(id);
    await ctx.db
      .updateTable('hl7_message')
      .set({ raw: Buffer.from(report) })
      .where('id', '=', id ?? '')
      .execute();
    expect((await call('POST', `/${id}/retry`)).json()).toMatchObject({ state: 'applied' });
    expect(await list('?state=applied&limit=100')).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({
          id,
          messageType: 'ORU^R01',
          controlId: 'REPORT',
          charset: 'UNICODE UTF-8',
        }),
      ]),
    });
  });

  it('does not apply what the sender has sent again meanwhile', async () => {
    const bytes = Buffer.from(hl7('ADT^A04', [pid('P-D', '周^五')], { controlId: 'AGAIN' }));
    await receive('XYZ|');
    const id = (await list('?state=refused&limit=1')).items[0]?.id ?? '';
    await receive(bytes);
    const sent = await ctx.db
      .selectFrom('hl7_message')
      .selectAll()
      .where('control_id', '=', 'AGAIN')
      .executeTakeFirstOrThrow();
    await ctx.db
      .updateTable('hl7_message')
      .set({ raw: sent.raw, sha256: sent.sha256 })
      .where('id', '=', id)
      .execute();
    expect((await call('POST', `/${id}/retry`)).json()).toMatchObject({
      state: 'ignored',
      errorCode: 'orders.message_repeated',
    });
  });

  it('asks nothing of the node rules: an administrator may apply what a node disabled since has sent', async () => {
    const node = await addNode(ctx, { kind: 'hl7', name: 'OLDHIS', charset: 'GB18030' });
    await receive(hl7('ADT^A04', [pid('P-E', '吴^六')], { controlId: 'OLD', application: 'OLDHIS' }), {});
    await ctx.db.updateTable('node').set({ disabled_at: new Date() }).where('id', '=', node.id).execute();
    expect((await call('POST', `/${await failed('OLD')}/retry`)).json()).toMatchObject({ state: 'applied' });
  });
});

it('gives nothing to strangers', async () => {
  for (const url of ['', '/1/content'])
    expect((await app.inject({ method: 'GET', url: `/api/messages${url}` })).statusCode).toBe(401);
  expect((await app.inject({ method: 'POST', url: '/api/messages/1/retry' })).statusCode).toBe(401);
});
