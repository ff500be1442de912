// The rows: a dense table on a desk, cards on a phone. Arrow keys move the choice, Enter or a double click opens the
// reading room; further pages come by themselves when the end is near.
import type { ExamListItem } from '@yunying/api';
import { currentLanguage, formatAge, formatDateTime, Skeleton, SkeletonGroup, useT } from '@yunying/ui';
import { Images } from 'lucide-react';
import { type KeyboardEvent, type ReactElement, useEffect, useRef } from 'react';
import { Picture } from '../exam/picture.tsx';
import { neighbourOf } from './row-choice.ts';

type Props = {
  items: readonly ExamListItem[];
  total: number;
  chosen: string | null;
  isPhone: boolean;
  onChoose(exam: ExamListItem): void;
  onRead(exam: ExamListItem): void;
  onMore: (() => void) | null;
  isMore: boolean;
};

export function WorklistRows(props: Props): ReactElement {
  const t = useT();
  const frame = useRef<HTMLDivElement>(null);
  const { items, chosen, onChoose, onRead } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new choice is what scrolls
  useEffect(() => {
    frame.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') {
      const exam = items.find((one) => one.id === chosen);
      if (exam !== undefined) onRead(exam);
      return;
    }
    const next = neighbourOf(items, chosen, event.key);
    if (next === null) return;
    event.preventDefault();
    onChoose(next);
  };
  const columns = ['patient', 'id', 'item', 'type', 'time', 'status', 'images'] as const;
  return (
    <div className="rows" ref={frame} onScroll={(event) => nearEnd(event.currentTarget) && props.onMore?.()}>
      {props.isPhone ? (
        <ul className="cards">
          {items.map((exam) => (
            <li key={exam.id}>
              <button type="button" className="card" onClick={() => onChoose(exam)}>
                <KeyPicture exam={exam} />
                <span className="card-text">
                  <span className="card-who">
                    {exam.patientName} <small>{whoIs(exam, t)}</small>
                  </span>
                  <span>{exam.itemName}</span>
                  <small>
                    {formatDateTime(exam.examAt)} · {exam.patientId}
                  </small>
                </span>
                <Status exam={exam} />
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <table
          className="table"
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: rows chosen by arrow keys make a grid
          role="grid"
          tabIndex={0}
          aria-rowcount={props.total}
          aria-label={t('worklist.title')}
          onKeyDown={onKey}
        >
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col" data-column={column}>
                  {t(`column.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {items.map((exam) => (
              <Row
                key={exam.id}
                exam={exam}
                isChosen={exam.id === chosen}
                onChoose={onChoose}
                onRead={onRead}
              />
            ))}
          </tbody>
        </table>
      )}
      <div className="rows-end" role="status">
        {props.isMore ? t('worklist.loadingMore', { shown: items.length, total: props.total }) : ''}
        {props.onMore !== null && !props.isMore && (
          <button type="button" className="yy-toggle" onClick={props.onMore}>
            {t('worklist.more', { shown: items.length, total: props.total })}
          </button>
        )}
      </div>
    </div>
  );
}

function Row(props: {
  exam: ExamListItem;
  isChosen: boolean;
  onChoose(exam: ExamListItem): void;
  onRead(exam: ExamListItem): void;
}): ReactElement {
  const t = useT();
  const { exam } = props;
  return (
    <tr
      aria-selected={props.isChosen}
      onClick={() => props.onChoose(exam)}
      onDoubleClick={() => props.onRead(exam)}
    >
      <td>
        <span className="row-name">{exam.patientName}</span> <small>{whoIs(exam, t)}</small>
      </td>
      <td>
        {exam.patientId}
        {exam.accessionNumber !== null && <small className="row-second">{exam.accessionNumber}</small>}
      </td>
      <td>
        {exam.itemName}
        {exam.departmentName !== null && <small className="row-second">{exam.departmentName}</small>}
      </td>
      <td>{exam.modality ?? t(`examType.${exam.examType}`)}</td>
      <td className="row-time">{formatDateTime(exam.examAt)}</td>
      <td>
        <Status exam={exam} />
      </td>
      <td className="row-count">{exam.imageCount > 0 ? exam.imageCount : '–'}</td>
    </tr>
  );
}

export function Status(props: { exam: ExamListItem }): ReactElement {
  const t = useT();
  const { status } = props.exam;
  return (
    <span className="status" data-status={status}>
      {t(`examStatus.${status}`)}
    </span>
  );
}

function KeyPicture(props: { exam: ExamListItem }): ReactElement {
  const blank = (
    <span className="card-picture">
      <Images size={22} aria-hidden />
    </span>
  );
  return <Picture url={props.exam.keyImageUrl} alt="" className="card-picture" otherwise={blank} />;
}

function whoIs(exam: ExamListItem, t: ReturnType<typeof useT>): string {
  const known = exam.patientSex === '1' || exam.patientSex === '2';
  return [known ? t(`sex.${exam.patientSex}`) : '', formatAge(exam.patientAge ?? '', currentLanguage())]
    .filter((part) => part !== '')
    .join(' ');
}

function nearEnd(element: HTMLElement): boolean {
  return element.scrollHeight - element.scrollTop - element.clientHeight < 600;
}

export function WorklistSkeleton(): ReactElement {
  const rows = Array.from({ length: 14 }, (_, at) => `row-${at}`);
  return (
    <SkeletonGroup className="rows-skeleton">
      {rows.map((row) => (
        <Skeleton key={row} height={20} />
      ))}
    </SkeletonGroup>
  );
}
