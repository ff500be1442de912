// One exam in a list: picture, name, day, what can be read. The whole card is the link.
import type { ExamListItem } from '@yunying/api';
import { formatDate, formatMonthDay, timeWithinToday, useT } from '@yunying/ui';
import { ChevronRight } from 'lucide-react';
import type { ReactElement } from 'react';
import { Link } from '../navigation/link.tsx';
import { pathTo } from '../navigation/routes.ts';
import { Thumb } from '../parts/thumb.tsx';

export function ExamCard({ exam, fullDate }: { exam: ExamListItem; fullDate?: boolean }): ReactElement {
  const t = useT();
  const today = timeWithinToday(exam.examAt);
  const day = fullDate === true ? formatDate(exam.examAt) : formatMonthDay(exam.examAt);
  const state = stateOf(exam);
  return (
    <Link to={pathTo.exam(exam.id)} className="card exam-card">
      <Thumb url={exam.keyImageUrl} examType={exam.examType} />
      <span className="exam-card-text">
        <span className="exam-card-title">
          <strong>{exam.itemName}</strong>
          {exam.isNew && <em className="mark">{t('exams.new')}</em>}
        </span>
        <span className="soft">
          {today === null ? day : t('ui.today', { time: today })}
          {exam.departmentName !== null && ` · ${exam.departmentName}`}
        </span>
        <span className="exam-card-state">
          <span data-state={state}>{t(`exams.${state}`)}</span>
          {exam.imageCount > 0 && <span>{t('exams.pictures', { count: exam.imageCount })}</span>}
        </span>
      </span>
      <ChevronRight aria-hidden="true" className="go" />
    </Link>
  );
}

function stateOf(exam: ExamListItem): 'reportReady' | 'reportRevised' | 'reportWaiting' | 'withdrawn' {
  if (exam.status === 'withdrawn') return 'withdrawn';
  if (!exam.hasReport) return 'reportWaiting';
  return exam.status === 'revised' ? 'reportRevised' : 'reportReady';
}
