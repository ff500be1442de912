// Who is at the other end of the transport connection, as far as the transport knows.
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

export interface PeerCertificate {
  readonly subject: string;
  /** SHA-256 of the certificate, upper-case hexadecimal with colons. */
  readonly fingerprint: string;
  /** Verified against the trust anchors of the TLS options. */
  readonly authorized: boolean;
}

export interface Peer {
  readonly address: string;
  readonly port: number;
  /** Over TLS, with or without a certificate of its own. */
  readonly secure: boolean;
  readonly tlsCertificate: PeerCertificate | null;
}

export function peerOf(socket: Socket): Peer {
  return {
    // IPv4 callers of a dual-stack listener are shown as they are registered.
    address: (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, ''),
    port: socket.remotePort ?? 0,
    secure: socket instanceof TLSSocket,
    tlsCertificate: socket instanceof TLSSocket ? certificateOf(socket) : null,
  };
}

function certificateOf(socket: TLSSocket): PeerCertificate | null {
  const certificate = socket.getPeerCertificate();
  // Without a client certificate Node answers an empty object.
  if (certificate?.fingerprint256 === undefined) return null;
  const subject = Object.entries(certificate.subject ?? {})
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(',');
  return { subject, fingerprint: certificate.fingerprint256, authorized: socket.authorized };
}
