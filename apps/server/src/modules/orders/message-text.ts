// A kept message as text for a person: decoded as it was read (or as well as can be, when it could not be), one segment
// on a line, control characters made visible, what is endless (embedded files) cut with a note of how much.
import { decodeMessage, Hl7Error } from '@yunying/hl7';

const segmentLimit = 4_000;
const lineLimit = 2_000;

export function messageText(bytes: Uint8Array, charset: string | null): string {
  const segments = decode(bytes, charset)
    .split(/\r\n|\r|\n/)
    .filter((segment) => segment.trim() !== '');
  const lines = segments.slice(0, lineLimit).map(showSegment);
  if (segments.length > lineLimit) lines.push(`… +${segments.length - lineLimit}`);
  return lines.join('\n');
}

function decode(bytes: Uint8Array, charset: string | null): string {
  const ways = charset === null ? [{}] : [{ charset, ignoreDeclared: true }, {}];
  for (const way of ways) {
    try {
      return decodeMessage(bytes, way).text;
    } catch (error) {
      if (!(error instanceof Hl7Error)) throw error;
    }
  }
  return Buffer.from(bytes).toString('latin1');
}

function showSegment(segment: string): string {
  const shown = segment.slice(0, segmentLimit).replace(/\p{Cc}/gu, pictureOf);
  return segment.length > segmentLimit ? `${shown}… +${segment.length - segmentLimit}` : shown;
}

/** U+2400 and on are pictures of the C0 controls; those of C1 (a wrong single-byte reading) have none. */
function pictureOf(sign: string): string {
  const code = sign.charCodeAt(0);
  if (code === 0x7f) return '\u2421';
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd';
}
