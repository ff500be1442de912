// One correction from the question to its end: what is to be changed, what the server says will change, why, and then how
// far it has come. Nothing is written before the second step is confirmed.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { EditAsk, EditWay, StudyEdit, StudyToEdit } from '@yunying/api';
import { Skeleton, SkeletonGroup, sentenceOf, useT } from '@yunying/ui';
import { Alert, Button, Drawer, Input, Steps } from 'antd';
import { type ReactElement, useEffect, useState } from 'react';
import { correctionApi } from './correction-api.ts';
import { CorrectionFields } from './correction-fields.tsx';
import { PreviewFacts } from './correction-preview.tsx';
import { CorrectionProgress } from './correction-progress.tsx';
import { correctionsKey, isHiding } from './corrections.ts';
import { useNarrow } from './narrow.ts';

type Step = 'fields' | 'preview' | 'progress';
/** Without a question of their own: the preview comes at once. */
const fieldless: readonly EditWay[] = ['split', 'hide', 'undo'];
const dangerous: readonly EditWay[] = ['hide', 'reject'];
const mostReason = 500;

export function CorrectionDrawer(props: {
  way: EditWay;
  initial: EditAsk;
  study?: StudyToEdit;
  /** The study's attributes as they are, when they were asked for. */
  revealed?: StudyToEdit['attributes'] | null;
  undoes?: StudyEdit;
  onClose: () => void;
  onDone?: () => void;
}): ReactElement {
  const t = useT();
  const narrow = useNarrow('drawer');
  const cache = useQueryClient();
  const { way, initial, undoes } = props;
  const [ask, setAsk] = useState<EditAsk>(initial);
  const [step, setStep] = useState<Step>(fieldless.includes(way) ? 'preview' : 'fields');
  const [reason, setReason] = useState('');
  const preview = useMutation({
    mutationFn: (wanted: EditAsk) => correctionApi.preview(wanted, props.revealed != null),
    onSuccess: () => setStep('preview'),
  });
  const make = useMutation({
    mutationFn: () => correctionApi.make(ask, reason.trim(), undoes !== undefined && isHiding(undoes)),
    onSuccess: () => {
      setStep('progress');
      props.onDone?.();
      void cache.invalidateQueries({ queryKey: correctionsKey });
    },
  });
  const { mutate: look } = preview;
  const isAtOnce = fieldless.includes(way);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it opens
  useEffect(() => {
    if (isAtOnce) look(initial);
  }, []);
  const needsReason = way !== 'undo';
  const ready = preview.data !== undefined && (!needsReason || reason.trim() !== '');
  const word = way === 'undo' && undoes !== undefined && isHiding(undoes) ? 'restore' : way;
  const steps: readonly Step[] = isAtOnce ? ['preview', 'progress'] : ['fields', 'preview', 'progress'];
  return (
    <Drawer
      open
      onClose={props.onClose}
      mask={{ closable: step !== 'preview' }}
      title={t(`corrections.title.${word}`)}
      size={narrow ? '100%' : 560}
      footer={
        <DrawerFoot
          step={step}
          error={make.error}
          danger={dangerous.includes(way)}
          doLabel={t(`corrections.do.${word}`)}
          ready={ready}
          isLooking={preview.isPending}
          isMaking={make.isPending}
          {...(isAtOnce ? {} : { onBack: () => setStep('fields') })}
          onMake={() => make.mutate()}
          onClose={props.onClose}
        />
      }
    >
      <Steps
        className="corrections-steps"
        size="small"
        current={steps.indexOf(step)}
        responsive={false}
        items={steps.map((one) => ({ title: t(`corrections.step.${one}`) }))}
      />
      <div hidden={step !== 'fields'}>
        {!isAtOnce && (
          <CorrectionFields
            way={way}
            ask={ask}
            study={props.study}
            revealed={props.revealed ?? null}
            onAsk={(wanted) => {
              setAsk(wanted);
              preview.mutate(wanted);
            }}
          />
        )}
      </div>
      {step !== 'progress' && preview.error !== null && (
        <Alert
          type="error"
          showIcon
          role="alert"
          title={sentenceOf(preview.error)}
          {...(isAtOnce && { action: <Button onClick={() => look(ask)}>{t('corrections.again')}</Button> })}
        />
      )}
      {step === 'preview' && preview.data === undefined && preview.error === null && (
        <SkeletonGroup className="row-skeleton">
          <p className="corrections-soft">{t('corrections.previewing')}</p>
          <Skeleton height={80} />
          <Skeleton height={120} />
        </SkeletonGroup>
      )}
      {step === 'preview' && preview.data !== undefined && (
        <>
          <PreviewFacts way={way} preview={preview.data} />
          {needsReason && <Reason value={reason} onChange={setReason} />}
        </>
      )}
      {step === 'progress' && make.data !== undefined && (
        <CorrectionProgress id={make.data.id} count={preview.data?.objectCount ?? null} />
      )}
    </Drawer>
  );
}

function Reason({ value, onChange }: { value: string; onChange: (reason: string) => void }): ReactElement {
  const t = useT();
  return (
    <div className="corrections-reason">
      <label htmlFor="correction-reason">{t('corrections.reason')}</label>
      <Input.TextArea
        id="correction-reason"
        value={value}
        rows={3}
        maxLength={mostReason}
        showCount
        placeholder={t('corrections.reasonHint')}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}

function DrawerFoot(props: {
  step: Step;
  error: Error | null;
  danger: boolean;
  doLabel: string;
  ready: boolean;
  isLooking: boolean;
  isMaking: boolean;
  onBack?: () => void;
  onMake: () => void;
  onClose: () => void;
}): ReactElement {
  const t = useT();
  const { step } = props;
  return (
    <div className="form-foot">
      {props.error !== null && <Alert type="error" showIcon role="alert" title={sentenceOf(props.error)} />}
      <div className="actions">
        {step === 'fields' && (
          <Button type="primary" htmlType="submit" form="correction" loading={props.isLooking}>
            {t('corrections.preview')}
          </Button>
        )}
        {step === 'preview' && (
          <Button
            type="primary"
            danger={props.danger}
            disabled={!props.ready}
            loading={props.isMaking}
            onClick={props.onMake}
          >
            {props.doLabel}
          </Button>
        )}
        {step === 'preview' && props.onBack !== undefined && (
          <Button onClick={props.onBack}>{t('corrections.change')}</Button>
        )}
        <Button onClick={props.onClose}>
          {t(step === 'progress' ? 'corrections.close' : 'form.cancel')}
        </Button>
      </div>
    </div>
  );
}
