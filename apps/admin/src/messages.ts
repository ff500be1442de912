// A received HL7 message in words: who sent it, what it is, why it had no effect, what helps. A code that no dictionary
// knows shows the sentence that the sender was told, never an empty cell.
import type { MessageItem, MessageOutcome } from '@yunying/api';
import type { Translate } from '@yunying/ui';
import { known } from './reasons.ts';

export const messagesKey = 'messages';

export function messageType(t: Translate, item: MessageItem): string {
  return item.messageType ?? t('messages.unknownType');
}

/** As nodes are written: application | facility; else where it came from. */
export function messageSender(item: MessageItem): string {
  const { sendingApplication: application, sendingFacility: facility } = item;
  if (application === null && facility === null) return item.source;
  return facility === null ? `${application}` : `${application ?? '—'} | ${facility}`;
}

/** The sentence for people; and beside it the place in the message, or what the parser said where that says more. */
export function messageReason(
  t: Translate,
  { errorCode, reason, error }: MessageOutcome,
): { words: string; detail: string | null } {
  const words = reason ?? (errorCode === null ? null : known(t, `messageReason.${errorCode}`));
  if (words === null) return { words: error ?? errorCode ?? '—', detail: null };
  const place = /^(?:In )?([A-Z][A-Z0-9]{2}(?:\[\d+\])?(?:-\d+)?): /.exec(error ?? '')?.[1];
  if (place !== undefined) return { words, detail: t('messages.place', { place }) };
  return { words, detail: errorCode === 'hl7.unparsable' ? error : null };
}

export function messageAdvice(t: Translate, errorCode: string | null): string | null {
  return errorCode === null ? null : known(t, `messageAdvice.${errorCode}`);
}
