// The whole HL7 v2 corpus, with another parser as witness, and its messages damaged a thousand times.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Hl7Message } from '@medplum/core';
import { describe, expect, it } from 'vitest';
import { ackFor, readAck } from './ack.ts';
import { parseBatch } from './batch.ts';
import { parseMessage } from './parse.ts';
import { fuzzMessages, ownMessage, refusedWith, touchAll } from './testing/fuzz-messages.ts';
import { mutateHl7 } from './testing/mutate.ts';
import { observationValue } from './types/observation.ts';

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

describe('damaged messages', () => {
  const small = files.filter(({ bytes }) => bytes.length < 9000).map(({ bytes }) => bytes);

  it('1,000 of them are read or refused with an Hl7Error, and can always be answered', () => {
    const codes = fuzzMessages(1_000, [ownMessage, ...small]);
    expect(codes.read).toBeGreaterThan(200);
    expect(Object.keys(codes).length).toBeGreaterThan(4);
  });

  it('the same seed makes the same damage', () => {
    expect(Buffer.from(mutateHl7(ownMessage, 7)).equals(Buffer.from(mutateHl7(ownMessage, 7)))).toBe(true);
    expect(Buffer.from(mutateHl7(ownMessage, 7)).equals(Buffer.from(mutateHl7(ownMessage, 8)))).toBe(false);
  });
});
