// Writes a changed message. Segments that were not touched keep the bytes they came in (also bytes that
// were not valid characters); only changed ones are encoded anew.
import type { Decoded } from './charset-decode.ts';
import { encodeText, type Unmappable } from './charset-encode.ts';
import type { Charset } from './charset-names.ts';
import { type CutText, isBreak } from './lines.ts';
import type { Segment } from './segment.ts';

export interface MessageLine {
  readonly segment: Segment;
  readonly terminator: string;
}

/** What a received message was made from. */
export interface MessageSource {
  readonly text: string;
  readonly bytes: Uint8Array | null;
  readonly cut: CutText;
  /** One for each line of `cut`. */
  readonly segments: readonly Segment[];
  readonly decoded: Omit<Decoded, 'text'>;
}

export function writeBytes(
  lines: readonly MessageLine[],
  source: MessageSource | null,
  from: Charset,
  to: Charset,
  unmappable: Unmappable,
): Uint8Array {
  const kept = source === null || from.label !== to.label ? null : originalBytes(source);
  const chunks: Uint8Array[] = [];
  const prefix = source?.cut.prefix ?? '';
  if (prefix !== '') chunks.push(encodeText(keptPrefix(prefix, to), to, 'replace'));
  for (const { segment, terminator } of lines) {
    const original = segment.changed ? undefined : kept?.get(segment);
    chunks.push(original ?? encodeText(segment.raw, to, unmappable));
    chunks.push(encodeText(terminator, to, unmappable));
  }
  return Buffer.concat(chunks);
}

// The byte order mark belongs to Unicode only.
function keptPrefix(prefix: string, to: Charset): string {
  return to.label.startsWith('utf-') ? prefix : prefix.replaceAll('\uFEFF', '');
}

/**
 * The bytes of each segment as received. Line ends are never part of a longer character in these sets, so
 * the n-th line end of the text is the n-th of the bytes; where the counts differ nothing is kept.
 */
function originalBytes(source: MessageSource): Map<Segment, Uint8Array> | null {
  const { bytes, text, cut, decoded } = source;
  if (bytes === null || decoded.charset.label.startsWith('utf-16')) return null;
  const breaks: number[] = [];
  bytes.forEach((byte, at) => {
    if (isBreak(byte)) breaks.push(at);
  });
  if (countBreaks(text) !== breaks.length) return null;

  const kept = new Map<Segment, Uint8Array>();
  let passed = countBreaks(cut.prefix);
  let start = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf('MSH');
  cut.lines.forEach((line, i) => {
    passed += countBreaks(line.raw);
    const last = i === cut.lines.length - 1;
    // What follows the last line is single-byte (line ends, 1C, 00).
    const end = last ? bytes.length - line.terminator.length : breaks[passed];
    const segment = source.segments[i];
    if (segment !== undefined) kept.set(segment, bytes.subarray(start, end));
    passed += countBreaks(line.terminator);
    start = (breaks[passed - 1] ?? 0) + 1;
  });
  return kept;
}

function countBreaks(text: string): number {
  let n = 0;
  for (let i = 0; i < text.length; i++) if (isBreak(text.charCodeAt(i))) n++;
  return n;
}
