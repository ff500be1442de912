// In which form a client gets frames (PS3.18 §8.7.3, §10.4.1.1): our lossless HTJ2K, decoded little endian octets, or
// as received; alone or in multipart. Pure: the Accept wishes in, the choice out. Nothing asked for means what the
// standard says: multipart/related with octets. `transfer-syntax=*` means as received.
import type { Wish } from '../../http/media.ts';
import { originalMediaType } from '../archive/index.ts';

export type FrameForm = 'htj2k' | 'lossy' | 'decoded' | 'original';
export type FrameChoice = { form: FrameForm; multipart: boolean };

export const htj2kSyntax = '1.2.840.10008.1.2.4.202';
/** Only for who names it: a lossy preview, where a policy made one. */
export const lossyHtj2kSyntax = '1.2.840.10008.1.2.4.203';
export const littleEndianSyntax = '1.2.840.10008.1.2.1';
const octets = 'application/octet-stream';

/** Plain frames are given as little endian octets whatever their order was: that is what the media type means. */
function isPlain(transferSyntaxUid: string): boolean {
  return originalMediaType(transferSyntaxUid) === octets;
}

export function frameContentType(form: FrameForm, transferSyntaxUid: string): string {
  if (form === 'htj2k') return `image/jphc; transfer-syntax=${htj2kSyntax}`;
  if (form === 'lossy') return `image/jphc; transfer-syntax=${lossyHtj2kSyntax}`;
  if (form === 'decoded' || isPlain(transferSyntaxUid))
    return `${octets}; transfer-syntax=${littleEndianSyntax}`;
  return `${originalMediaType(transferSyntaxUid)}; transfer-syntax=${transferSyntaxUid}`;
}

export function frameOffers(transferSyntaxUid: string): string[] {
  const forms: FrameForm[] = ['htj2k', 'decoded', 'original'];
  return [...new Set(forms.map((form) => frameContentType(form, transferSyntaxUid)))];
}

/** null: nothing the client accepts can be given. A single part holds one frame only. */
export function chooseFrameForm(
  wishes: readonly Wish[],
  about: { transferSyntaxUid: string; frames: number; hasPreview?: boolean },
): FrameChoice | null {
  for (const { type, parameters, quality } of wishes) {
    if (quality === 0) continue;
    const multipart = type === 'multipart/related' || type === '*/*' || type === 'multipart/*';
    if (!multipart && about.frames > 1) continue;
    const part = type === 'multipart/related' ? (parameters.type ?? '*/*').toLowerCase() : type;
    const form = formOf(part, parameters['transfer-syntax'], about.transferSyntaxUid);
    if (form !== null && (form !== 'lossy' || about.hasPreview === true)) return { form, multipart };
  }
  return null;
}

function formOf(type: string, syntax: string | undefined, originalSyntax: string): FrameForm | null {
  const asReceived: FrameForm = isPlain(originalSyntax) ? 'decoded' : 'original';
  if (syntax === originalSyntax && isAnyOr(type, originalMediaType(originalSyntax), octets))
    return asReceived;
  if (syntax === '*' && isAnyOr(type, octets)) return asReceived;
  if (type === 'image/jphc' || type === 'image/*') {
    if (syntax === undefined || syntax === '*' || syntax === htj2kSyntax) return 'htj2k';
    return syntax === lossyHtj2kSyntax ? 'lossy' : null;
  }
  if (isAnyOr(type, octets)) {
    if (syntax === undefined || syntax === littleEndianSyntax) return 'decoded';
    return syntax === htj2kSyntax ? 'htj2k' : null;
  }
  const isOriginal = type === originalMediaType(originalSyntax);
  return isOriginal && (syntax === undefined || syntax === '*') ? 'original' : null;
}

function isAnyOr(type: string, ...types: string[]): boolean {
  return type === '*/*' || type === 'application/*' || type === 'multipart/*' || types.includes(type);
}
