// The head of a stored file that cannot describe itself (everything but Part 10): what it is, whose, since when.
// With it, blobs received after a moment are found by listing the store, without a database (data-centre §6).
// Layout: "YUNYING-BLOB 1 <payload offset, 8 digits>\n" then one line of JSON, then the content.
import { AppError } from '../errors.ts';

const magic = 'YUNYING-BLOB 1 ';
const firstLine = magic.length + 9;
const longest = 8192;

export type SelfDescription = {
  kind: string;
  mediaType: string;
  ids: Record<string, string>;
  source: string;
  receivedAt: string;
};

export function writeDescription(description: SelfDescription): Buffer {
  const json = `${JSON.stringify(description)}\n`;
  const offset = firstLine + Buffer.byteLength(json);
  if (offset > longest)
    throw new AppError('request.invalid', { reason: 'blob-description-too-long', sizeBytes: offset });
  return Buffer.from(`${magic}${String(offset).padStart(8, '0')}\n${json}`);
}

/** Reads the head of a stored file; null when it describes itself. */
export function readDescription(
  head: Uint8Array,
): { description: SelfDescription; payloadOffset: number } | null {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, longest)).toString('utf8');
  if (!text.startsWith(magic)) return null;
  const payloadOffset = Number(text.slice(magic.length, magic.length + 8));
  const end = text.indexOf('\n', firstLine);
  if (!Number.isInteger(payloadOffset) || end < 0) return null;
  try {
    const json: unknown = JSON.parse(text.slice(firstLine, end));
    return isDescription(json) ? { description: json, payloadOffset } : null;
  } catch {
    return null;
  }
}

function isDescription(value: unknown): value is SelfDescription {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    'mediaType' in value &&
    'ids' in value &&
    'receivedAt' in value
  );
}
