// Second factor by name and the last six of the identity document. Opens this one examination only.
import { useMutation } from '@tanstack/react-query';
import { api } from '@yunying/api';
import { currentLanguage, useT } from '@yunying/ui';
import { type ReactElement, useId, useState } from 'react';
import { type Refusal, refusalOf } from './refusal.ts';
import { useCountdown } from './use-countdown.ts';

export function IdentityForm(props: { code: string; onProved: (examId: string) => void }): ReactElement {
  const t = useT();
  const ids = useId();
  const [name, setName] = useState('');
  const [tail, setTail] = useState('');
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const lock = useCountdown();
  const prove = useMutation({
    mutationFn: () =>
      api.prove(
        props.code,
        { factor: 'identity', name: name.trim(), identityTail: tail },
        { language: currentLanguage() },
      ),
    onSuccess: (proved) => props.onProved(proved.examId),
    onError: (error) => {
      const next = refusalOf(error, t);
      setRefusal(next);
      if (next.waitSeconds !== null) lock.start(next.waitSeconds);
    },
  });
  const isComplete = name.trim() !== '' && /^[0-9A-Z]{6}$/.test(tail);
  const isLocked = lock.seconds > 0;
  return (
    <form
      className="proof-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isComplete && !prove.isPending && !isLocked) prove.mutate();
      }}
    >
      <label htmlFor={`${ids}name`}>{t('entry.name')}</label>
      <input
        id={`${ids}name`}
        className="field"
        autoComplete="name"
        maxLength={64}
        value={name}
        aria-describedby={`${ids}name-hint`}
        onChange={(event) => setName(event.target.value)}
      />
      <small id={`${ids}name-hint`}>{t('entry.nameHint')}</small>
      <label htmlFor={`${ids}tail`}>{t('entry.tail')}</label>
      <input
        id={`${ids}tail`}
        className="field code-field"
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        maxLength={6}
        value={tail}
        aria-describedby={`${ids}tail-hint`}
        onChange={(event) => setTail(event.target.value.replace(/[^0-9A-Za-z]/g, '').toUpperCase())}
      />
      <small id={`${ids}tail-hint`}>{t('entry.tailHint')}</small>
      <p className="refusal" role="alert">
        {refusal?.sentence}
      </p>
      <button
        type="submit"
        className="yy-button big"
        data-look="primary"
        disabled={!isComplete || prove.isPending || isLocked}
      >
        {t(prove.isPending ? 'entry.checking' : 'entry.enter')}
      </button>
    </form>
  );
}
