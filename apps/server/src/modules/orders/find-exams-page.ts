// One page of the worklist and how many there are, in a time that does not grow with the hospital's years. Filters have
// indexes in the order of the list. A search text names patients, accession numbers and items: few patients lead to their
// exams; when many have such a name, the list itself is gone through, newest first, until the page is full. The count
// stops at a limit; of a name that many have it is not made at all.
import type { Db, Tx } from '../../db/index.ts';
import {
  countExams,
  countMatched,
  type ExamFilter,
  type ExamSource,
  type Keyset,
  pageOfExams,
} from './find-exams-repo.ts';
import type { ExamRow } from './repo.ts';

export const countLimit = 10_000;
const mostItems = 50;

export type FoundExams = { rows: ExamRow[]; total: number; totalIsFloor: boolean };

/** `rows` is one longer than the page when more remain. */
export async function readExamPage(
  db: Db | Tx,
  filter: ExamFilter,
  after: Keyset | null,
  limit: number,
): Promise<FoundExams> {
  const source = await chooseSource(db, filter);
  const { rows, counted } = await pageOfExams(db, filter, source, after, limit + 1);
  if (source.kind === 'compared') {
    const shown = Math.min(rows.length, limit);
    return { rows, total: shown, totalIsFloor: rows.length > limit || after !== null };
  }
  const count =
    counted === null ? await countExams(db, filter, source, countLimit + 1) : { counted, distinct: counted };
  return { rows, total: Math.min(count.distinct, countLimit), totalIsFloor: count.counted > countLimit };
}

async function chooseSource(db: Db | Tx, filter: ExamFilter): Promise<ExamSource> {
  const { text } = filter;
  if (text === null) return { kind: 'all' };
  // One person's exams are few.
  if (filter.personId !== null || filter.examId !== null) return { kind: 'own', text };
  const { patients, accessions, items, bound } = await countMatched(db, text, mostItems + 1);
  if (patients > bound || accessions > bound || items.length > mostItems) return { kind: 'compared', text };
  return { kind: 'named', text, items };
}
