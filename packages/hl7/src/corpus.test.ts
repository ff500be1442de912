// The whole HL7 v2 corpus, with another parser as witness, and its messages damaged a thousand times.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Hl7Message } from '@medplum/core';
import { describe, expect, it } from 'vitest';
import { ackFor, readAck, refusalFor } from './ack.ts';
import { parseBatch } from './batch.ts';
import { Hl7Error } from './error.ts';
import type { Message } from './message.ts';
import { parseMessage } from './parse.ts';
import { mutateHl7 } from './testing/mutate.ts';
import { parseCx } from './types/identifiers.ts';
import { observationValue } from './types/observation.ts';
import { displayName, parseXpn } from './types/people.ts';
import { parseTs } from './types/time.ts';

const root = resolve(import.meta.dirname, '../../..');
const corpus = resolve(root, process.env.YUNYING_CORPUS ?? '../shared/corpus', 'hl7v2');
const absent = !existsSync(corpus);

// Fragments without MSH, which are no messages.
const fragments = new Set(['test-hl7-single-field-output.txt', 'test-hl7-single-segment-output.txt']);

function filesOf(): { name: string; bytes: Buffer }[] {
  if (absent) return [];
  return readdirSync(corpus, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.xml'))
    .map((entry) => ({ name: entry.name, bytes: readFileSync(join(entry.parentPath, entry.name)) }));
}

const files = filesOf();

/** Reads everything a receiver may read; throws nothing but Hl7Error. */
function touchAll(message: Message): void {
  for (const segment of message.segments()) {
    for (const field of segment.fields) {
      for (const piece of field.children)
        piece.children.map((part) => part.children.map((leaf) => leaf.text));
    }
  }
  message.pieces('PID-3').map(parseCx);
  message.pieces('PID-5').map((piece) => displayName(parseXpn(piece)));
  message.orders().map((order) => order.getAll('OBX-5'));
}

function touchTypes(message: Message): void {
  const birth = message.piece('PID-7');
  if (birth !== null) parseTs(birth);
  for (const obx of message.segments('OBX')) observationValue(obx, { maxBytes: 1_000_000 });
}

/** The error code, or null. Any other error than Hl7Error fails the test. */
function refusedWith(run: () => void): string | null {
  try {
    run();
    return null;
  } catch (error) {
    if (error instanceof Hl7Error) return error.code;
    throw error;
  }
}

describe('corpus (skipped when the corpus is not beside the checkout)', () => {
  it.skipIf(absent)('every message is read whole and written back byte for byte', () => {
    let messages = 0;
    for (const { name, bytes } of files) {
      if (fragments.has(name)) {
        expect(refusedWith(() => parseMessage(bytes))).toBe('no-msh');
        continue;
      }
      const batch = parseBatch(bytes);
      expect(batch.problems, name).toEqual([]);
      for (const entry of batch.entries) {
        const message = entry.parse();
        touchAll(message);
        expect(Buffer.from(message.toBytes()).equals(Buffer.from(entry.bytes)), name).toBe(true);
        // Written anew after a change that is taken back, it is the same too.
        message.addSegment('ZZZ');
        message.removeSegment(message.segments('ZZZ').at(-1) ?? message.addSegment('ZZZ'));
        const before = Buffer.from(entry.bytes)
          .toString('latin1')
          .replace(/[\r\n]+$/, '');
        expect(
          Buffer.from(message.toBytes())
            .toString('latin1')
            .replace(/[\r\n]+$/, ''),
          name,
        ).toBe(before);
        expect(readAck(parseMessage(ackFor(message, { code: 'AA' }).toBytes())).controlId).toBe(
          message.controlId,
        );
        messages++;
      }
    }
    expect(messages).toBeGreaterThan(200);
  });

  it.skipIf(absent)('another parser sees the same segments and fields', () => {
    let compared = 0;
    for (const { name, bytes } of files) {
      if (fragments.has(name)) continue;
      for (const entry of parseBatch(bytes).entries) {
        const ours = entry.parse();
        // A field with a line end inside (one base64 text has it) would be two segments to the other parser.
        const flat = (text: string) => text.replace(/[\r\n]/g, '');
        const theirs = Hl7Message.parse(
          ours
            .segments()
            .map((segment) => flat(segment.raw))
            .join('\r'),
        );
        const names = ours.segments().map((segment) => segment.name);
        expect(names, name).toEqual(theirs.segments.map((segment) => segment.name));
        ours.segments().forEach((segment, i) => {
          const other = theirs.segments[i];
          for (let n = segment.name === 'MSH' ? 3 : 1; n <= segment.fieldCount; n++) {
            expect(flat(segment.field(n).raw), `${name} ${segment.name}-${n}`).toBe(
              other?.getField(n)?.toString() ?? '',
            );
            expect(segment.field(n).at(1).at(1).raw).toBe(other?.getComponent(n, 1) ?? '');
            expect(segment.field(n).at(1).at(2).at(2).raw).toBe(
              other?.getField(n)?.components[0]?.[1]?.split('&')[1] ?? '',
            );
            compared++;
          }
        });
      }
    }
    expect(compared).toBeGreaterThan(10_000);
  });

  it.skipIf(absent)('the report inside ORU_R01-PDF is a PDF, whole', () => {
    const file = files.find(({ name }) => name === 'ORU_R01-PDF.hl7');
    const message = parseMessage(file?.bytes ?? '');
    const values = message.segments('OBX').map((obx) => observationValue(obx));
    const report = values.find((value) => value.kind === 'encapsulated');
    expect(report?.kind === 'encapsulated' && report.value.mediaType).toBe('application/pdf');
    const text = report?.kind === 'encapsulated' ? Buffer.from(report.value.bytes).toString('latin1') : '';
    expect(text.trimEnd().endsWith('%%EOF')).toBe(true);
  });
});

/** 1,000 here; the soak run raises it. */
const rounds = Number(process.env.YUNYING_FUZZ_ROUNDS ?? 1_000);

describe('damaged messages', () => {
  const own = Buffer.from(
    'MSH|^~\\&|A|B|C|D|20260501||ORU^R01|1|P|2.5||||||UNICODE UTF-8\rPID|1||X^^^Y||张^三||19800101\r' +
      'OBR|1|O1|A1\rOBX|1|TX|F||双肺\\.br\\清晰||||||F\rOBX|2|ED|R||^AP^PDF^Base64^JVBERi0xLjQ=||||||F\r',
  );
  const seeds = [own, ...files.filter(({ bytes }) => bytes.length < 9000).map(({ bytes }) => bytes)];

  it('1,000 of them are read or refused with an Hl7Error, and can always be answered', () => {
    const codes = new Map<string, number>();
    for (let seed = 0; seed < rounds; seed++) {
      const bytes = mutateHl7(seeds[seed % seeds.length] ?? own, seed);
      const options = { limits: { maxBytes: 2_000_000 } };
      const code = refusedWith(() => {
        const message = parseMessage(bytes, options);
        expect(Buffer.from(message.toBytes()).equals(Buffer.from(bytes)), `seed ${seed}`).toBe(true);
        touchAll(message);
        touchTypes(message);
        message.set('PID-5.1', '张');
        parseMessage(message.toBytes(undefined, { unmappable: 'replace' }));
      });
      codes.set(code ?? 'read', (codes.get(code ?? 'read') ?? 0) + 1);
      refusedWith(() => parseBatch(bytes, options).entries.map((entry) => refusedWith(() => entry.parse())));
      expect(refusalFor(bytes, { code: 'AR', text: 'refused' }).get('MSA-1'), `seed ${seed}`).toBe('AR');
    }
    expect(codes.get('read') ?? 0).toBeGreaterThan(200);
    expect(codes.size).toBeGreaterThan(4);
  }, 600_000);

  it('the same seed makes the same damage', () => {
    expect(Buffer.from(mutateHl7(own, 7)).equals(Buffer.from(mutateHl7(own, 7)))).toBe(true);
    expect(Buffer.from(mutateHl7(own, 7)).equals(Buffer.from(mutateHl7(own, 8)))).toBe(false);
  });
});
