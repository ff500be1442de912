// The study an edit is made on, locked against other edits. What is hidden or merged away is not there.
import type { Tx } from '../../../db/index.ts';
import { AppError } from '../../../errors.ts';
import type { StudyRow } from '../archive-types.ts';
import { selectStudyByUid } from '../repo.ts';
import * as repo from './repo.ts';

export async function loadStudy(tx: Tx, studyInstanceUid: string): Promise<StudyRow> {
  const [study] = await loadStudies(tx, [studyInstanceUid]);
  return study;
}

export async function loadStudies<const U extends readonly string[]>(
  tx: Tx,
  studyInstanceUids: U,
): Promise<{ [K in keyof U]: StudyRow }> {
  const ids: string[] = [];
  for (const uid of studyInstanceUids) {
    const row = await selectStudyByUid(tx, uid);
    if (row === undefined) throw new AppError('request.not_found');
    ids.push(row.id);
  }
  const locked = new Map((await repo.lockStudies(tx, ids)).map((row) => [row.id, row]));
  const rows = ids.map((id) => {
    const row = locked.get(id);
    if (row === undefined || row.hidden_at !== null) throw new AppError('request.not_found');
    return row;
  });
  return rows as { [K in keyof U]: StudyRow }; // one row for each UID
}
