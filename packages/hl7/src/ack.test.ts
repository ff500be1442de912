import { describe, expect, it } from 'vitest';
import { ackFor, readAck, refusalFor } from './ack.ts';
import { parseBatch } from './batch.ts';
import { buildMessage } from './build.ts';
import { charsetOf } from './charset-decode.ts';
import { encodeText } from './charset-encode.ts';
import { parseMessage } from './parse.ts';

const time = new Date('2026-05-01T00:30:15Z');

function oru(version: string): string {
  return `MSH|^~\\&|RIS^1.2^ISO|HOSP|YY|CLOUD|2026||ORU^R01^ORU_R01|M\\F\\7|T|${version}||||||GBK\rPID|1\r`;
}

const errors = [
  { segment: 'PID', sequence: 1, field: 3, code: '101', text: 'PID-3 is required' },
  { segment: 'OBX', sequence: 2, field: 5, code: '102' },
];

describe('acknowledgements', () => {
  it.each([
    ['2.3', 'ACK'],
    ['2.3.1', 'ACK'],
    ['2.4', 'ACK^R01^ACK'],
    ['2.5', 'ACK^R01^ACK'],
    ['2.5.1', 'ACK^R01^ACK'],
    ['2.6', 'ACK^R01^ACK'],
    ['2.7', 'ACK^R01^ACK'],
    ['2.8', 'ACK^R01^ACK'],
  ])('for v%s is %s with sender and receiver swapped', (version, type) => {
    const ack = ackFor(parseMessage(oru(version)), { code: 'AA', controlId: 'A1', time, text: 'ok' });
    expect(ack.toString()).toBe(
      `MSH|^~\\&|YY|CLOUD|RIS^1.2^ISO|HOSP|20260501083015+0800||${type}|A1|T|${version}||||||GBK\rMSA|AA|M\\F\\7|ok\r`,
    );
  });

  it.each(['2.3', '2.3.1', '2.4'])('for v%s lists errors in ERR-1', (version) => {
    const ack = ackFor(parseMessage(oru(version)), { code: 'AE', errors });
    expect(ack.segment('ERR')?.raw).toBe(
      'ERR|PID^1^3^101&PID-3 is required&HL70357~OBX^2^5^102&Data type error&HL70357',
    );
    expect(ack.segments('ERR').length).toBe(1);
  });

  it.each(['2.5', '2.5.1', '2.6', '2.7', '2.8'])('for v%s gives each error its ERR segment', (version) => {
    const ack = ackFor(parseMessage(oru(version)), { code: 'AE', errors });
    expect(ack.segments('ERR').map((err) => err.raw)).toEqual([
      'ERR||PID^1^3|101^Required field missing^HL70357|E||||PID-3 is required',
      'ERR||OBX^2^5|102^Data type error^HL70357|E',
    ]);
  });

  it('gives every refusal an error, also without details', () => {
    expect(ackFor(parseMessage(oru('2.5')), { code: 'AR', text: 'no' }).get('ERR-3.1')).toBe('200');
    expect(ackFor(parseMessage(oru('2.5')), { code: 'CE' }).get('ERR-3.1')).toBe('207');
    expect(ackFor(parseMessage(oru('2.4')), { code: 'CR', text: '不支持' }).get('ERR-1.4.2')).toBe('不支持');
    expect(ackFor(parseMessage(oru('2.5')), { code: 'CA' }).segment('ERR')).toBeNull();
  });

  it("is written in the sender's character set and delimiters", () => {
    const bytes = encodeText(oru('2.4'), charsetOf('GBK'));
    const ack = ackFor(parseMessage(bytes), { code: 'AE', text: '失败' }).toBytes();
    expect(Buffer.from(ack).includes(Buffer.from('caa7b0dc', 'hex'))).toBe(true);
    const other = ackFor(parseMessage('MSH#*%!@#A*B#'), { code: 'AA', text: 'x#y' });
    expect(other.toString()).toMatch(/^MSH#\*%!@###A\*B##\d{14}\+0800##ACK\*?.*#P#2\.4\rMSA#AA##x!F!y\r$/);
  });

  it.each(['ASCII', '8859/1', 'KS X 1001', 'CNS 11643-1992', 'nonsense'])(
    'can be written when MSH-18 is %s',
    (set) => {
      const ack = ackFor(parseMessage(Buffer.from(oru('2.5').replace('GBK', set))), {
        code: 'AE',
        text: '失败',
      });
      expect(Buffer.from(ack.toBytes()).includes('失败')).toBe(true);
    },
  );

  it('answers what is not a message', () => {
    const empty = refusalFor(Buffer.from('garbage'), { code: 'AR', text: 'not HL7' });
    expect(empty.get('MSA-1')).toBe('AR');
    expect(empty.get('MSH-12')).toBe('2.4');
    const cut = refusalFor(Buffer.from(`${oru('2.5')}MSH|^~\\&|x`), { code: 'AR' });
    expect(cut.get('MSA-2')).toBe('M|7');
    expect(refusalFor(Buffer.from('MSH|||'), { code: 'AR' }).get('MSA-1')).toBe('AR');
    expect(refusalFor(Buffer.from('MSHAAA'), { code: 'AR' }).get('MSA-1')).toBe('AR');
  });

  it('is read back', () => {
    for (const version of ['2.4', '2.5']) {
      const ack = readAck(parseMessage(ackFor(parseMessage(oru(version)), { code: 'AE', errors }).toBytes()));
      expect(ack).toMatchObject({ code: 'AE', controlId: 'M|7', text: null });
      expect(ack.errors[0]).toContain('101');
    }
    expect(() => readAck(parseMessage('MSH|^~\\&|'))).toThrow(/MSA/);
  });
});

describe('building', () => {
  it('writes MSH from names and segments in order', () => {
    const message = buildMessage({
      type: 'OMI^O23^OMI_O23',
      version: '2.5.1',
      sendingApplication: 'YUNYING^1.2.3^ISO',
      controlId: 'C1',
      time,
      charset: 'GB18030',
      acceptAck: 'AL',
      segments: [
        { name: 'PID', fields: { '3.1': 'P1', '5.1': '张', '5.2': '三', '11': null } },
        { name: 'OBX', fields: { '1': '1' } },
        { name: 'OBX', fields: { '1': '2' } },
      ],
    });
    expect(message.toString()).toBe(
      'MSH|^~\\&|YUNYING^1.2.3^ISO||||20260501083015+0800||OMI^O23^OMI_O23|C1|P|2.5.1|||AL|||GB 18030-2000\r' +
        'PID|||P1||张^三||||||""\rOBX|1\rOBX|2\r',
    );
    expect(parseMessage(message.toBytes()).get('PID-5.1')).toBe('张');
    expect(() => buildMessage({ type: 'A|B', version: '2.4' })).toThrow(/delimiter/);
  });

  it('makes control ids of at most 20 characters', () => {
    const id = buildMessage({ type: 'ADT^A01', version: '2.3' }).controlId;
    expect(id).toMatch(/^[0-9A-F]{20}$/);
  });
});

describe('batches', () => {
  const batch =
    'FHS|^~\\&|A\rBHS|^~\\&|B\rMSH|^~\\&|1\rPID|1\rMSH|^~\\&|2\rBTS|2\rBHS|^~\\&|C\rMSH|^~\\&|3\rBTS|1\rFTS|2\r';

  it('cuts files, batches and messages', () => {
    const read = parseBatch(batch);
    expect(read.parts.map((part) => part.entries.length)).toEqual([2, 1]);
    expect(read.entries.map((entry) => entry.parse().get('MSH-3'))).toEqual(['1', '2', '3']);
    expect(read.problems).toEqual([]);
    expect(read.fileTrailer).toBe('FTS|2');
    expect(read.parts[1]?.header).toBe('BHS|^~\\&|C');
  });

  it('reports counts that do not agree and keeps good messages beside a broken one', () => {
    const read = parseBatch(batch.replace('BTS|2', 'BTS|7').replace('MSH|^~\\&|2', 'MSH|^^\\&|2'));
    expect(read.problems.map((problem) => problem.segment)).toEqual(['BTS']);
    expect(() => read.entries[1]?.parse()).toThrow(/MSH-2/);
    expect(read.entries[2]?.parse().get('MSH-3')).toBe('3');
  });

  it('takes messages one behind the other, and refuses a file without any', () => {
    expect(parseBatch('\n MSH|^~\\&|1\n\nMSH|^~\\&|2').entries.length).toBe(2);
    expect(() => parseBatch('hello')).toThrow(/no HL7 message/);
  });
});
