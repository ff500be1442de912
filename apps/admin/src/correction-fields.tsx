// The question of a correction: into which study, whose it is, which attributes, why it is rejected. A field that is left
// as it is changes nothing; of what stands with stars only what is written anew is sent.
import { useQuery } from '@tanstack/react-query';
import type { EditAsk, EditWay, StudyFound, StudyToEdit } from '@yunying/api';
import { sentenceOf, useT } from '@yunying/ui';
import { Alert, Form, Input, Radio, Select } from 'antd';
import { type ReactElement, useState } from 'react';
import { correctionApi } from './correction-api.ts';
import {
  attributeValue,
  attributeWord,
  correctionsKey,
  dicomDay,
  maskedKeywords,
  patientKeywords,
  patientLine,
  pictureCount,
  seriesKeywords,
  studyKeywords,
} from './corrections.ts';

type Attributes = Record<string, string | null>;
type Fields = Record<string, string | undefined>;
type Props = {
  way: EditWay;
  ask: EditAsk;
  study: StudyToEdit | undefined;
  revealed: Attributes | null;
  onAsk: (ask: EditAsk) => void;
};

const titles = ['113001', '113037', '113038', '113039'] as const;

export function CorrectionFields(props: Props): ReactElement {
  const { way, ask, onAsk } = props;
  const t = useT();
  if (way === 'merge') return <MergeFields {...props} />;
  if (way !== 'reject') return <AttributeFields {...props} />;
  return (
    <Form
      id="correction"
      layout="vertical"
      initialValues={{ title: '113001' }}
      onFinish={({ title }: { title: (typeof titles)[number] }) => onAsk({ ...ask, title })}
    >
      <Form.Item name="title" label={t('corrections.rejectionTitle')} extra={t('corrections.rejectionHelp')}>
        <Radio.Group
          className="corrections-column"
          options={titles.map((one) => ({ value: one, label: t(`rejection.${one}`) }))}
        />
      </Form.Item>
    </Form>
  );
}

function AttributeFields({ way, ask, study, revealed, onAsk }: Props): ReactElement {
  const t = useT();
  const [form] = Form.useForm<Fields>();
  const series = study?.series.find((one) => one.seriesInstanceUid === ask.seriesInstanceUid);
  const isMove = way === 'move';
  const keywords = series !== undefined ? seriesKeywords : isMove ? patientKeywords : studyKeywords;
  const current: Attributes = series?.attributes ?? { ...study?.attributes, ...revealed };
  const isMasked = (keyword: string) =>
    series === undefined && revealed === null && maskedKeywords.includes(keyword);
  // Another patient is written from the beginning; attributes start from what is there.
  const initial: Fields = Object.fromEntries(
    keywords.map((keyword) => [keyword, isMove || isMasked(keyword) ? '' : (current[keyword] ?? '')]),
  );
  const finish = (fields: Fields) => {
    const changed: Attributes = {};
    for (const keyword of keywords) {
      const value = (fields[keyword] ?? '').trim();
      if (value !== (initial[keyword] ?? '')) changed[keyword] = value;
    }
    onAsk(isMove ? { ...ask, patient: changed } : { ...ask, attributes: changed });
  };
  return (
    <Form
      id="correction"
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={initial}
      onFinish={finish}
    >
      <Alert
        className="corrections-note"
        type="info"
        showIcon
        title={t(isMove ? 'corrections.moveNote' : 'corrections.attributesNote')}
      />
      {keywords.map((keyword) => (
        <AttributeField
          key={keyword}
          keyword={keyword}
          required={isMove && keyword === 'PatientID'}
          current={isMove || isMasked(keyword) ? attributeValue(t, keyword, current[keyword]) : null}
        />
      ))}
    </Form>
  );
}

