import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Peer } from './peer.ts';
import { answerContexts } from './presentation-context.ts';
import { dial, storeInput } from './testing/dial.ts';
import { openScp } from './testing/open-scp.ts';

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
})();

let folder = '';
let key = Buffer.alloc(0);
let cert = Buffer.alloc(0);

beforeAll(() => {
  if (!hasOpenssl) return;
  folder = mkdtempSync(path.join(tmpdir(), 'dimse-tls-'));
  const [keyFile, certFile] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', keyFile, '-out', certFile], {
    stdio: 'ignore',
  });
  key = readFileSync(keyFile);
  cert = readFileSync(certFile);
});

afterAll(() => {
  if (folder !== '') rmSync(folder, { recursive: true });
});

it.skipIf(!hasOpenssl)(
  'stores over TLS with certificates on both sides, and shows the rules who calls',
  async () => {
    const peers: Peer[] = [];
    const { scp, port, stored } = await openScp({
      tls: { key, cert, ca: cert, requestCert: true, rejectUnauthorized: true },
      negotiate: (request, peer) => {
        peers.push(peer);
        return {
          accept: { contexts: answerContexts(request, (context) => context.transferSyntaxes[0] ?? '') },
        };
      },
    });
    const association = await dial(port, { tls: { ca: cert, key, cert } });
    await association.store(storeInput(Buffer.alloc(700_000, 3)));
    await association.release();
    expect(stored[0]?.bytes).toBe(700_000);
    expect(peers[0]?.tlsCertificate).toMatchObject({ subject: 'CN=localhost', authorized: true });
    await expect(dial(port, { tls: { ca: cert } }).then((a) => a.echo())).rejects.toThrow();
    await expect(dial(port, { timeouts: { artimMs: 100 } })).rejects.toThrow();
    await scp.close({ drainMs: 500 });
  },
);
