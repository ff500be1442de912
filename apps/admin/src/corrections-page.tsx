// Study corrections: find a study and open it, or look at what was corrected. What is searched for may be a patient's
// number, so it stays on the screen and never in the address.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { StudyFound } from '@yunying/api';
import { useT } from '@yunying/ui';
import { Button, Input, Segmented } from 'antd';
import { type ReactElement, useState } from 'react';
import { useRefresh } from './attended.ts';
import { correctionApi } from './correction-api.ts';
import { CorrectionHistory } from './correction-history.tsx';
import { CorrectionStudy } from './correction-study.tsx';
import { correctionsKey, dicomDay, patientLine, pictureCount } from './corrections.ts';
import './corrections.css';
import { LinkTag } from './link-tag.tsx';
import { firstPage, type ListSearch } from './list-search.ts';
import { Moment } from './moment.tsx';
import { PageHead } from './page-head.tsx';
import { type Column, RowList } from './row-list.tsx';
import { useList } from './use-list.ts';

const views = ['studies', 'history'] as const;
type View = (typeof views)[number];

export function CorrectionsPage(): ReactElement {
  const t = useT();
  const { search, go } = useList();
  const [text, setText] = useState('');
  const view = viewOf(search);
  if (search.study !== undefined) {
    const { study, ...list } = search;
    return <CorrectionStudy key={study} uid={study} onClose={() => go(list)} />;
  }
  const find = (wanted: string) => {
    setText(wanted.trim());
    go(firstPage(search), { replace: true });
  };
  return (
    <>
      <PageHead title={t('nav.corrections')} text={t(`corrections.lead.${view}`)} />
      <div className="filters corrections-filters">
        <Segmented<View>
          value={view}
          aria-label={t('nav.corrections')}
          onChange={(next) => go(firstPage({}, { state: next }))}
          options={views.map((one) => ({ value: one, label: t(`corrections.view.${one}`) }))}
        />
        {view === 'studies' && (
          <Input.Search
            className="corrections-search"
            defaultValue={text}
            allowClear
            maxLength={64}
            autoComplete="off"
            spellCheck={false}
            placeholder={t('corrections.searchHint')}
            aria-label={t('corrections.searchHint')}
            enterButton={t('corrections.search')}
            onSearch={find}
          />
        )}
      </div>
      {view === 'studies' ? <Studies text={text} /> : <CorrectionHistory />}
    </>
  );
}

function viewOf(search: ListSearch): View {
  return views.find((one) => one === search.state) ?? 'studies';
}

function Studies({ text }: { text: string }): ReactElement {
  const t = useT();
  const { search, paging, go } = useList();
  const refetchInterval = useRefresh(30_000);
  const query = useQuery({
    queryKey: [...correctionsKey, 'studies', text, paging.cursor, paging.limit],
    queryFn: ({ signal }) => correctionApi.studies(text, paging, signal),
    placeholderData: (previous, previousQuery) =>
      previousQuery?.queryKey[2] === text ? keepPreviousData(previous) : undefined,
    refetchInterval: text === '' ? refetchInterval : false,
  });
  const open = (row: StudyFound) => go({ ...search, study: row.studyInstanceUid });
  const isSearch = text !== '';
  return (
    <RowList
      label={t('corrections.view.studies')}
      columns={useColumns(open)}
      query={query}
      onOpen={open}
      empty={{
        title: t(isSearch ? 'corrections.notFound' : 'corrections.empty'),
        text: t(isSearch ? 'corrections.notFoundText' : 'corrections.emptyText'),
      }}
    />
  );
}

function useColumns(open: (row: StudyFound) => void): Column<StudyFound>[] {
  const t = useT();
  return [
    {
      key: 'what',
      title: t('routing.study'),
      onCard: 'head',
      render: (row) => (
        <>
          <button type="button" className="cell-open" onClick={() => open(row)}>
            {row.description ?? t('corrections.noDescription')}
          </button>
          <small className="cell-detail">{patientLine(t, row)}</small>
        </>
      ),
    },
    {
      key: 'modality',
      title: t('routing.modalities'),
      width: 90,
      render: (row) => (row.modalities.length === 0 ? '—' : row.modalities.join(' ')),
    },
    { key: 'date', title: t('attribute.StudyDate'), width: 110, render: (row) => dicomDay(row.studyDate) },
    {
      key: 'accession',
      title: t('col.accession'),
      width: 140,
      render: (row) => <span className="cell-code">{row.accessionNumber ?? '—'}</span>,
    },
    {
      key: 'count',
      title: t('corrections.content'),
      width: 80,
      render: (row) => pictureCount(t, row.instanceCount),
    },
    { key: 'link', title: t('corrections.link'), width: 130, render: (row) => <LinkTag study={row} /> },
    { key: 'time', title: t('col.received'), width: 120, render: (row) => <Moment at={row.receivedAt} /> },
    {
      key: 'open',
      title: t('col.action'),
      width: 80,
      onCard: 'foot',
      render: (row) => (
        <Button size="small" onClick={() => open(row)}>
          {t('corrections.open')}
        </Button>
      ),
    },
  ];
}
