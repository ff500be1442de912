// The server's refusal as a full sentence, with what can be done next: tries left, or when the lock ends.
import { detailOf, sentenceOf, type Translate } from '@yunying/ui';

export function refusalSentence(error: unknown, t: Translate): string {
  const sentence = sentenceOf(error);
  const seconds = detailOf(error, 'retryAfterSeconds');
  if (seconds !== null)
    return `${sentence}${t('logIn.lockedFor', { minutes: Math.max(1, Math.ceil(seconds / 60)) })}`;
  const remaining = detailOf(error, 'remaining');
  if (remaining === null) return sentence;
  return `${sentence}${remaining > 0 ? t('logIn.remaining', { count: remaining }) : t('logIn.locked')}`;
}
