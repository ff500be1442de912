// A new grant: whom for, what, over which exams, how long and why. Before saving: what it says, how many exams the list of
// the subject holds before and after, and whether a second person must approve.
import { useMutation, useQuery } from '@tanstack/react-query';
import {
  type ExamType,
  examTypes,
  examTypeWords,
  type GrantTag,
  grantTags,
  type NewGrantForm,
  roleWords,
  type SubjectKind,
  subjectKinds,
  tagWords,
} from '@yunying/api';
import { useT } from '@yunying/ui';
import { Alert, Button, DatePicker, Form, Input, InputNumber, Radio, Select, Switch } from 'antd';
import { type ReactElement, useEffect } from 'react';
import { FormDrawer } from '../form-drawer.tsx';
import { formatCount } from '../measure.ts';
import { inLanguage, rightsApi, rightsKey } from './rights-api.ts';
import { SubjectSelect } from './subject-select.tsx';
import { useAct } from './use-act.ts';

type Fields = {
  kind: SubjectKind;
  subjectId: string;
  role: string;
  institutionIds: string[];
  departmentIds: string[];
  examTypes: ExamType[];
  ownPatients: boolean;
  doctorNames: string[];
  days: number | null;
  level: number;
  tags: GrantTag[];
  validTo: { toISOString(): string } | null;
  reason: string;
};
const standard: Partial<Fields> = {
  kind: 'account',
  role: 'doctor',
  institutionIds: [],
  departmentIds: [],
  examTypes: [],
  ownPatients: false,
  doctorNames: [],
  days: null,
  level: 4,
  tags: [],
  validTo: null,
};

