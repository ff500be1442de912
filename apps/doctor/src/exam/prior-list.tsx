// Other exams of the same person, newest first.
import type { ExamListItem } from '@yunying/api';
import { formatDate, useT } from '@yunying/ui';
import type { ReactElement, ReactNode } from 'react';

type Props = {
  priors: readonly ExamListItem[];
  onChoose(prior: ExamListItem): void;
  /** More that can be done with one, beside choosing it. */
  extra?(prior: ExamListItem): ReactNode;
};

export function PriorList(props: Props): ReactElement | null {
  const t = useT();
  if (props.priors.length === 0) return null;
  return (
    <section className="priors">
      <h3>{t('exam.priors', { count: props.priors.length })}</h3>
      <ul>
        {props.priors.map((prior) => (
          <li key={prior.id}>
            <button type="button" className="prior" onClick={() => props.onChoose(prior)}>
              <span className="prior-date">{formatDate(prior.examAt)}</span>
              <span className="prior-name">{prior.itemName}</span>
              <span className="soft">{prior.modality ?? t(`examType.${prior.examType}`)}</span>
            </button>
            {props.extra?.(prior)}
          </li>
        ))}
      </ul>
    </section>
  );
}
