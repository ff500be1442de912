import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseMessage, readAck } from '@yunying/hl7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutateHl7 } from '../../../../../packages/hl7/src/testing/mutate.ts';
import { openTestContext, type TestContext } from '../../testing/context.ts';
import { addNode } from '../nodes/index.ts';
import { setNodeDisabled } from '../nodes/register-node.ts';
import { reportMessages } from '../reports/index.ts';
import { ownRoutes } from './orders.mllp.ts';
import { receiveMessage } from './receive-message.ts';
import { hl7, pid, segment } from './testing/mllp-rig.ts';

const corpus = resolve(
  process.env.YUNYING_CORPUS ?? resolve(import.meta.dirname, '../../../../../../shared/corpus'),
  'hl7v2',
);

describe('who may send in production', () => {
  let ctx: TestContext;
  beforeAll(async () => {
    ctx = await openTestContext({ YUNYING_PROFILE: 'production' });
  });
  afterAll(() => ctx.close());
  const send = async (application: string, address: string) => {
    const bytes = Buffer.from(hl7('ADT^A04', [pid('P1', '韦^小妹')], { application }));
    return readAck(parseMessage(await receiveMessage(ctx, ownRoutes, bytes, { address, port: 1 })));
  };
  const kept = async () => (await ctx.db.selectFrom('hl7_message').select('id').execute()).length;

  it('refuses a stranger, keeps nothing of the message, and audits it', async () => {
    expect(await send('STRANGER', '10.9.9.9')).toMatchObject({ code: 'AR' });
    expect(await kept()).toBe(0);
    const events = await ctx.db
      .selectFrom('audit_event')
      .select(['event_type', 'source_ip', 'result'])
      .execute();
    expect(events).toContainEqual({
      event_type: 'hl7.peer_refused',
      source_ip: '10.9.9.9',
      result: 'denied',
    });
  });

  it('takes a registered node from its host only, and other senders of that host', async () => {
    await addNode(ctx, { kind: 'hl7', name: 'RIS', host: '10.0.0.7' });
    expect(await send('RIS', '::ffff:10.0.0.7')).toMatchObject({ code: 'AA' });
    expect(await send('RIS', '10.9.9.9')).toMatchObject({ code: 'AR' });
    expect(await send('OTHER', '10.0.0.7')).toMatchObject({ code: 'AA' });
    expect(await send('OTHER', '127.0.0.1')).toMatchObject({ code: 'AA' });
  });
});

describe('a disabled HL7 node', () => {
  let ctx: TestContext;
  beforeAll(async () => {
    ctx = await openTestContext(); // profile demo, where strangers may send
  });
  afterAll(() => ctx.close());
  const send = async (facility: string) => {
    const bytes = Buffer.from(hl7('ADT^A04', [pid('P1', '韦^小妹')], { application: 'RIS', facility }));
    return readAck(
      parseMessage(await receiveMessage(ctx, ownRoutes, bytes, { address: '127.0.0.1', port: 1 })),
    );
  };

  it('is refused by name, even from this machine, with nothing kept and an audit row; others are not', async () => {
    const node = await addNode(ctx, { kind: 'hl7', name: 'RIS', facility: 'EAST' });
    await setNodeDisabled(ctx.db, node.id, ctx.clock.now());
    const answer = await send('EAST');
    expect(answer).toMatchObject({ code: 'AR' });
    expect(answer.text).toContain('发送方已停用');
    expect(await ctx.db.selectFrom('hl7_message').select('id').execute()).toEqual([]);
    expect(await ctx.db.selectFrom('audit_event').select('result_code').execute()).toEqual([
      { result_code: 'nodes.disabled' },
    ]);
    expect(await send('WEST')).toMatchObject({ code: 'AA' });
    await setNodeDisabled(ctx.db, node.id, null);
    expect(await send('EAST')).toMatchObject({ code: 'AA' });
  });

  it('of any facility closes the application, but not a facility registered by itself', async () => {
    const all = await addNode(ctx, { kind: 'hl7', name: 'RIS' });
    await setNodeDisabled(ctx.db, all.id, ctx.clock.now());
    expect(await send('WEST')).toMatchObject({ code: 'AR' });
    expect(await send('EAST')).toMatchObject({ code: 'AA' });
  });
});

describe('hostile messages', () => {
  let ctx: TestContext;
  const routes = { ...ownRoutes, ...reportMessages };
  beforeAll(async () => {
    ctx = await openTestContext();
  });
  afterAll(() => ctx.close());
  const send = async (bytes: Uint8Array) =>
    readAck(
      // The answer repeats MSH-18 as it came, also when that is no character set.
      parseMessage(await receiveMessage(ctx, routes, bytes, { address: '127.0.0.1', port: 1 }), {
        charset: '8859/1',
        ignoreDeclared: true,
      }),
    );

  it('with zero bytes and broken characters are answered and kept', async () => {
    const report = hl7('ORU^R01', [
      pid('P\u0000-1', '韦\u0000^小妹\ud800'),
      segment('OBR', { 1: '1', 3: 'A\u00001', 4: 'X^胸部\u0000CT', 25: 'F' }),
      'OBX|1|TX|IMPRESSION||结\u0000节||||||F',
    ]);
    expect(await send(Buffer.from(report))).toMatchObject({ code: 'AA' });
    expect(
      await send(Buffer.from(hl7('ADT^A08', [pid('P2', '韦^小妹')], { controlId: 'C\u0000' }))),
    ).toMatchObject({ code: 'AA' });
  });

  it('with enormous fields are cut to what a field may hold', async () => {
    const long = '长'.repeat(50_000);
    const order = hl7('ORM^O01', [
      pid('P3', `${long}^${long}`),
      `ORC|NW|${long}|A3`,
      `OBR|1|${long}|A3|${long}^${long}`,
    ]);
    expect(await send(Buffer.from(order))).toMatchObject({ code: 'AA' });
  });

  it.skipIf(!existsSync(corpus))(
    'mutated from the corpus get an answer each (needs the corpus of real files)',
    { timeout: 120_000 },
    async () => {
      const files = readdirSync(join(corpus, 'dcm4che')).map((name) =>
        readFileSync(join(corpus, 'dcm4che', name)),
      );
      const codes = new Map<string, number>();
      for (let seed = 0; seed < 300; seed++) {
        const bytes = mutateHl7(files[seed % files.length] ?? Buffer.alloc(0), seed);
        const { code } = await send(bytes);
        codes.set(code, (codes.get(code) ?? 0) + 1);
      }
      expect([...codes.keys()].every((code) => ['AA', 'AE', 'AR'].includes(code))).toBe(true);
      const internal = await ctx.db
        .selectFrom('hl7_message')
        .select(['error', 'message_type'])
        .where('error_code', '=', 'platform.internal')
        .execute();
      expect(internal).toEqual([]);
    },
  );
});
