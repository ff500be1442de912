// Instant filters above the rows. Each writes into the address; typing waits a quarter of a second.
import { examStatuses } from '@yunying/api';
import { useT } from '@yunying/ui';
import { Input, Select } from 'antd';
import { Search } from 'lucide-react';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { DayRange } from './day-range.tsx';
import type { WorklistSearch } from './worklist-search.ts';

const modalities = [
  'CT',
  'MR',
  'DX',
  'CR',
  'MG',
  'US',
  'XA',
  'RF',
  'NM',
  'PT',
  'ES',
  'ECG',
  'SM',
  'OP',
  'IO',
  'PX',
];

type Change = (next: Partial<Record<keyof WorklistSearch, unknown>>) => void;

export function Filters(props: {
  search: WorklistSearch;
  total: number | null;
  /** There are more than `total`. */
  totalIsFloor: boolean;
  onChange: Change;
}): ReactElement {
  const t = useT();
  const { search, total, totalIsFloor, onChange } = props;
  return (
    <search className="filters">
      <SearchBox value={search.q ?? ''} onChange={(q) => onChange({ q })} />
      <Select
        allowClear
        placeholder={t('filter.modality')}
        aria-label={t('filter.modality')}
        value={search.modality ?? null}
        onChange={(modality: string | null | undefined) => onChange({ modality })}
        options={modalities.map((value) => ({ value, label: value }))}
        className="filter-narrow"
      />
      <Select
        allowClear
        placeholder={t('filter.status')}
        aria-label={t('filter.status')}
        value={search.status ?? null}
        onChange={(status: string | null | undefined) => onChange({ status })}
        options={examStatuses.map((value) => ({ value, label: t(`examStatus.${value}`) }))}
        className="filter-narrow"
      />
      <DayRange from={search.from} to={search.to} onChange={onChange} />
      <span className="filter-total" role="status">
        {total === null ? '' : t(totalIsFloor ? 'worklist.totalFloor' : 'worklist.total', { count: total })}
      </span>
    </search>
  );
}

function SearchBox(props: { value: string; onChange(text: string): void }): ReactElement {
  const t = useT();
  const [text, setText] = useState(props.value);
  const timer = useRef(0);
  const sent = useRef(props.value);
  useEffect(() => {
    // The address changed by another way (back, a cleared filter).
    if (props.value !== sent.current) setText(props.value);
    sent.current = props.value;
  }, [props.value]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const send = (next: string): void => {
    sent.current = next.trim();
    props.onChange(next.trim());
  };
  return (
    <Input
      className="filter-search"
      allowClear
      prefix={<Search size={16} aria-hidden />}
      placeholder={t('filter.search')}
      aria-label={t('filter.search')}
      maxLength={64}
      value={text}
      onChange={(event) => {
        const next = event.target.value;
        setText(next);
        window.clearTimeout(timer.current);
        timer.current = window.setTimeout(() => send(next), 250);
      }}
      onPressEnter={() => {
        window.clearTimeout(timer.current);
        send(text);
      }}
    />
  );
}
