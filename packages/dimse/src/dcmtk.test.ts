// Against DCMTK, the reference everybody tests with: echoscu and storescu call our SCP, our SCU calls
// storescp. Skipped with a sentence when the tools or the corpus are absent.
import type { ChildProcess } from 'node:child_process';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from './scu.ts';
import { status } from './status.ts';
import { dial } from './testing/dial.ts';
import { openScp } from './testing/open-scp.ts';
import { readPart10 } from './testing/part10.ts';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../../..');
const corpus = path.resolve(root, process.env.YUNYING_CORPUS ?? '../shared/corpus', 'dicom');
const noCorpus = !existsSync(corpus);
const env = { ...process.env, TCP_NODELAY: '1' };

const noDcmtk = (() => {
  try {
    execFileSync('storescu', ['--version'], { stdio: 'ignore' });
    return false;
  } catch {
    return true;
  }
})();

const filesIn = (folder: string): string[] =>
  readdirSync(path.join(corpus, folder))
    .filter((name) => name.endsWith('.dcm'))
    .map((name) => path.join(corpus, folder, name));

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe.skipIf(noDcmtk)('DCMTK (skipped when storescu is not installed) calling our SCP', () => {
  it('echoes', async () => {
    const { scp, port, troubles } = await openScp();
    await run('echoscu', ['--repeat', '5', '127.0.0.1', String(port)], { env });
    await scp.close({ drainMs: 500 });
    expect(troubles).toEqual([]);
  });

  it('is told why it was rejected', async () => {
    const { scp, port } = await openScp({
      negotiate: () => ({ reject: { result: 1, source: 1, reason: 7 } }),
    });
    const failed = run('echoscu', ['127.0.0.1', String(port)], { env });
    await expect(failed).rejects.toThrow(/Called AE Title Not Recognized/);
    await scp.close({ drainMs: 500 });
  });

  it.skipIf(noCorpus)(
    'stores uncompressed MR (skipped without the corpus) in default mode, small PDUs too',
    async () => {
      const { scp, port, stored, troubles } = await openScp();
      const files = filesIn('mr-series-ge-uncompressed');
      await run('storescu', ['127.0.0.1', String(port), ...files], { env });
      await run('storescu', ['--max-send-pdu', '4096', '127.0.0.1', String(port), ...files], { env });
      await run('storescu', ['-xi', '-R', '127.0.0.1', String(port), ...files], { env });
      expect(stored).toHaveLength(files.length * 3);
      await scp.close({ drainMs: 500 });
      expect(troubles).toEqual([]);
    },
  );

  it.skipIf(noCorpus)(
    'stores one CT in every syntax that DCMTK can propose (skipped without the corpus)',
    async () => {
      const { scp, port, stored, troubles } = await openScp();
      const files = filesIn('transfer-syntaxes/same-ct-every-syntax');
      const switches: Readonly<Record<string, string>> = {
        '1.2.840.10008.1.2': '-xi',
        '1.2.840.10008.1.2.1': '-xe',
        '1.2.840.10008.1.2.2': '-xb',
        '1.2.840.10008.1.2.1.99': '-xd',
        '1.2.840.10008.1.2.5': '-xr',
        '1.2.840.10008.1.2.4.51': '-xx',
        '1.2.840.10008.1.2.4.70': '-xs',
        '1.2.840.10008.1.2.4.80': '-xt',
        '1.2.840.10008.1.2.4.81': '-xu',
        '1.2.840.10008.1.2.4.90': '-xv',
        '1.2.840.10008.1.2.4.91': '-xw',
      };
      const syntaxes: string[] = [];
      for (const file of files) {
        const { transferSyntaxUid } = readPart10(readFileSync(file));
        const flag = switches[transferSyntaxUid];
        if (flag === undefined) continue;
        await run('storescu', [flag, '-R', '127.0.0.1', String(port), file], { env });
        syntaxes.push(transferSyntaxUid);
      }
      expect(stored.map(({ request }) => request.transferSyntaxUid)).toEqual(syntaxes);
      expect(syntaxes.length).toBeGreaterThan(6);
      await scp.close({ drainMs: 500 });
      expect(troubles).toEqual([]);
    },
  );

  it.skipIf(noCorpus)('stores on four associations at once (skipped without the corpus)', async () => {
    const { scp, port, stored } = await openScp();
    const files = filesIn('mr-series-ge-uncompressed');
    const args = ['--repeat', '3', '127.0.0.1', String(port), ...files];
    await Promise.all(Array.from({ length: 4 }, () => run('storescu', args, { env })));
    expect(stored).toHaveLength(files.length * 12);
    await scp.close({ drainMs: 500 });
  });

  it.skipIf(noCorpus)(
    'abandons an association by abort and leaves nothing running (skipped without the corpus)',
    async () => {
      const { scp, port, troubles } = await openScp();
      const [file = ''] = filesIn('mr-series-ge-uncompressed');
      await run('storescu', ['--abort', '127.0.0.1', String(port), file], { env });
      await expect.poll(() => troubles.map(({ message }) => message).join()).toMatch(/the peer aborted/);
      await scp.close({ drainMs: 500 });
    },
  );
});

