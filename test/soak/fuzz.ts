// Damaged input of every kind, 100,000 of each: files, sessions and answers of the upper layer, multipart bodies,
// HL7 messages, codestreams. Each kind runs in a process of its own, so that a crash is seen as one and memory is measured by kind:
// no crash, no hang, no memory that the input only announces. `npm run soak -- fuzz [ROUNDS]`.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fuzzBodies } from '../../apps/server/src/testing/fuzz-multipart.ts';
import { fuzzCodestreams } from '../../packages/codec/src/testing/fuzz-codestreams.ts';
import { fuzzFiles } from '../../packages/dicom/src/testing/fuzz-files.ts';
import { fuzzScp, fuzzScu } from '../../packages/dimse/src/testing/fuzz-sessions.ts';
import { fuzzMessages } from '../../packages/hl7/src/testing/fuzz-messages.ts';

type Outcome = { kind: string; rounds: number; outcomes: Record<string, number> };
type KindReport = { totals: Outcome[]; seconds: number; riseMiB: number };
export type FuzzReport = { totals: Outcome[]; wrong: string[] };

/** What a run may add to the memory that it began with; a codec thread holds a decoded frame and its module's heap. */
const mostMiB = {
  files: 400,
  sessions: 400,
  answers: 400,
  bodies: 400,
  messages: 400,
  codestreams: 1500,
} as const;
/** For one input, on a machine that has other work too; codestreams have the time limit of their pool. */
const mostMs = 10_000;
type Kind = keyof typeof mostMiB;
const kinds: Record<Kind, (rounds: number, onRound: (done: number) => void) => Promise<Outcome[]>> = {
  files: async (rounds, onRound) => [
    total('files and data sets', rounds, fuzzFiles(rounds, undefined, onRound)),
  ],
  sessions: async (rounds, onRound) => [
    total('sessions of PDUs to the SCP', rounds, await fuzzScp(rounds, onRound)),
  ],
  answers: async (rounds, onRound) => [total('answers to the SCU', rounds, await fuzzScu(rounds, onRound))],
  bodies: async (rounds, onRound) => [total('multipart bodies', rounds, await fuzzBodies(rounds, onRound))],
  messages: async (rounds, onRound) => [
    total('HL7 messages', rounds, fuzzMessages(rounds, undefined, onRound)),
  ],
  codestreams: async (rounds, onRound) => {
    const totals = await fuzzCodestreams(rounds, { threads: 2, timeoutMs: 60_000, onRound });
    return Object.entries(totals).map(([kind, one]) => ({ kind: `${kind} codestreams`, ...one }));
  },
};

const total = (kind: string, rounds: number, outcomes: Record<string, number>): Outcome => ({
  kind,
  rounds,
  outcomes,
});

export async function runFuzz(rounds: number, say: (text: string) => void): Promise<FuzzReport> {
  const report: FuzzReport = { totals: [], wrong: [] };
  for (const kind of Object.keys(kinds)) {
    const { status, text } = await runKind(kind, rounds);
    if (status !== 0) {
      report.wrong.push(`${kind}: the process ended with ${status}`);
      continue;
    }
    const { totals, seconds, riseMiB } = JSON.parse(text) as KindReport;
    report.totals.push(...totals);
    for (const one of totals) say(`${one.kind}: ${one.rounds} (${sentence(one.outcomes)})`);
    say(`${kind}: ${seconds.toFixed(0)} s, memory +${riseMiB} MiB`);
    const most = isKind(kind) ? mostMiB[kind] : 0;
    for (const { kind: one, outcomes } of totals)
      if ((outcomes.slowestMs ?? 0) > mostMs) report.wrong.push(`${one}: one took more than ${mostMs} ms`);
    if (riseMiB > most) report.wrong.push(`${kind}: memory rose by ${riseMiB} MiB, more than ${most}`);
  }
  return report;
}

const sentence = (outcomes: Record<string, number>): string =>
  Object.entries(outcomes)
    .map(([name, count]) => (name === 'slowestMs' ? `slowest ${Math.round(count)} ms` : `${name} ${count}`))
    .join(', ');

function runKind(kind: string, rounds: number): Promise<{ status: number | string; text: string }> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), kind, String(rounds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return new Promise((resolve) =>
    child.on('close', (code, signal) => resolve({ status: code ?? signal ?? -1, text })),
  );
}

const isKind = (name: string): name is Kind => name in mostMiB;

/** One kind in this process: progress and memory on standard error, the totals as JSON on standard output. */
async function runHere(name: string, rounds: number): Promise<void> {
  if (!isKind(name)) throw new Error(`there is no kind "${name}"`);
  const began = Date.now();
  const residentMiB = () => Math.round(process.memoryUsage.rss() / 2 ** 20);
  const before = residentMiB();
  let peak = before;
  const step = Math.max(1, Math.floor(rounds / 20));
  const totals = await kinds[name](rounds, (done) => {
    if (done % 50 === 0) peak = Math.max(peak, residentMiB());
    if (done % step === 0)
      process.stderr.write(
        `${name} ${done} / ${rounds}, ${Math.round((Date.now() - began) / 1000)} s, ${peak} MiB\n`,
      );
  });
  const report: KindReport = { totals, seconds: (Date.now() - began) / 1000, riseMiB: peak - before };
  process.stdout.write(JSON.stringify(report));
}

if (import.meta.main) {
  const [name, rounds] = process.argv.slice(2);
  await runHere(name ?? '', Number(rounds));
}
