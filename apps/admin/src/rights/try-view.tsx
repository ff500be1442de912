// "Try it": an account, client or node and an exam; for every action whether it is allowed, and by which rule. Nothing
// here names the person of the exam.
import { useMutation } from '@tanstack/react-query';
import {
  examTypes,
  examTypeWords,
  roleWords,
  type SubjectKind,
  subjectKinds,
  type TryAnswer,
  tagWords,
} from '@yunying/api';
import { EmptyState, Problem, type Translate, useT } from '@yunying/ui';
import { Button, Descriptions, Form, Input, Radio, Table, Tag } from 'antd';
import type { ReactElement } from 'react';
import { formatCount, formatMoment } from '../measure.ts';
import { permissionWord } from './permission-words.ts';
import { inLanguage, rightsApi } from './rights-api.ts';
import { SubjectSelect } from './subject-select.tsx';

type Fields = { kind: SubjectKind; subjectId: string; exam: string };
const rules = [
  'no-permission',
  'outside-reach',
  'protected',
  'protected-pseudonym',
  'protection-grant',
  'break-glass',
];

export function TryView(): ReactElement {
  const t = useT();
  const [form] = Form.useForm<Fields>();
  const kind = Form.useWatch('kind', form) ?? 'account';
  const trial = useMutation({ mutationFn: rightsApi.tryIt });
  return (
    <>
      <Form
        form={form}
        layout="inline"
        className="filters"
        initialValues={{ kind: 'account' }}
        onFinish={({ kind: subjectKind, subjectId, exam }) =>
          trial.mutate({ subjectKind, subjectId, exam: exam.trim() })
        }
      >
        <Form.Item name="kind">
          <Radio.Group
            optionType="button"
            options={subjectKinds.map((one) => ({ value: one, label: t(`rights.kind.${one}`) }))}
            onChange={() => form.resetFields(['subjectId'])}
          />
        </Form.Item>
        <Form.Item name="subjectId" rules={[{ required: true, message: t('rights.subjectMissing') }]}>
          <SubjectSelect kind={kind} />
        </Form.Item>
        <Form.Item
          name="exam"
          rules={[{ required: true, whitespace: true, message: t('rights.examMissing') }]}
        >
          <Input maxLength={64} placeholder={t('rights.examFind')} style={{ width: 280 }} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={trial.isPending}>
          {t('rights.try')}
        </Button>
      </Form>
      {trial.error !== null && <Problem error={trial.error} />}
      {trial.error === null && trial.data === undefined && (
        <EmptyState title={t('rights.tryEmpty')} text={t('rights.tryEmptyText')} />
      )}
      {trial.data !== undefined && trial.error === null && <Answer answer={trial.data} />}
    </>
  );
}

function Answer({ answer }: { answer: TryAnswer }): ReactElement {
  const t = useT();
  const { exam, actions } = answer;
  return (
    <section className="rows" style={{ display: 'grid', gap: 16 }}>
      <Descriptions
        size="small"
        bordered
        column={{ xs: 1, md: 2 }}
        styles={{ label: { width: 160 } }}
        items={[
          {
            key: 'place',
            label: t('rights.place'),
            children: [exam.institution, exam.department].filter(Boolean).join(' · '),
          },
          {
            key: 'type',
            label: t('rights.examType'),
            children: typeWord(exam.examType) ?? t('rights.noExam'),
          },
          {
            key: 'at',
            label: t('rights.examAt'),
            children: exam.examAt === null ? '—' : formatMoment(exam.examAt),
          },
          {
            key: 'labels',
            label: t('rights.labels'),
            children:
              exam.labels.length === 0
                ? t('rights.noLabels')
                : exam.labels.map(({ tag, level, restriction }) => {
                    const words = tagWords[tag];
                    return (
                      <Tag color="warning" key={`${tag}-${level}-${restriction}`}>
                        {words === undefined ? tag : inLanguage(words)} · {level} ·{' '}
                        {t(`rights.restriction.${restriction}`)}
                      </Tag>
                    );
                  }),
          },
          {
            key: 'seen',
            label: t('rights.seen'),
            children: `${formatCount(answer.seen)}${answer.seenIsFloor ? '+' : ''}`,
          },
        ]}
      />
      <Table
        size="small"
        aria-label={t('rights.view.try')}
        rowKey="permission"
        dataSource={actions}
        pagination={false}
        columns={[
          { title: t('rights.action'), width: 240, render: (_, row) => permissionWord(t, row.permission) },
          {
            title: t('rights.verdict'),
            width: 140,
            render: (_, row) => (
              <Tag color={row.allowed ? (row.identity === 'full' ? 'success' : 'warning') : 'error'}>
                {t(
                  row.allowed
                    ? row.identity === 'full'
                      ? 'rights.allowed'
                      : 'rights.pseudonym'
                    : 'rights.refused',
                )}
              </Tag>
            ),
          },
          { title: t('rights.rule'), render: (_, row) => ruleWord(t, row.rule) },
        ]}
      />
    </section>
  );
}

function ruleWord(t: Translate, rule: string): string {
  if (rules.includes(rule)) return t(`rights.rule.${rule}`);
  const [kind = '', what = ''] = rule.split(' ');
  return kind === 'role'
    ? t('rights.rule.role', { role: roleWord(what) })
    : what === 'plain'
      ? t('rights.rule.plain')
      : t('rights.rule.grant', { id: what });
}

function roleWord(name: string): string {
  const words = roleWords[name];
  return words === undefined ? name : inLanguage(words);
}

function typeWord(type: string | null): string | null {
  const known = examTypes.find((one) => one === type);
  return known === undefined ? type : inLanguage(examTypeWords[known]);
}
