// Waits until what was fed can be read: every study of the demo settled and its pictures made, every report paged,
// every message sent. Counts come from the platform's own tables, so the progress shown is the real one.
import type { Context } from '../apps/server/src/context.ts';
import { cases } from './cases.ts';
import type { Step } from './feed.ts';
import { studyInstanceUidOf } from './objects.ts';

const limitMs = 10 * 60_000;

export async function waitUntilReadable(
  ctx: Pick<Context, 'db'>,
  onStep: (step: Step) => void,
): Promise<void> {
  const until = Date.now() + limitMs;
  let shown = '';
  for (;;) {
    const { done, total, open } = await countOpenWork(ctx);
    const line = `${done}/${total}`;
    if (line !== shown) onStep({ done, total, text: '' });
    shown = line;
    if (open === 0 && done === total) return;
    if (Date.now() > until)
      throw new Error(`the demo is not ready after ten minutes: ${line} objects prepared, ${open} jobs open`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function countOpenWork({ db }: Pick<Context, 'db'>) {
  const uids = cases.map(studyInstanceUidOf);
  const instances = await db
    .selectFrom('instance')
    .innerJoin('study', 'study.id', 'instance.study_id')
    .select(({ fn }) => ['instance.media_state', fn.countAll<string>().as('count')])
    .where('study.study_instance_uid', 'in', uids)
    .groupBy('instance.media_state')
    .execute();
  const count = (states: string[]) =>
    instances
      .filter((row) => states.includes(row.media_state))
      .reduce((sum, row) => sum + Number(row.count), 0);
  const jobs = await db
    .selectFrom('job')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('state', 'in', ['queued', 'running'])
    .executeTakeFirstOrThrow();
  const total = count(['waiting', 'ready', 'none', 'failed']);
  return { done: total - count(['waiting']), total, open: Number(jobs.count) };
}
