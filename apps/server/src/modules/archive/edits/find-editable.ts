// A study as the console shows it before an edit: its attributes, its series with counts, and its history.
import type { StudyEdit, StudyToEdit } from '@yunying/api';
import type { Db } from '../../../db/index.ts';
import { listSeries } from '../read-study.ts';
import { attributesOfSeries, attributesOfStudy } from './attributes.ts';
import * as repo from './repo.ts';

const mostFound = 20;
const mostHistory = 100;

/** By Study Instance UID, Accession Number or Patient ID, exactly. What is hidden is found by its history only. */
export async function findEditable(db: Db, asked: string): Promise<StudyToEdit[]> {
  const studies = await repo.selectStudiesBy(db, asked, mostFound);
  return Promise.all(
    studies.map(async (study) => ({
      studyInstanceUid: study.study_instance_uid,
      attributes: attributesOfStudy(study),
      series: (await listSeries(db, study.id)).map((one) => ({
        seriesInstanceUid: one.series_instance_uid,
        modality: one.modality,
        instanceCount: one.instance_count,
        attributes: attributesOfSeries(one),
      })),
      history: (await repo.selectEdits(db, { studyId: study.id, limit: mostHistory })).map(toStudyEdit),
    })),
  );
}

export async function listEdits(db: Db, limit: number, cursor: string | null) {
  const rows = await repo.selectEdits(db, { limit: limit + 1, beforeId: cursor });
  const items = rows.slice(0, limit);
  const nextCursor = rows.length > limit ? (items.at(-1)?.id ?? null) : null;
  return { items: items.map(toStudyEdit), nextCursor, total: await repo.countEdits(db) };
}

type EditWithUids = Awaited<ReturnType<typeof repo.selectEdits>>[number];

function toStudyEdit(row: EditWithUids): StudyEdit {
  return {
    id: row.id,
    kind: row.kind,
    studyInstanceUid: row.study_instance_uid,
    otherStudyInstanceUid: row.other_study_instance_uid,
    before: JSON.parse(row.before) as StudyEdit['before'],
    after: JSON.parse(row.after) as StudyEdit['after'],
    reason: row.reason,
    madeBy: row.made_by,
    madeAt: row.made_at.toISOString(),
    undoneBy: row.undone_by,
    undoneAt: row.undone_at?.toISOString() ?? null,
  };
}
