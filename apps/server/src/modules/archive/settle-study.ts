// A study settles when it has been quiet: counts are made in one statement, it is linked to its exam, and the news
// goes out. What arrived late follows the edits made before (edits/follow-edits.ts). A late image opens the study again
// (settled_at goes back to null in the store transaction) and it settles anew. Callers: the beat of archive.jobs.ts.
import type { Context } from '../../context.ts';
import type { Tx } from '../../db/index.ts';
import { publish } from '../../jobs/index.ts';
import { linkStudyToExam, type StudyFacts, unlinkStudy } from '../orders/index.ts';
import type { StudyRow } from './archive-types.ts';
import { followEdits } from './edits/follow-edits.ts';
import * as repo from './repo.ts';

type SettleContext = Pick<Context, 'db' | 'config' | 'log'>;

const mostPerRun = 200;

/** How often role cron looks for quiet studies. */
export function settleBeat(config: Context['config']): number {
  return Math.max(1, Math.min(10, Math.floor(config.settle.quietSeconds / 3)));
}

/** Settles every quiet study; answers how many. Safe to run in several processes at once. */
export async function settleStudies(ctx: SettleContext, signal?: AbortSignal): Promise<number> {
  const { quietSeconds } = ctx.config.settle;
  let settled = 0;
  for (const { id } of await repo.selectSettleable(ctx.db, quietSeconds, mostPerRun)) {
    signal?.throwIfAborted();
    const study = await ctx.db.transaction().execute((tx) => settleStudy(tx, id, quietSeconds));
    if (study === null) continue;
    settled += 1;
    ctx.log.info({ event: 'archive.study_settled', studyInstanceUid: study.study_instance_uid, studyId: id });
  }
  return settled;
}

/** Also tried out by previews of edits (edits/preview-edit.ts). */
export async function settleStudy(tx: Tx, id: string, quietSeconds: number): Promise<StudyRow | null> {
  const locked = await repo.lockSettleable(tx, id, quietSeconds);
  if (locked === undefined || !(await followEdits(tx, locked))) return null;
  const study = await repo.lockStudy(tx, id);
  if (study === undefined) return null;
  if (study.hidden_at !== null) {
    await leaveExam(tx, study);
    return null;
  }
  await repo.updateSeriesCounts(tx, id);
  const series = await repo.countSeries(tx, id);
  const modalities = modalitiesOf(series);
  const link = await linkStudyToExam(tx, factsOf(study, modalities));
  const sum = (pick: (one: repo.SeriesCount) => number) =>
    series.reduce((total, one) => total + pick(one), 0);
  await repo.updateSettled(tx, id, {
    modalities: modalities.join('\\'),
    series_count: series.length,
    instance_count: sum((one) => one.instances),
    frame_count: String(sum((one) => one.frames)),
    size_bytes: String(sum((one) => Number(one.sizeBytes))),
    exam_id: link.examId,
    patient_row_id: link.patientRowId,
    link_state: link.linkState,
    link_reason: link.reason,
  });
  await publish(tx, 'archive.study_settled', { studyId: id, studyInstanceUid: study.study_instance_uid });
  return study;
}

/** Merged away or hidden: it is counted as nothing, and no exam has it any more. */
async function leaveExam(tx: Tx, study: StudyRow): Promise<void> {
  const { study_instance_uid: studyInstanceUid, institution_id: institutionId, merged_into_id: into } = study;
  const survivor = into === null ? undefined : await repo.selectStudyById(tx, into);
  await repo.updateSettledHidden(tx, study.id);
  const ask = { studyInstanceUid, institutionId, successor: survivor?.exam_id ?? null };
  await unlinkStudy(tx, ask, new Date());
}

/** The modality of the most pictures first; KO, PR and SR say nothing about what was done and come last. */
function modalitiesOf(series: readonly repo.SeriesCount[]): string[] {
  const aside = ['KO', 'PR', 'SR', 'DOC', 'REG', 'SEG'];
  const instances = new Map<string, number>();
  for (const { modality, instances: count } of series) {
    if (modality !== null) instances.set(modality, (instances.get(modality) ?? 0) + count);
  }
  const rank = (modality: string) => (aside.includes(modality) ? 1 : 0);
  return [...instances].sort((a, b) => rank(a[0]) - rank(b[0]) || b[1] - a[1]).map(([modality]) => modality);
}

function factsOf(study: StudyRow, modalities: readonly string[]): StudyFacts {
  return {
    studyInstanceUid: study.study_instance_uid,
    institutionId: study.institution_id,
    patientId: study.patient_id === '-' ? null : study.patient_id,
    patientName: study.patient_name === '' ? null : study.patient_name,
    patientSex: study.patient_sex,
    patientBirthDate: study.patient_birth_date,
    accessionNumber: study.accession_number,
    studyDate: study.study_date,
    studyTime: study.study_time,
    studyDescription: study.study_description,
    modalities,
    referringPhysicianName: study.referring_physician_name,
    receivedAt: study.received_at,
  };
}

/** Links a settled study again because an exam changed. The news goes out only when the answer is another one. */
export async function relinkStudy(ctx: SettleContext, studyInstanceUid: string): Promise<boolean> {
  return ctx.db.transaction().execute(async (tx) => {
    const found = await repo.selectStudyByUid(tx, studyInstanceUid);
    const study = found === undefined ? undefined : await repo.lockStudy(tx, found.id);
    if (study === undefined || study.settled_at === null || study.hidden_at !== null) return false; // it will be linked when it settles
    const modalities = (study.modalities ?? '').split('\\').filter((modality) => modality !== '');
    const link = await linkStudyToExam(tx, factsOf(study, modalities));
    const isSame =
      study.exam_id === link.examId &&
      study.patient_row_id === link.patientRowId &&
      study.link_state === link.linkState &&
      study.link_reason === link.reason;
    if (isSame) return false;
    await repo.updateLink(tx, study.id, {
      exam_id: link.examId,
      patient_row_id: link.patientRowId,
      link_state: link.linkState,
      link_reason: link.reason,
    });
    await publish(tx, 'archive.study_settled', { studyId: study.id, studyInstanceUid });
    return true;
  });
}
