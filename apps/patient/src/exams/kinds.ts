// The chips over the list: what kinds of exam a person has, as they would call them. Radiology is split into CT and
// MR, because that is what people look for. Pure.
import type { ExamListItem, ExamQuery, ExamType } from '@yunying/api';

export type Kind = 'all' | 'CT' | 'MR' | ExamType;

const order: Kind[] = ['CT', 'MR', 'RAD', 'PETCT', 'NM', 'US', 'ES', 'PATH', 'ECG', 'DENT', 'OPH', 'OTHER'];

export function kindOf(exam: Pick<ExamListItem, 'examType' | 'modality'>): Kind {
  if (exam.examType === 'RAD' && exam.modality === 'CT') return 'CT';
  if (exam.examType === 'RAD' && exam.modality === 'MR') return 'MR';
  return exam.examType;
}

/** Chips worth showing: none when all exams are of one kind. */
export function kindsIn(exams: readonly Pick<ExamListItem, 'examType' | 'modality'>[]): Kind[] {
  const present = new Set(exams.map(kindOf));
  const kinds = order.filter((kind) => present.has(kind));
  return kinds.length < 2 ? [] : ['all', ...kinds];
}

export function queryOfKind(kind: Kind): Pick<ExamQuery, 'examType' | 'modality'> {
  if (kind === 'all') return {};
  if (kind === 'CT' || kind === 'MR') return { examType: 'RAD', modality: kind };
  return { examType: kind };
}

export function isKind(text: string | null): text is Kind {
  return text === 'all' || order.some((kind) => kind === text);
}

/** Words key of a kind. */
export function wordOfKind(kind: Kind): string {
  if (kind === 'all') return 'exams.all';
  if (kind === 'CT') return 'exams.ct';
  if (kind === 'MR') return 'exams.mr';
  return `examType.${kind}`;
}
