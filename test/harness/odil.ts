// Odil (Debian's python3-odil), an independent DICOM implementation, as a peer: asks what DCMTK's tools cannot (MPPS,
// storage commitment, instance availability), and listens for what we send to others.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DicomJson } from '@yunying/dicom';
import { repositoryRoot } from '../../scripts/setup/root.ts';

export const noOdil = !existsSync('/usr/lib/python3/dist-packages/odil/__init__.py');

export type OdilMessage = { command: Record<string, string | number>; dataset?: DicomJson | null };
export type OdilOutcome = { responses: OdilMessage[]; events: OdilMessage[] };
type Ask = {
  host: string;
  port: number;
  calling: string;
  called: string;
  contexts: { sopClass: string; role?: 'SCU' | 'SCP' | 'Both' }[];
  messages: OdilMessage[];
  /** Requests of the other side to wait for, on the same association. */
  events?: number;
};

const limitMs = 60_000;

export const askWithOdil = (job: Ask): Promise<OdilOutcome> => run({ do: 'ask', ...job });

/** Takes associations on that port until so many requests have come; answers each with Success. */
export const listenWithOdil = (port: number, events: number): Promise<OdilOutcome> =>
  run({ do: 'listen', port, events });

async function run(job: object): Promise<OdilOutcome> {
  const script = join(repositoryRoot, 'test/harness/odil-peer.py');
  const child = spawn('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'pipe'], timeout: limitMs });
  let [text, trouble] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    trouble += chunk.toString();
  });
  child.stdin.end(`${JSON.stringify(job)}\n`);
  const status = await new Promise((resolve) => child.on('close', (code, signal) => resolve(code ?? signal)));
  if (status !== 0) throw new Error(`Odil ended with ${status}: ${trouble.slice(-800)}`);
  return JSON.parse(text, withUpperCaseTags) as OdilOutcome;
}

/** Odil writes tags in small letters; PS3.18 F.2.2 has capitals. */
function withUpperCaseTags(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [/^[0-9a-f]{8}$/.test(key) ? key.toUpperCase() : key, one]),
  );
}
