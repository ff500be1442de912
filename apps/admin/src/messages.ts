// A received HL7 message in words: who sent it, what it is, why it had no effect, what helps. A code that no dictionary
// knows shows the sentence that the sender was told, never an empty cell.
import type { MessageItem, MessageOutcome } from '@yunying/api';
import type { Translate } from '@yunying/ui';
import { known } from './reasons.ts';

export const messagesKey = 'messages';

export function messageType(t: Translate, item: MessageItem): string {
  return item.messageType ?? t('messages.unknownType');
}

/** As nodes are written: application | facility. */
export function messageSender(t: Translate, item: MessageItem): string {
  const { sendingApplication: application, sendingFacility: facility } = item;
  if (application === null && facility === null) return t('messages.unknownSender');
  return facility === null ? `${application}` : `${application ?? '—'} | ${facility}`;
}

/** The sentence for people; and what the sender was told, with the place in the message. */
export function messageReason(
  t: Translate,
  { errorCode, reason, error }: MessageOutcome,
): { words: string; detail: string | null } {
  const words = reason ?? (errorCode === null ? null : known(t, `messageReason.${errorCode}`));
  if (words !== null) return { words, detail: error };
  return { words: error ?? errorCode ?? '—', detail: null };
}

export function messageAdvice(t: Translate, errorCode: string | null): string | null {
  return errorCode === null ? null : known(t, `messageAdvice.${errorCode}`);
}