describe.skipIf(noDcmtk)('our SCU calling DCMTK storescp (skipped when it is not installed)', () => {
  let storescp: ChildProcess;
  let port = 0;
  let folder = '';

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'dimse-storescp-'));
    port = await freePort();
    storescp = spawn('storescp', ['+B', '+uf', '+xa', '-od', folder, '-pdu', '16384', String(port)], {
      env,
      stdio: 'ignore',
    });
    for (let attempt = 0; attempt < 50 && !(await answers(port)); attempt += 1) await sleep(100);
  });

  afterAll(() => {
    storescp.kill();
    rmSync(folder, { recursive: true });
  });

  it('echoes and releases', async () => {
    const association = await dial(port);
    expect(await association.echo()).toBe(status.success);
    await association.release();
  });

  it.skipIf(noCorpus)(
    'stores compressed and uncompressed files bit for bit (skipped without the corpus)',
    async () => {
      const files = [
        ...filesIn('transfer-syntaxes/same-ct-every-syntax'),
        ...filesIn('mr-series-ge-uncompressed').slice(0, 3),
      ];
      const objects = files.map((file) => readPart10(readFileSync(file)));
      const classes = new Map<string, Set<string>>();
      for (const { sopClassUid, transferSyntaxUid } of objects) {
        const syntaxes = classes.get(sopClassUid) ?? new Set();
        classes.set(sopClassUid, syntaxes.add(transferSyntaxUid));
      }
      const contexts = [...classes].map(([abstractSyntax, syntaxes]) => ({
        abstractSyntax,
        transferSyntaxes: [...syntaxes],
      }));
      const association = await connect({
        host: '127.0.0.1',
        port,
        callingAe: 'YUNYING',
        calledAe: 'STORESCP',
        contexts,
        separateContexts: true,
      });
      const sent: string[] = [];
      for (const object of objects) {
        if (association.findContext(object.sopClassUid, object.transferSyntaxUid) === undefined) continue;
        expect(await association.store(object)).toEqual({ status: 0, errorComment: '' });
        const padding = Buffer.alloc(object.dataset.length % 2);
        sent.push(sha256(Buffer.concat([object.dataset, padding])));
      }
      await association.release();
      expect(sent.length).toBeGreaterThan(8);
      const received = readdirSync(folder).map((name) =>
        sha256(readPart10(readFileSync(path.join(folder, name))).dataset),
      );
      expect(received.sort()).toEqual(sent.sort());
    },
  );
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function answers(port: number): Promise<boolean> {
  return dial(port).then(
    async (association) => {
      await association.release();
      return true;
    },
    () => false,
  );
}
