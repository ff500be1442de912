import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildMessage } from './build.ts';
import { Hl7Error } from './error.ts';
import { parseMessage } from './parse.ts';

const adt = 'MSH|^~\\&|A|B|C|D|20260101||ADT^A08|1|P|2.4\rPID|1||X^^^Y||A^B\rPV1|1|O\r';

describe('changing a message', () => {
  it('changes only the part it names', () => {
    const message = parseMessage(adt);
    message.set('PID-3[2].4.2', '1.2.3');
    message.set('PID-8', 'F');
    message.set('PID-13', null);
    expect(message.toString()).toBe(
      'MSH|^~\\&|A|B|C|D|20260101||ADT^A08|1|P|2.4\rPID|1||X^^^Y~^^^&1.2.3||A^B|||F|||||""\rPV1|1|O\r',
    );
    message.set('PID-13', '');
    expect(message.presence('PID-13')).toBe('absent');
  });

  it('adds, places and removes segments, and ends each with a separator', () => {
    const message = parseMessage(adt.trimEnd());
    message.addSegment('ZIM', { '1': 'a|b', '2.3': 'x' });
    const pid = message.segment('PID');
    message.addRaw('PD1||x^y', pid ?? undefined);
    message.set('NTE-3', 'note');
    message.removeSegment(message.segments('PV1')[0] ?? message.addSegment('ZXX'));
    expect(message.segments().map((segment) => segment.name)).toEqual(['MSH', 'PID', 'PD1', 'ZIM', 'NTE']);
    expect(message.toString().split('\r').slice(2)).toEqual([
      'PD1||x^y',
      'ZIM|a\\F\\b|^^x',
      'NTE|||note',
      '',
    ]);
  });

  it.each([
    ['MSH-2', 'fixed-field'],
    ['OBX[3]-5', 'no-segment'],
  ])('refuses to set %s', (path, code) => {
    const message = parseMessage(adt);
    expect(() => message.set(path, 'x')).toThrow(Hl7Error);
    try {
      message.set(path, 'x');
    } catch (error) {
      expect(error instanceof Hl7Error && error.code).toBe(code);
    }
  });

  it('keeps the bytes of untouched segments when another one changes', () => {
    const bad = Buffer.concat([
      Buffer.from(`${adt}NTE|1||`),
      Buffer.from([0xff, 0x80]),
      Buffer.from('\r\rNTE|2||a\nb'),
    ]);
    const message = parseMessage(bad, { charset: 'GB18030' });
    message.set('PID-5.1', '张');
    const written = Buffer.from(message.toBytes());
    expect(written.includes(Buffer.from([0x7c, 0xff, 0x80, 0x0d, 0x0d]))).toBe(true);
    expect(written.includes(Buffer.from([0xd5, 0xc5]))).toBe(true);
    expect(written.toString('latin1').endsWith('NTE|2||a\nb')).toBe(true);
  });

  it('writes in the set that MSH-18 is changed to', () => {
    const message = parseMessage(Buffer.from(adt));
    message.set('PID-5.1', '张');
    expect(Buffer.from(message.toBytes()).includes(Buffer.from('张'))).toBe(true);
    message.set('MSH-18', 'GBK');
    expect(Buffer.from(message.toBytes()).includes(Buffer.from([0xd5, 0xc5]))).toBe(true);
  });

  it('gives back any text that was set, in every set that has all characters', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
    const special = fc.string({
      unit: fc.constantFrom('|', '^', '~', '\\', '&', '\r', '\n', '"', 'X', '.br', '\x0b', '张'),
    });
    const path = fc.constantFrom('PID-5', 'PID-5.1', 'PID-3[3].4.2', 'PID-30', 'ZZZ-1.1.1');
    fc.assert(
      fc.property(
        fc.oneof(text, special),
        path,
        fc.constantFrom('UTF-8', 'GB18030'),
        (value, where, charset) => {
          fc.pre(value !== '' && value.isWellFormed() && !/[\uE5E5\uE78D-\uE864]/.test(value));
          const message = buildMessage({ type: 'ADT^A08', version: '2.5', charset });
          message.set(where, value);
          expect(message.get(where)).toBe(value);
          const again = parseMessage(message.toBytes());
          expect(again.get(where)).toBe(value);
          expect(again.segments().length).toBe(2);
        },
      ),
      { numRuns: 400 },
    );
  });
});
