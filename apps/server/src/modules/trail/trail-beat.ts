// The beat of the audit trail: one process of all that have the role cron holds a lock and, every second, links new rows and
// sends them where they belong; every ten minutes, and at the stop, it signs a head. When its connection breaks,
// another process takes over. A turn that fails is tried again at the next beat, and said in the log.
import type { Client } from 'pg';
import type { Context } from '../../context.ts';
import { makeHead } from './make-head.ts';
import { createSealer } from './seal-rows.ts';

type Part = Pick<Context, 'db' | 'crypto' | 'clock' | 'config' | 'log'>;

const lockNumber = 7_201_124_003;
const beatMs = 1000;
const headMs = 10 * 60_000;
const retryMs = 5000;

export function startTrailBeat(
  ctx: Part,
  connect: (purpose: string) => Promise<Client>,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = lead(ctx, connect, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function lead(
  ctx: Part,
  connect: (purpose: string) => Promise<Client>,
  stopped: AbortSignal,
): Promise<void> {
  while (!stopped.aborted) {
    let client: Client | null = null;
    try {
      client = await connect('trail');
      const lost = new AbortController();
      client.once('end', () => lost.abort());
      const { rows } = await client.query<{ ok: boolean }>('select pg_try_advisory_lock($1) as ok', [
        lockNumber,
      ]);
      if (rows[0]?.ok === true) await beat(ctx, AbortSignal.any([stopped, lost.signal]), stopped);
    } catch (error) {
      ctx.log.warn({ event: 'trail.lead_failed', error });
    } finally {
      await client?.end().catch(() => {});
    }
    await pause(retryMs, stopped);
  }
}

async function beat(ctx: Part, ended: AbortSignal, stopped: AbortSignal): Promise<void> {
  const sealer = createSealer(ctx.db);
  let headAt = 0;
  while (!ended.aborted) {
    await turn(ctx, 'trail.seal_failed', () => sealer.seal());
    if (performance.now() - headAt > headMs) {
      headAt = performance.now();
      await turn(ctx, 'trail.head_failed', () => makeHead(ctx));
    }
    await pause(beatMs, ended);
  }
  if (!stopped.aborted) return;
  await turn(ctx, 'trail.seal_failed', () => sealer.seal());
  await turn(ctx, 'trail.head_failed', () => makeHead(ctx));
}

async function turn(ctx: Part, event: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    ctx.log.warn({ event, error });
  }
}

function pause(ms: number, ended: AbortSignal): Promise<void> {
  if (ended.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      ended.removeEventListener('abort', done);
      resolve();
    }
    ended.addEventListener('abort', done);
  });
}
