// UIDs this program makes or writes about itself (PS3.5 §9, Annex B.2; PS3.7 §D.3.3.2).

/** Fixed once for the life of the product; peers and support staff recognise us by it. */
export const implementationClassUid = '2.25.125238531943515719098735739107155641188';
export const implementationVersionName = 'YUNYING_1';

export const applicationContextUid = '1.2.840.10008.3.1.1.1';
export const verificationSopClassUid = '1.2.840.10008.1.1';
export const mediaStorageDirectoryUid = '1.2.840.10008.1.3.10';

/** A UUID-derived UID: no registration, no collisions, at most 44 characters. */
export function newUid(): string {
  return `2.25.${BigInt(`0x${crypto.randomUUID().replaceAll('-', '')}`)}`;
}

/** 1 to 64 characters of components without leading zeros (PS3.5 §9.1). */
export function isUid(text: string): boolean {
  return text.length <= 64 && /^(0|[1-9]\d*)(\.(0|[1-9]\d*))*$/.test(text);
}
