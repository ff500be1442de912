import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Context } from '../../context.ts';
import type { JobRun } from '../../jobs/index.ts';
import { openTestContext, type TestContext } from '../../testing/context.ts';
import { accessJobs } from './access.jobs.ts';
import { takeOne } from './attempts.ts';
import { openSession } from './sessions.ts';

let ctx: TestContext;
beforeAll(async () => {
  ctx = await openTestContext();
});
afterAll(() => ctx.close());

it('removes counters and sessions that ended long ago, and nothing that still counts', async () => {
  const day = 86_400_000;
  const use = (subject: string) =>
    takeOne(ctx.db, 'sms-day', subject, { max: 10, windowMs: day, now: ctx.clock.now() });
  const enter = () =>
    openSession(
      ctx,
      { kind: 'patient', personId: '1', examId: null, proof: 'sms', shareLinkId: null },
      { ip: '10.0.0.1', userAgent: 'test' },
    );
  await use('old');
  await enter();
  ctx.clock.advance(31 * day);
  await use('new');
  await enter();
  const declaration = accessJobs['access.sweep_expired'];
  if (typeof declaration !== 'object') throw new Error('the job is declared');
  // The job touches database, clock and log only.
  await declaration.run(ctx as unknown as Context, { log: ctx.log } as JobRun);
  expect(await ctx.db.selectFrom('attempt').select('subject').execute()).toEqual([{ subject: 'new' }]);
  expect(await ctx.db.selectFrom('session').select('id').execute()).toHaveLength(1);
});
