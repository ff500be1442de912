// What was corrected: by whom, when, why, and the way back. One list for all studies, and the same rows below a study.
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import type { StudyEdit } from '@yunying/api';
import { sentenceOf, useT } from '@yunying/ui';
import { App, Button, Tag } from 'antd';
import { Eye, Undo2 } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { useRefresh } from './attended.ts';
import { correctionApi } from './correction-api.ts';
import { CorrectionDrawer } from './correction-drawer.tsx';
import { correctionsKey, editSummary, isHiding, maskedKeywords } from './corrections.ts';
import { Moment } from './moment.tsx';
import { type Column, RowList } from './row-list.tsx';
import { ScreenLink } from './screen-link.tsx';
import { useList } from './use-list.ts';

export function CorrectionHistory(): ReactElement {
  const t = useT();
  const { paging } = useList();
  const [undoing, setUndoing] = useState<StudyEdit | null>(null);
  const refetchInterval = useRefresh(10_000);
  const query = useQuery({
    queryKey: [...correctionsKey, 'history', paging.cursor, paging.limit],
    queryFn: ({ signal }) => correctionApi.edits(paging, signal),
    placeholderData: keepPreviousData,
    refetchInterval,
  });
  return (
    <>
      <RowList
        label={t('corrections.view.history')}
        columns={useHistoryColumns(setUndoing)}
        query={query}
        empty={{ title: t('corrections.noHistory'), text: t('corrections.noHistoryText') }}
      />
      <UndoDrawer edit={undoing} onClose={() => setUndoing(null)} />
    </>
  );
}

/** The same of one study, newest first, without paging. */
export function StudyHistory({ edits }: { edits: readonly StudyEdit[] }): ReactElement {
  const t = useT();
  const [undoing, setUndoing] = useState<StudyEdit | null>(null);
  if (edits.length === 0) return <p className="corrections-soft">{t('corrections.noHistoryOfStudy')}</p>;
  return (
    <>
      <ol className="edit-list">
        {edits.map((edit) => (
          <li key={edit.id} data-undone={edit.undoneAt !== null}>
            <div className="edit-line">
              <KindTag edit={edit} />
              <span className="edit-what">
                <EditSummary edit={edit} />
              </span>
              <UndoButton edit={edit} onUndo={setUndoing} />
            </div>
            <p className="cell-detail">
              {edit.madeByName} · <Moment at={edit.madeAt} /> ·{' '}
              {t('corrections.because', { reason: edit.reason })}
            </p>
            <UndoneLine edit={edit} />
          </li>
        ))}
      </ol>
      <UndoDrawer edit={undoing} onClose={() => setUndoing(null)} />
    </>
  );
}

function UndoDrawer({ edit, onClose }: { edit: StudyEdit | null; onClose: () => void }): ReactElement | null {
  if (edit === null) return null;
  return (
    <CorrectionDrawer
      key={edit.id}
      way="undo"
      undoes={edit}
      initial={{ way: 'undo', editId: edit.id }}
      onClose={onClose}
    />
  );
}

function useHistoryColumns(onUndo: (edit: StudyEdit) => void): Column<StudyEdit>[] {
  const t = useT();
  return [
    {
      key: 'what',
      title: t('corrections.what'),
      onCard: 'head',
      render: (row) => (
        <>
          <span className="cell-title">
            <KindTag edit={row} /> <EditSummary edit={row} />
          </span>
          <small className="cell-detail">
            <ScreenLink to="/corrections" search={{ study: row.studyInstanceUid }}>
              <span className="cell-code">{row.studyInstanceUid}</span>
            </ScreenLink>
          </small>
        </>
      ),
    },
    { key: 'reason', title: t('corrections.reason'), width: '24%', render: (row) => row.reason },
    {
      key: 'who',
      title: t('corrections.who'),
      width: 130,
      render: (row) => row.madeByName,
    },
    { key: 'time', title: t('routing.time'), width: 140, render: (row) => <Moment at={row.madeAt} /> },
    {
      key: 'undo',
      title: t('col.action'),
      width: 170,
      onCard: 'foot',
      render: (row) =>
        row.undoneAt === null ? <UndoButton edit={row} onUndo={onUndo} /> : <UndoneLine edit={row} />,
    },
  ];
}

function KindTag({ edit }: { edit: StudyEdit }): ReactElement {
  const t = useT();
  const colour = isHiding(edit) ? 'error' : 'processing';
  return (
    <Tag {...(edit.undoneAt === null ? { color: colour } : {})}>{t(`corrections.kind.${edit.kind}`)}</Tag>
  );
}

/** Values of the patient stand with stars until somebody asks; that is audited. */
function EditSummary({ edit }: { edit: StudyEdit }): ReactElement {
  const t = useT();
  const { message } = App.useApp();
  const reveal = useMutation({
    mutationFn: () => correctionApi.revealEdit(edit.id),
    onError: (error) => void message.error(sentenceOf(error), 8),
  });
  const isMasked =
    (edit.kind === 'attributes' || edit.kind === 'move-patient') &&
    Object.keys(edit.after).some((keyword) => maskedKeywords.includes(keyword));
  return (
    <>
      {editSummary(t, reveal.data ?? edit)}
      {isMasked && reveal.data === undefined && (
        <Button
          type="link"
          size="small"
          icon={<Eye size={14} aria-hidden />}
          loading={reveal.isPending}
          title={t('corrections.revealNote')}
          onClick={() => reveal.mutate()}
        >
          {t('corrections.reveal')}
        </Button>
      )}
    </>
  );
}

function UndoButton({
  edit,
  onUndo,
}: {
  edit: StudyEdit;
  onUndo: (edit: StudyEdit) => void;
}): ReactElement | null {
  const t = useT();
  if (edit.undoneAt !== null) return null;
  return (
    <Button
      size="small"
      icon={<Undo2 size={14} aria-hidden />}
      disabled={edit.superseded}
      title={edit.superseded ? t('corrections.superseded') : undefined}
      onClick={() => onUndo(edit)}
    >
      {t(isHiding(edit) ? 'corrections.restore' : 'corrections.undo')}
    </Button>
  );
}

function UndoneLine({ edit }: { edit: StudyEdit }): ReactElement | null {
  const t = useT();
  if (edit.undoneAt === null) return null;
  return (
    <p className="cell-detail">
      {t(isHiding(edit) ? 'corrections.restoredBy' : 'corrections.undoneBy', {
        name: edit.undoneByName ?? '',
      })}{' '}
      <Moment at={edit.undoneAt} />
    </p>
  );
}
