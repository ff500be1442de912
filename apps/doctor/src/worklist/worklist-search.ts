// The worklist's state as it stands in the address: which saved list, filters, the chosen exam. Anything the address
// says that makes no sense is dropped, not refused.
import { type ExamQuery, type ExamStatus, type ExamType, examStatuses, examTypes } from '@yunying/api';

export type SavedList = 'today' | 'three-days' | 'all' | ExamType;

export type WorklistSearch = {
  list?: SavedList;
  q?: string;
  modality?: string;
  status?: ExamStatus;
  from?: string;
  to?: string;
  exam?: string;
};

export const savedLists: readonly SavedList[] = ['today', 'three-days', 'all', ...examTypes];

export function worklistSearch(raw: Record<string, unknown>): WorklistSearch {
  const search: WorklistSearch = {};
  const list = savedLists.find((one) => one === raw.list);
  if (list !== undefined) search.list = list;
  if (typeof raw.q === 'string' && raw.q.trim() !== '') search.q = raw.q.slice(0, 64);
  if (typeof raw.modality === 'string' && /^[A-Z]{1,16}$/.test(raw.modality)) search.modality = raw.modality;
  const status = examStatuses.find((one) => one === raw.status);
  if (status !== undefined) search.status = status;
  if (isDay(raw.from)) search.from = raw.from;
  if (isDay(raw.to)) search.to = raw.to;
  if (typeof raw.exam === 'string' && /^\d{1,19}$/.test(raw.exam)) search.exam = raw.exam;
  return search;
}

function isDay(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value);
}

/** The day in the hospital (UTC+8, no summer time), `daysAgo` before today. */
export function hospitalDay(now: Date, daysAgo = 0): string {
  return new Date(now.getTime() + 8 * 3_600_000 - daysAgo * 86_400_000).toISOString().slice(0, 10);
}

/** Typed dates win over those of the saved list. */
export function examQueryOf(search: WorklistSearch, now: Date): ExamQuery {
  const query: ExamQuery = {};
  const { list = 'all' } = search;
  if (list === 'today') query.from = query.to = hospitalDay(now);
  else if (list === 'three-days') {
    query.from = hospitalDay(now, 2);
    query.to = hospitalDay(now);
  } else if (list !== 'all') query.examType = list;
  if (search.q !== undefined) query.q = search.q;
  if (search.modality !== undefined) query.modality = search.modality;
  if (search.status !== undefined) query.status = search.status;
  if (search.from !== undefined) query.from = search.from;
  if (search.to !== undefined) query.to = search.to;
  return query;
}

export function isFiltered(search: WorklistSearch): boolean {
  const { list, exam: _exam, ...filters } = search;
  return Object.keys(filters).length > 0 || (list !== undefined && list !== 'all');
}
