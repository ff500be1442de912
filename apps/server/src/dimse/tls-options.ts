// DICOM over TLS (PS3.15 annex B, BCP 195): TLS 1.2 or later with our certificate; with a CA configured, peers must
// show a certificate that it signed. The files are read once, at start.
import { readFileSync } from 'node:fs';
import type { TlsOptions } from 'node:tls';
import type { Config } from '../config.ts';

/** null when there is no TLS port. Throws when the port is set and a file is missing or cannot be read. */
export function tlsOptions({
  dimseTls,
  dimseTlsFiles,
}: Pick<Config, 'dimseTls' | 'dimseTlsFiles'>): TlsOptions | null {
  if (dimseTls === null) return null;
  const { certificate, key, ca } = dimseTlsFiles;
  if (certificate === null || key === null)
    throw new Error('YUNYING_DIMSE_TLS needs YUNYING_DIMSE_TLS_CERT and YUNYING_DIMSE_TLS_KEY');
  return {
    cert: readFileSync(certificate),
    key: readFileSync(key),
    minVersion: 'TLSv1.2',
    ...(ca === null ? {} : { ca: readFileSync(ca), requestCert: true, rejectUnauthorized: true }),
  };
}
