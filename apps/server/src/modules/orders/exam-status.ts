// The status chain of an exam (china-interfaces D2): 已申请 → 已预约 → 已登记 → 已检查 → 已报告 → 已审核 → 已发布 →
// (已修订 | 已撤回 | 已作废). News arrives late and out of order, so a status only moves forward; the exceptions
// are cancelling (before the exam) and withdrawing (after the report), and what may follow those.
import type { ExamStatus } from '@yunying/api';

export type { ExamStatus } from '@yunying/api';

const chain: readonly ExamStatus[] = [
  'requested',
  'scheduled',
  'registered',
  'examined',
  'reported',
  'verified',
  'published',
  'revised',
];

/** The status after news of `wanted`; the same status when the news does not move it. */
export function nextStatus(current: ExamStatus, wanted: ExamStatus): ExamStatus {
  if (wanted === current) return current;
  if (wanted === 'cancelled') return isBeforeExam(current) ? 'cancelled' : current;
  if (current === 'cancelled') return wanted === 'withdrawn' ? current : wanted;
  if (wanted === 'withdrawn') return rank(current) >= rank('reported') ? 'withdrawn' : current;
  if (current === 'withdrawn') return rank(wanted) >= rank('reported') ? wanted : current;
  if (wanted === 'revised' && rank(current) < rank('published'))
    return rank(current) < rank('verified') ? 'verified' : current;
  return rank(wanted) > rank(current) ? wanted : current;
}

/** May the order still be cancelled? */
export function isBeforeExam(status: ExamStatus): boolean {
  return status === 'cancelled' || (rank(status) >= 0 && rank(status) < rank('examined'));
}

function rank(status: ExamStatus): number {
  return chain.indexOf(status);
}
