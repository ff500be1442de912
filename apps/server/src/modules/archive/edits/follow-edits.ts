// When a study settles, what arrived late follows the edits made before: into the study its series or the whole study
// went to, or into hiding. Arrivals themselves know nothing of edits and are never held up by one.
import type { Tx } from '../../../db/index.ts';
import type { StudyRow } from '../archive-types.ts';
import { takeOver } from './edit-studies.ts';
import * as repo from './repo.ts';
import * as edits from './repo-edits.ts';

/** False: a study that has to be touched is being worked on; the next beat tries again. */
export async function followEdits(tx: Tx, study: StudyRow): Promise<boolean> {
  const strayed = await repo.selectStrayed(tx, study.id);
  const series = study.merged_into_id === null ? [] : await repo.selectSeriesRows(tx, study.id);
  const touched = new Set(strayed.map((one) => one.study_id));
  if (study.merged_into_id !== null && series.length > 0) touched.add(study.merged_into_id);
  if (!(await repo.lockFree(tx, [...touched]))) return false;
  if (strayed.length > 0) await repo.moveStrayed(tx, study.id);
  if (study.merged_into_id !== null && study.hidden_by !== null && series.length > 0) {
    const corrected = await edits.selectCorrectionOfEdit(tx, study.hidden_by);
    if (corrected !== null)
      await takeOver(
        tx,
        { id: study.hidden_by },
        series.map((one) => one.id),
        study.merged_into_id,
        corrected,
      );
  }
  await repo.reopenStudies(tx, [...touched]);
  await repo.hideLate(tx, study.id);
  await repo.hideEmpty(tx, study.id);
  return true;
}
