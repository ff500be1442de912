// For tests: an authority, and certificates for localhost that it signs, made by openssl. Not part of the product.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const noOpenssl = !existsSync('/usr/bin/openssl');

/** Writes ca.pem, and for each name NAME.pem and NAME-key.pem, into the folder. */
export function makeCertificates(folder: string, names: readonly string[]): void {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const authority = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=Test authority'];
  openssl('req', ...authority, '-keyout', 'ca-key.pem', '-out', 'ca.pem');
  for (const name of names) {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const request = ['-newkey', 'rsa:2048', '-nodes', ...subject];
    openssl('req', ...request, '-keyout', `${name}-key.pem`, '-out', 'request.pem');
    const signer = ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial', '-copy_extensions', 'copy'];
    openssl('x509', '-req', '-in', 'request.pem', ...signer, '-days', '2', '-out', `${name}.pem`);
  }
}

/** One certificate with its key, signed by nobody anybody knows. */
export function makeCertificate(): { ca: string; cert: string; key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'yunying-certificate-'));
  try {
    makeCertificates(folder, ['own']);
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    return { ca: read('ca.pem'), cert: read('own.pem'), key: read('own-key.pem') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
