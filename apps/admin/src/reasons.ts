// Codes of the server in words: why something was kept aside, why something is unlinked, what a job is. A code that no
// dictionary knows yet shows the server's own sentence, never an empty cell.
import type { QuarantineItem } from '@yunying/api';
import type { Translate } from '@yunying/ui';

export function known(t: Translate, key: string): string | null {
  const text = t(key);
  return text === key ? null : text;
}

/** The sentence for people; and where exactly, as the parser said it (tags, offsets), when it did. */
export function asideReason(t: Translate, item: QuarantineItem): { sentence: string; detail: string | null } {
  const colon = item.reason.indexOf('：');
  const detail = colon < 0 ? null : item.reason.slice(colon + 1).trim();
  return {
    sentence: known(t, `aside.${item.reasonCode}`) ?? item.reason.slice(0, colon < 0 ? undefined : colon),
    detail,
  };
}

/** What usually helps; null when nothing more is known than the reason itself. */
export function asideAdvice(t: Translate, reasonCode: string): string | null {
  return known(t, `advice.${reasonCode}`);
}

export function rejectionWord(t: Translate, reasonCode: string | null): string {
  return reasonCode === null ? '' : (known(t, `aside.${reasonCode}`) ?? reasonCode);
}

export function unlinkedReason(t: Translate, reason: string): string {
  return known(t, `unlinked.${reason}`) ?? reason;
}

export function jobWord(t: Translate, name: string): string {
  return known(t, `job.${name}`) ?? name;
}

export function jobError(t: Translate, code: string | null): string | null {
  return code === null ? null : known(t, `jobError.${code}`);
}
