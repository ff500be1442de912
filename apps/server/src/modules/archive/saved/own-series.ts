// The series that holds what one account stored with one study, one per kind: a name-based UID (PS3.5 Annex B.2, UUID of
// version 8), so that every process finds the same one without asking.
import { createHash } from 'node:crypto';

export type OwnModality = 'PR' | 'SR' | 'KO';
export const ownModalities: readonly OwnModality[] = ['PR', 'SR', 'KO'];

export function ownSeriesUid(studyInstanceUid: string, accountId: string, modality: OwnModality): string {
  const hash = createHash('sha256').update(`saved ${studyInstanceUid} ${accountId} ${modality}`).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${hash.subarray(0, 16).toString('hex')}`)}`;
}