export function GiveForm({ open, onClose }: { open: boolean; onClose(): void }): ReactElement {
  const t = useT();
  const [form] = Form.useForm<Fields>();
  const kind = Form.useWatch('kind', form) ?? 'account';
  const own = Form.useWatch('ownPatients', form) ?? false;
  const subjectId = Form.useWatch('subjectId', form);
  const preview = useMutation({ mutationFn: rightsApi.preview });
  const give = useAct(
    async (fields: Fields) => {
      if (fields.kind === 'account' && fields.ownPatients)
        await rightsApi.saveDoctorNames(fields.subjectId, fields.doctorNames);
      return rightsApi.give(grantOf(fields));
    },
    ({ pending }) => (pending ? 'rights.givenPending' : 'rights.given'),
    onClose,
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: emptied when it is opened
  useEffect(() => {
    if (!open) return;
    form.resetFields();
    preview.reset();
  }, [open, form]);
  const show = async () => preview.mutate(grantOf(await form.validateFields()));
  return (
    <FormDrawer
      open={open}
      title={t('rights.give')}
      name="grant"
      form={form}
      initialValues={standard}
      notes={<Foreseen preview={preview} onAsk={() => void show().catch(() => undefined)} />}
      error={give.error}
      saving={give.isPending}
      saveLabel={t('rights.giveNow')}
      onFinish={(fields) => give.mutate(fields)}
      onClose={onClose}
    >
      <Form.Item name="kind" label={t('rights.kind')}>
        <Radio.Group
          optionType="button"
          options={subjectKinds.map((one) => ({ value: one, label: t(`rights.kind.${one}`) }))}
          onChange={() => form.resetFields(['subjectId'])}
        />
      </Form.Item>
      <Form.Item
        name="subjectId"
        label={t('rights.subject')}
        extra={t(`rights.subjectHelp.${kind}`)}
        rules={[{ required: true, message: t('rights.subjectMissing') }]}
      >
        <SubjectSelect kind={kind} />
      </Form.Item>
      <RoleInput />
      <ReachInputs />
      {kind === 'account' && (
        <Form.Item name="ownPatients" label={t('rights.ownPatients')} extra={t('rights.ownPatientsHelp')}>
          <Switch />
        </Form.Item>
      )}
      {kind === 'account' && own && <DoctorNamesInput subjectId={subjectId} />}
      <ProtectionInputs />
      <Form.Item name="validTo" label={t('rights.validTo')} extra={t('rights.validToHelp')}>
        <DatePicker style={{ width: '100%' }} />
      </Form.Item>
      <Form.Item
        name="reason"
        label={t('rights.reason')}
        extra={t('rights.reasonHelp')}
        rules={[{ required: true, min: 2, whitespace: true, message: t('rights.reasonMissing') }]}
      >
        <Input maxLength={300} />
      </Form.Item>
    </FormDrawer>
  );
}

function RoleInput(): ReactElement {
  const t = useT();
  const roles = useQuery({
    queryKey: [rightsKey, 'roles'],
    queryFn: ({ signal }) => rightsApi.roles(signal),
  });
  return (
    <Form.Item name="role" label={t('rights.role')} extra={t('rights.roleHelp')}>
      <Select
        loading={roles.isPending}
        options={(roles.data ?? []).map(({ name, title }) => {
          const words = roleWords[name];
          return { value: name, label: words === undefined ? title : inLanguage(words) };
        })}
      />
    </Form.Item>
  );
}

function ReachInputs(): ReactElement {
  const t = useT();
  const places = useQuery({
    queryKey: [rightsKey, 'places'],
    queryFn: ({ signal }) => rightsApi.places(signal),
  });
  const all = places.data ?? [];
  return (
    <>
      <Form.Item name="institutionIds" label={t('rights.institutions')} extra={t('rights.emptyIsAll')}>
        <Select
          mode="multiple"
          optionFilterProp="label"
          options={all.map(({ id, name }) => ({ value: id, label: name }))}
        />
      </Form.Item>
      <Form.Item name="departmentIds" label={t('rights.departments')} extra={t('rights.emptyIsAll')}>
        <Select
          mode="multiple"
          optionFilterProp="label"
          options={all.map(({ id, name, departments }) => ({
            key: id,
            label: name,
            options: departments.map((one) => ({ value: one.id, label: one.name })),
          }))}
        />
      </Form.Item>
      <Form.Item name="examTypes" label={t('rights.examTypes')} extra={t('rights.emptyIsAll')}>
        <Select
          mode="multiple"
          options={examTypes.map((one) => ({ value: one, label: inLanguage(examTypeWords[one]) }))}
        />
      </Form.Item>
      <Form.Item name="days" label={t('rights.days')} extra={t('rights.daysHelp')}>
        <InputNumber min={1} max={36_500} style={{ width: 200 }} suffix={t('rights.daysUnit')} />
      </Form.Item>
    </>
  );
}

function DoctorNamesInput({ subjectId }: { subjectId: string | undefined }): ReactElement {
  const t = useT();
  const form = Form.useFormInstance<Fields>();
  const names = useQuery({
    queryKey: [rightsKey, 'names', subjectId],
    queryFn: ({ signal }) => rightsApi.doctorNames(subjectId ?? '', signal),
    enabled: subjectId !== undefined,
  });
  useEffect(() => {
    if (names.data !== undefined) form.setFieldsValue({ doctorNames: names.data });
  }, [names.data, form]);
  return (
    <Form.Item
      name="doctorNames"
      label={t('rights.doctorNames')}
      extra={t('rights.doctorNamesHelp')}
      rules={[{ required: true, message: t('rights.doctorNamesMissing') }]}
    >
      <Select mode="tags" tokenSeparators={[' ', '、', ',']} open={false} suffixIcon={null} />
    </Form.Item>
  );
}

function ProtectionInputs(): ReactElement {
  const t = useT();
  return (
    <>
      <Form.Item name="level" label={t('rights.level')} extra={t('rights.levelHelp')}>
        <Radio.Group
          optionType="button"
          options={[1, 2, 3, 4, 5].map((one) => ({ value: one, label: one }))}
        />
      </Form.Item>
      <Form.Item name="tags" label={t('rights.tags')} extra={t('rights.tagsHelp')}>
        <Select
          mode="multiple"
          options={grantTags.map((one) => {
            const words = tagWords[one];
            return { value: one, label: words === undefined ? one : inLanguage(words) };
          })}
        />
      </Form.Item>
    </>
  );
}

type Preview = ReturnType<
  typeof useMutation<Awaited<ReturnType<typeof rightsApi.preview>>, Error, NewGrantForm>
>;

function Foreseen({ preview, onAsk }: { preview: Preview; onAsk(): void }): ReactElement {
  const t = useT();
  const { data, error } = preview;
  return (
    <>
      {error !== null && <Alert type="error" showIcon title={error.message} />}
      {data !== undefined && (
        <Alert
          type={data.needsApproval ? 'warning' : 'info'}
          showIcon
          title={inLanguage(data.sentence)}
          description={
            <>
              {t(data.isFloor ? 'rights.changesFloor' : 'rights.changes', {
                before: formatCount(data.before),
                after: formatCount(data.after),
              })}
              {data.needsApproval && <div>{t('rights.needsApproval')}</div>}
            </>
          }
        />
      )}
      <Button loading={preview.isPending} onClick={onAsk}>
        {t('rights.preview')}
      </Button>
    </>
  );
}

function grantOf(fields: Fields): NewGrantForm {
  const list = <K extends string, V>(key: K, values: V[] | undefined) =>
    values === undefined || values.length === 0 ? {} : ({ [key]: values } as Record<K, V[]>);
  return {
    subjectKind: fields.kind,
    subjectId: fields.subjectId,
    role: fields.role,
    permissions: null,
    reach: {
      ...list('institutionIds', fields.institutionIds),
      ...list('departmentIds', fields.departmentIds),
      ...list('examTypes', fields.examTypes),
      ...(fields.kind === 'account' && fields.ownPatients ? { ownPatients: true as const } : {}),
      ...(fields.days == null ? {} : { days: fields.days }),
    },
    level: fields.level,
    tags: fields.tags,
    reason: fields.reason.trim(),
    validTo: fields.validTo == null ? null : fields.validTo.toISOString(),
  };
}
