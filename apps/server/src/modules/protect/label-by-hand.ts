// Labels that the security administrator sets and takes away, each with a reason; and the review of broken glass.
import type { GlassReview, NewProtectionLabel } from '@yunying/api';
import type { Context } from '../../context.ts';
import { newId } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { rightsChanged } from '../access/index.ts';
import { recordAudit } from '../audit/index.ts';
import { getPatientsOfPerson } from '../mpi/index.ts';
import { insertLabel, selectLabel, updateLabelRemoved } from './repo-labels.ts';
import { lockGlass, updateGlass } from './repo-openings.ts';
import type { By } from './rules.ts';

type Part = Pick<Context, 'db' | 'clock'>;

export async function setLabel(
  ctx: Part,
  personId: string,
  label: NewProtectionLabel,
  by: By,
): Promise<string> {
  const now = ctx.clock.now();
  const validTo = readTime(label.validTo ?? null, now);
  if ((await getPatientsOfPerson(ctx.db, personId)).length === 0) throw new AppError('request.not_found');
  const id = newId();
  await ctx.db.transaction().execute(async (tx) => {
    await insertLabel(tx, {
      id,
      person_id: personId,
      exam_id: null,
      tag: label.tag,
      level: label.level,
      restriction: label.restriction,
      source: 'hand',
      set_by: by.viewer.accountId,
      reason: label.reason.trim(),
      valid_from: now,
      valid_to: validTo,
      created_at: now,
    });
    const detail = { tag: label.tag, level: label.level, restriction: label.restriction };
    await recordAudit(tx, {
      event: 'label.set',
      ...by,
      objectType: 'person',
      objectId: personId,
      result: 'ok',
      detail,
    });
  });
  rightsChanged();
  return id;
}

export async function removeLabel(ctx: Part, id: string, reason: string, by: By): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    const label = await selectLabel(tx, id);
    const removal = { at: ctx.clock.now(), by: by.viewer.accountId, reason: reason.trim() };
    if (label === undefined || !(await updateLabelRemoved(tx, id, removal)))
      throw new AppError('request.not_found');
    const about = {
      objectType: label.exam_id === null ? 'person' : 'exam',
      objectId: label.exam_id ?? label.person_id ?? '',
    };
    const detail = { tag: label.tag, reason: removal.reason };
    await recordAudit(tx, { event: 'label.removed', ...by, ...about, result: 'ok', detail });
  });
  rightsChanged();
}

/** Once; the verdict stands. */
export async function reviewGlass(ctx: Part, id: string, review: GlassReview, by: By): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    const row = await lockGlass(tx, id);
    if (row === undefined) throw new AppError('request.not_found');
    if (row.reviewed_at !== null) throw new AppError('protect.already_decided');
    await updateGlass(tx, id, {
      reviewed_at: ctx.clock.now(),
      reviewed_by: by.viewer.accountId,
      verdict: review.verdict,
      note: review.note.trim(),
    });
    const about = { objectType: 'person', objectId: row.person_id, detail: { verdict: review.verdict } };
    await recordAudit(tx, { event: 'break_glass.reviewed', ...by, ...about, result: 'ok' });
  });
}

function readTime(text: string | null, now: Date): Date | null {
  if (text === null || text === '') return null;
  const at = new Date(text);
  if (Number.isNaN(at.getTime()) || at <= now) throw new AppError('request.invalid', { field: 'validTo' });
  return at;
}
