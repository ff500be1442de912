// A refused proof or a refused SMS as one sentence that says what to do next, from the code and the details of the
// problem (remaining tries, seconds to wait).
import { detailOf, formatCountdown, problemOf, sentenceOf, type Translate } from '@yunying/ui';

export type Refusal = {
  sentence: string;
  /** Seconds until the same may be tried again, null when at once. */
  waitSeconds: number | null;
};

export function refusalOf(error: unknown, t: Translate): Refusal {
  const code = problemOf(error)?.code ?? '';
  const wait = detailOf(error, 'retryAfterSeconds');
  const waitSeconds = wait === null || wait <= 0 ? null : Math.ceil(wait);
  if (code === 'entry.locked' && waitSeconds !== null) {
    return { sentence: t('entry.lockedFor', { minutes: Math.ceil(waitSeconds / 60) }), waitSeconds };
  }
  if (code === 'entry.sms_too_many' && waitSeconds !== null) {
    return { sentence: t('entry.sendLater', { time: spell(waitSeconds) }), waitSeconds };
  }
  const remaining = detailOf(error, 'remaining');
  const sentence = sentenceOf(error);
  if (remaining === null || remaining < 0) return { sentence, waitSeconds };
  return { sentence: `${sentence}${t('entry.remaining', { count: remaining })}`, waitSeconds };
}

function spell(seconds: number): string {
  if (seconds >= 7200) return `${Math.ceil(seconds / 3600)} h`;
  return seconds < 60 ? `${formatCountdown(seconds)} s` : formatCountdown(seconds);
}
