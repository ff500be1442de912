// Second factor by SMS: ask for a code, count down to the next, enter six digits. Filled in by the phone when it
// offers to (one-time-code), sent by itself when the sixth digit is there.
import { useMutation } from '@tanstack/react-query';
import { api } from '@yunying/api';
import { currentLanguage, useT } from '@yunying/ui';
import { type ReactElement, useId, useRef, useState } from 'react';
import { type Refusal, refusalOf } from './refusal.ts';
import { useCountdown } from './use-countdown.ts';

export function SmsForm(props: {
  code: string;
  phoneMasked: string;
  onProved: (examId: string) => void;
}): ReactElement {
  const t = useT();
  const field = useRef<HTMLInputElement>(null);
  const fieldId = useId();
  const [digits, setDigits] = useState('');
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const resend = useCountdown();

  const refuse = (error: unknown) => {
    const next = refusalOf(error, t);
    setRefusal(next);
    return next;
  };
  const send = useMutation({
    mutationFn: () => api.sendSmsCode(props.code, { language: currentLanguage() }),
    onSuccess: (sent) => {
      setRefusal(null);
      setDigits('');
      resend.start(sent.nextSendInSeconds);
      field.current?.focus();
    },
    onError: (error) => {
      const { waitSeconds } = refuse(error);
      if (waitSeconds !== null) resend.start(waitSeconds);
    },
  });
  const prove = useMutation({
    mutationFn: (smsCode: string) =>
      api.prove(props.code, { factor: 'sms', smsCode }, { language: currentLanguage() }),
    onSuccess: (proved) => props.onProved(proved.examId),
    onError: (error) => {
      refuse(error);
      setDigits('');
      field.current?.focus();
    },
  });
  const change = (text: string) => {
    const next = text.replace(/\D/g, '').slice(0, 6);
    setDigits(next);
    if (next.length === 6 && !prove.isPending) prove.mutate(next);
  };
  const sentTo = send.data?.phoneMasked;
  return (
    <form
      className="proof-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (digits.length === 6 && !prove.isPending) prove.mutate(digits);
      }}
    >
      <p className="soft" aria-live="polite">
        {sentTo === undefined
          ? t('entry.smsTo', { phone: props.phoneMasked })
          : t('entry.smsSentTo', { phone: sentTo })}
      </p>
      <label htmlFor={fieldId}>{t('entry.code')}</label>
      <div className="code-row">
        <input
          id={fieldId}
          ref={field}
          className="field code-field"
          inputMode="numeric"
          autoComplete="one-time-code"
          pattern="[0-9]{6}"
          maxLength={6}
          value={digits}
          readOnly={prove.isPending}
          onChange={(event) => change(event.target.value)}
        />
        <button
          type="button"
          className="yy-button"
          data-look={sentTo === undefined ? 'primary' : undefined}
          disabled={resend.seconds > 0 || send.isPending}
          onClick={() => send.mutate()}
        >
          {resend.seconds > 0
            ? t('entry.sendIn', { seconds: resend.seconds })
            : t(sentTo === undefined ? 'entry.send' : 'entry.sendAgain')}
        </button>
      </div>
      <p className="refusal" role="alert">
        {refusal?.sentence}
      </p>
      <button
        type="submit"
        className="yy-button big"
        data-look="primary"
        disabled={digits.length < 6 || prove.isPending}
      >
        {t(prove.isPending ? 'entry.checking' : 'entry.enter')}
      </button>
    </form>
  );
}