/** `current`: what stands there now, shown beside an empty field. */
function AttributeField(props: { keyword: string; required: boolean; current: string | null }): ReactElement {
  const t = useT();
  const { keyword, required, current } = props;
  const pattern = forms[keyword];
  const rules = [
    ...(required ? [{ required: true, whitespace: true, message: t('routing.patientMissing') }] : []),
    ...(pattern === undefined ? [] : [{ pattern, message: t(`form.${hintOf(keyword)}`) }]),
  ];
  const choices = choicesOf[keyword];
  return (
    <Form.Item
      name={keyword}
      label={attributeWord(t, keyword)}
      rules={rules}
      {...(current === null || current === '—'
        ? {}
        : { extra: t('corrections.current', { value: current }) })}
    >
      {choices === undefined ? (
        <Input
          maxLength={192}
          autoComplete="off"
          spellCheck={false}
          placeholder={pattern === undefined ? '' : t(`form.${hintOf(keyword)}`)}
        />
      ) : (
        <Select
          allowClear
          options={choices.map((one) => ({
            value: one,
            label: t(`${keyword === 'PatientSex' ? 'sex' : 'side'}.${one}`),
          }))}
        />
      )}
    </Form.Item>
  );
}

const forms: Readonly<Record<string, RegExp>> = {
  PatientBirthDate: /^\d{8}$/,
  StudyDate: /^\d{8}$/,
  StudyTime: /^\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?$/,
  SeriesNumber: /^-?\d{1,9}$/,
  BodyPartExamined: /^[A-Z0-9_ ]{1,16}$/,
};
const choicesOf: Readonly<Record<string, readonly string[]>> = {
  PatientSex: ['M', 'F', 'O'],
  Laterality: ['L', 'R'],
};

function hintOf(keyword: string): string {
  if (keyword.endsWith('Date')) return 'dayHint';
  if (keyword === 'StudyTime') return 'timeHint';
  return keyword === 'SeriesNumber' ? 'numberHint' : 'codeHint';
}

function MergeFields({ ask, onAsk }: Props): ReactElement {
  const t = useT();
  const [text, setText] = useState('');
  const [form] = Form.useForm<{ into: string }>();
  const query = useQuery({
    queryKey: [...correctionsKey, 'studies', text, null, 20],
    queryFn: ({ signal }) => correctionApi.studies(text, { cursor: null, limit: 20 }, signal),
    enabled: text !== '',
  });
  const found = query.data?.items.filter((one) => one.studyInstanceUid !== ask.from);
  return (
    <>
      <Alert className="corrections-note" type="info" showIcon title={t('corrections.mergeNote')} />
      <Input.Search
        allowClear
        maxLength={64}
        autoComplete="off"
        spellCheck={false}
        loading={query.isFetching}
        aria-label={t('corrections.mergeInto')}
        placeholder={t('corrections.searchHint')}
        enterButton={t('corrections.search')}
        onSearch={(wanted) => {
          form.resetFields();
          setText(wanted.trim());
        }}
      />
      <Form
        id="correction"
        form={form}
        layout="vertical"
        requiredMark={false}
        className="corrections-targets"
        onFinish={({ into }: { into: string }) => onAsk({ ...ask, into })}
      >
        {query.error !== null && <Alert type="error" showIcon title={sentenceOf(query.error)} />}
        <Form.Item
          name="into"
          label={found === undefined || found.length === 0 ? '' : t('corrections.mergeInto')}
          rules={[{ required: true, message: t('corrections.mergeMissing') }]}
        >
          <Radio.Group className="corrections-column">
            {found?.map((one) => (
              <Radio key={one.id} value={one.studyInstanceUid}>
                <Target study={one} />
              </Radio>
            ))}
          </Radio.Group>
        </Form.Item>
        {found?.length === 0 && <p className="corrections-soft">{t('corrections.notFound')}</p>}
      </Form>
    </>
  );
}

function Target({ study }: { study: StudyFound }): ReactElement {
  const t = useT();
  return (
    <span className="corrections-target">
      <b>{study.description ?? t('corrections.noDescription')}</b>
      <small className="cell-detail">{patientLine(t, study)}</small>
      <small className="cell-detail">
        {[
          study.modalities.join(' '),
          dicomDay(study.studyDate),
          study.accessionNumber,
          pictureCount(t, study.instanceCount),
        ]
          .filter((part) => part !== null && part !== '' && part !== '—')
          .join(' · ')}
      </small>
    </span>
  );
}
