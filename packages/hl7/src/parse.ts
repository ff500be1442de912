// parseMessage: bytes (or text) of one HL7 v2 message to a Message. Tolerant of what real senders do: any
// line end, byte order mark, blanks or framing bytes around it, a missing last CR, a short MSH-2, unknown
// segments, text lines inside a field. What cannot be one message is refused with an Hl7Error.
import { type Decoded, type DecodeOptions, decodeMessage } from './charset-decode.ts';
import { utf8 } from './charset-names.ts';
import { readDelimiters } from './delimiters.ts';
import { Hl7Error } from './error.ts';
import { checkSize, type Hl7Limits, limitsFrom } from './limits.ts';
import { cutLines, startOfContent } from './lines.ts';
import { Message } from './message.ts';
import { Segment } from './segment.ts';

export interface ParseOptions extends DecodeOptions {
  limits?: Partial<Hl7Limits>;
}

export function parseMessage(input: Uint8Array | string, options: ParseOptions = {}): Message {
  const limits = limitsFrom(options.limits);
  checkSize(input.length, limits);
  const decoded: Decoded =
    typeof input === 'string'
      ? { text: input, charset: utf8, chosenBy: 'setting', replaced: 0 }
      : decodeMessage(input, options);
  const { text } = decoded;
  const start = startOfContent(text);
  requireMsh(text, start);

  const delimiters = readDelimiters(text.slice(start, start + 16), start);
  const cut = cutLines(text, start, delimiters, limits);
  const context = { delimiters, charset: decoded.charset, limits };
  const counts = new Map<string, number>();
  const lines = cut.lines.map(({ raw, terminator }) => {
    const name = raw.slice(0, 3);
    const occurrence = (counts.get(name) ?? 0) + 1;
    counts.set(name, occurrence);
    return { segment: new Segment(raw, context, occurrence), terminator };
  });
  refuseSeveral(counts);
  return new Message(lines, context, {
    text,
    bytes: typeof input === 'string' ? null : input,
    cut,
    segments: lines.map((line) => line.segment),
    decoded,
  });
}

function requireMsh(text: string, start: number): void {
  if (start >= text.length) throw new Hl7Error('empty', 'The message is empty.', { offset: 0 });
  if (text.startsWith('MSH', start)) return;
  if (text.charAt(start) === '<') {
    throw new Hl7Error('xml-encoding', 'This is XML; only the vertical bar encoding is read here.', {
      offset: start,
    });
  }
  if (/^(FHS|BHS)/.test(text.slice(start, start + 3))) {
    throw new Hl7Error('several-messages', 'This is a batch; it has to be read as one.', { offset: start });
  }
  throw new Hl7Error('no-msh', 'An HL7 message begins with the segment MSH.', {
    segment: 'MSH',
    offset: start,
  });
}

function refuseSeveral(counts: ReadonlyMap<string, number>): void {
  const messages = counts.get('MSH') ?? 0;
  if (messages > 1) {
    throw new Hl7Error('several-messages', `This holds ${messages} messages; it has to be read as a batch.`, {
      segment: 'MSH[2]',
    });
  }
}
