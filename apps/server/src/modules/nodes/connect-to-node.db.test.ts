// Calling a node by its rules: over TLS with and without certificate, as a user, with a limit of associations. The
// other side is DCMTK's storescp, or our own SCP.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeDataset, parseDicom } from '@yunying/dicom';
import {
  answerContexts,
  cEchoService,
  commandField,
  createScp,
  cStoreService,
  type Scp,
} from '@yunying/dimse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../db/free-port.ts';
import { smallObject } from '../../dimse/testing/small-object.ts';
import { openTestContext, type TestContext } from '../../testing/context.ts';
import { connectToNode } from './connect-to-node.ts';
import { echoNode } from './echo-node.ts';
import type { NodeSpec } from './register-node.ts';
import { addNode } from './register-node.ts';
import { makeCertificates, noOpenssl } from './testing/certificate.ts';

const noDcmtk = !existsSync('/usr/bin/storescp');
const ct = '1.2.840.10008.5.1.4.1.1.2';
const explicitLittle = '1.2.840.10008.1.2.1';
const contexts = [{ abstractSyntax: ct, transferSyntaxes: [explicitLittle] }];

let ctx: TestContext;
let folder: string;
const file = (name: string) => join(folder, name);
const text = (name: string) => readFileSync(file(name), 'utf8');

beforeAll(async () => {
  ctx = await openTestContext();
  folder = mkdtempSync(join(tmpdir(), 'yunying-call-'));
  if (!noOpenssl) makeCertificates(folder, ['server', 'client']);
});
afterAll(async () => {
  await ctx.close();
  rmSync(folder, { recursive: true, force: true });
});

const register = (name: string, port: number, more: Partial<NodeSpec>) =>
  addNode(ctx, { kind: 'dicom', name, host: '127.0.0.1', port, may: ['send'], ...more });

describe.skipIf(noDcmtk || noOpenssl)('over TLS (needs DCMTK and openssl)', () => {
  let storescp: ChildProcess;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    const own = ['+tls', file('server-key.pem'), file('server.pem'), '+cf', file('ca.pem'), '-rc'];
    storescp = spawn('storescp', [...own, '-aet', 'PACS', '-od', folder, String(port)], { stdio: 'ignore' });
    const probe = await register('PROBE', port, {});
    for (let tries = 0; tries < 100; tries += 1) {
      if ((await echoNode(ctx, probe, 1000)).reason !== 'unreachable') return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('storescp did not start');
  });
  afterAll(() => storescp.kill());

  it('stores at a storescp that demands a certificate, and answers the test of the connection', async () => {
    const node = await register('PACS', port, {
      rules: { tls: { ca: text('ca.pem'), certificate: text('client.pem') } },
      secrets: { tlsKey: text('client-key.pem') },
    });
    expect(await echoNode(ctx, node, 5000)).toMatchObject({ ok: true });
    const association = await connectToNode(ctx, node, contexts);
    const { dataset } = parseDicom(smallObject('1.2.3.4'));
    const object = {
      sopClassUid: ct,
      sopInstanceUid: '1.2.3.4',
      transferSyntaxUid: explicitLittle,
      dataset: encodeDataset(dataset, explicitLittle),
    };
    expect(await association.store(object)).toMatchObject({ status: 0 });
    await association.release();
    expect(readdirSync(folder)).toContain('CT.1.2.3.4');
  });

  it('says no without a certificate, with a foreign authority and in clear', async () => {
    const withoutOwn = await register('PACS2', port, { rules: { tls: { ca: text('ca.pem') } } });
    const foreign = await register('PACS3', port, { rules: { tls: {} } });
    const clear = await register('PACS4', port, {});
    for (const node of [withoutOwn, foreign, clear])
      expect(await echoNode(ctx, node, 3000)).toMatchObject({ ok: false });
  });

  it('uses the certificate of this server where the node has none of its own', async () => {
    const dimseTlsFiles = {
      certificate: file('client.pem'),
      key: file('client-key.pem'),
      ca: file('ca.pem'),
    };
    const node = await register('PACS5', port, { rules: { tls: {} } });
    const own = { ...ctx, config: { ...ctx.config, dimseTlsFiles } };
    expect(await echoNode(own, node, 5000)).toMatchObject({ ok: true });
  });

  it('is not fooled by a certificate of another name', async () => {
    const node = await register('PACS6', port, {
      rules: { tls: { ca: text('ca.pem'), certificate: text('client.pem'), serverName: 'elsewhere' } },
      secrets: { tlsKey: text('client-key.pem') },
    });
    expect(await echoNode(ctx, node, 3000)).toMatchObject({ ok: false, reason: 'unreachable' });
  });
});

