// The list under its years, in the order the server gave (newest first).
import type { ExamListItem } from '@yunying/api';
import { yearOf } from '@yunying/ui';

export type ExamYear = { year: string; exams: ExamListItem[] };

export function groupByYear(exams: readonly ExamListItem[]): ExamYear[] {
  const years: ExamYear[] = [];
  for (const exam of exams) {
    const year = yearOf(exam.examAt);
    const last = years[years.length - 1];
    if (last !== undefined && last.year === year) last.exams.push(exam);
    else years.push({ year, exams: [exam] });
  }
  return years;
}
