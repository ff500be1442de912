// Chooses whom a grant is for: the kind, then the account, client or node, searched on the server.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { SubjectKind } from '@yunying/api';
import { useT } from '@yunying/ui';
import { Select } from 'antd';
import { type ReactElement, useState } from 'react';
import { rightsApi, rightsKey } from './rights-api.ts';

export function SubjectSelect(props: {
  kind: SubjectKind;
  /** Given by the form. */
  id?: string;
  value?: string | null;
  onChange?(id: string | undefined): void;
}): ReactElement {
  const t = useT();
  const { kind, id, value, onChange } = props;
  const [text, setText] = useState('');
  const query = useQuery({
    queryKey: [rightsKey, 'subjects', kind, text],
    queryFn: ({ signal }) => rightsApi.subjects(kind, text, signal),
    placeholderData: keepPreviousData,
  });
  const options = (query.data?.items ?? []).map((one) => ({
    value: one.id,
    label: one.name === one.title ? one.name : `${one.name} · ${one.title}`,
    disabled: one.disabled,
  }));
  return (
    <Select<string>
      {...(id === undefined ? {} : { id })}
      value={value ?? null}
      onChange={(next) => onChange?.(next)}
      showSearch={{ filterOption: false, onSearch: setText }}
      loading={query.isFetching}
      placeholder={t('rights.subjectFind')}
      aria-label={t('rights.subject')}
      notFoundContent={t('rights.subjectNone')}
      options={options}
      style={{ minWidth: 240 }}
    />
  );
}