describe('as a user', () => {
  let scp: Scp;
  let confirms = true;
  const seen: string[] = [];
  beforeAll(async () => {
    scp = createScp({
      negotiate: (request) => {
        const identity = request.userInformation.userIdentity;
        seen.push(`${identity?.type} ${identity?.primary} ${identity?.secondary}`);
        return {
          accept: {
            contexts: answerContexts(request, ({ transferSyntaxes }) => transferSyntaxes[0] ?? 4),
            ...(confirms ? { userIdentityResponse: Buffer.alloc(0) } : {}),
          },
        };
      },
      services: {
        [commandField.cEchoRq]: cEchoService,
        [commandField.cStoreRq]: () => new Promise(() => {}), // never answers
      },
    });
    await scp.listen('127.0.0.1', 0);
  });
  afterAll(() => scp.close({ drainMs: 0 }));

  it('gives name and passcode, and goes away when it is to be confirmed and is not', async () => {
    const node = await register('USERS', scp.address().port, {
      rules: { user: { name: '云影', isConfirmed: true } },
      secrets: { passcode: 'sesame' },
    });
    expect(await echoNode(ctx, node, 3000)).toMatchObject({ ok: true });
    expect(seen.at(-1)).toBe('username-and-passcode 云影 sesame');
    confirms = false;
    expect(await echoNode(ctx, node, 3000)).toMatchObject({ ok: false, reason: 'rejected' });
    const trusting = await register('USERS', scp.address().port, { rules: { user: { name: 'yunying' } } });
    expect(await echoNode(ctx, trusting, 3000)).toMatchObject({ ok: true });
  });

  it('sends no faster than the rules say', async () => {
    const taker = createScp({
      negotiate: (request) => ({
        accept: { contexts: answerContexts(request, ({ transferSyntaxes }) => transferSyntaxes[0] ?? 4) },
      }),
      services: {
        [commandField.cStoreRq]: cStoreService(async ({ dataset }) => {
          await dataset.discard();
          return { status: 0 };
        }),
      },
    });
    await taker.listen('127.0.0.1', 0);
    const node = await register('NARROW', taker.address().port, { rules: { bytesPerSecond: 1_000_000 } });
    const association = await connectToNode(ctx, node, contexts);
    const object = { sopClassUid: ct, sopInstanceUid: '1.2.3', transferSyntaxUid: explicitLittle };
    const began = performance.now();
    expect((await association.store({ ...object, dataset: Buffer.alloc(1_250_000) })).status).toBe(0);
    // A million bytes above the burst take a second; there is no upper bound to assert.
    expect(performance.now() - began).toBeGreaterThan(850);
    await association.release();
    await taker.close({ drainMs: 500 });
  });

  it('waits for a response as long as its rules say', async () => {
    confirms = true;
    const node = await register('MUTE', scp.address().port, { rules: { dimseSeconds: 1 } });
    const association = await connectToNode(ctx, node, contexts);
    const object = { sopClassUid: ct, sopInstanceUid: '1.2.3', transferSyntaxUid: explicitLittle };
    await expect(association.store({ ...object, dataset: Buffer.alloc(10) })).rejects.toThrow(
      /within 1000 ms/,
    );
  });

  it('opens no more associations than the rules allow, and waits for one to end', async () => {
    confirms = true;
    const node = await register('ONE', scp.address().port, {
      rules: { mostAssociations: 1, associationSeconds: 1 },
    });
    const first = await connectToNode(ctx, node, contexts);
    await expect(connectToNode(ctx, node, contexts)).rejects.toThrow(/associations are open/);
    const second = connectToNode(ctx, node, contexts);
    await first.release();
    await (await second).release();
  });
});
