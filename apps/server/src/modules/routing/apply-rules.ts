// A study settled: every enabled rule that means it becomes a send to the rule's node. Settled again (a late image, a
// new link), the same sends wait again, and only what the node has not confirmed is sent. Caller: routing.jobs.ts.
import type { Context } from '../../context.ts';
import { matchesRule } from './match-rule.ts';
import * as repo from './repo.ts';
import { queueSend } from './send-study.ts';

export async function applyRules(
  ctx: Pick<Context, 'db' | 'jobs' | 'clock' | 'log'>,
  studyId: string,
): Promise<number> {
  const rules = (await repo.selectRules(ctx.db)).filter((rule) => rule.enabled);
  if (rules.length === 0) return 0;
  const place = await repo.selectStudyPlace(ctx.db, studyId);
  if (place === undefined) return 0;
  const parts = await repo.selectStudyParts(ctx.db, studyId);
  const now = ctx.clock.now();
  const minuteOfDay = now.getHours() * 60 + now.getMinutes();
  let queued = 0;
  for (const rule of rules) {
    if (!matchesRule(rule, rule.node_name, parts, place, minuteOfDay)) continue;
    const classes = rule.sop_class_uids?.split(' ').filter((uid) => uid !== '') ?? [];
    await queueSend(ctx, {
      studyId,
      studyInstanceUid: place.studyInstanceUid,
      nodeId: rule.node_id,
      origin: 'rule',
      ruleId: rule.id,
      selection: classes.length === 0 ? null : { sopClassUids: classes },
      wantsCommitment: rule.wants_commitment,
      priority: rule.priority,
    });
    queued += 1;
  }
  if (queued > 0) ctx.log.info({ event: 'routing.rules_applied', studyId, count: queued });
  return queued;
}
