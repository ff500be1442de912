import { describe, expect, it } from 'vitest';
import { Hl7Error } from '../error.ts';
import type { Message } from '../message.ts';
import { parseMessage } from '../parse.ts';
import type { Piece } from '../piece.ts';
import type { Segment } from '../segment.ts';
import { parseCwe, parseCx, parseEi, parseHd, parsePl } from './identifiers.ts';
import { observationValue, parseEd } from './observation.ts';
import { displayName, parseXad, parseXcn, parseXpn, parseXtn } from './people.ts';
import { formatTs, parseTs, readTime } from './time.ts';

function message(...lines: string[]): Message {
  return parseMessage(['MSH|^~\\&|', ...lines].join('\r'));
}

function field(raw: string): Piece {
  const piece = message(`ZZZ|${raw}`).piece('ZZZ-1');
  if (piece === null) throw new Error('no ZZZ');
  return piece;
}

function obx(type: string, value: string): Segment {
  const segment = message(`OBX|1|${type}|X||${value}`).segment('OBX');
  if (segment === null) throw new Error('no OBX');
  return segment;
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof Hl7Error ? error.code : String(error);
  }
  return 'no error';
}

describe('people and identifiers', () => {
  it('reads CX, HD, EI, PL and coded values', () => {
    expect(parseCx(field('P1^3^M11^HIS&1.2.9&ISO^PI'))).toMatchObject({
      id: 'P1',
      checkDigit: '3',
      assigningAuthority: { namespaceId: 'HIS', universalId: '1.2.9', universalIdType: 'ISO' },
      identifierTypeCode: 'PI',
      assigningFacility: null,
    });
    expect(parseHd(field('RIS^1.2^ISO'))).toEqual({
      namespaceId: 'RIS',
      universalId: '1.2',
      universalIdType: 'ISO',
    });
    expect(parseHd(field(''))).toBeNull();
    expect(parseEi(field('A1^RIS^1.2^ISO'))).toMatchObject({ entityIdentifier: 'A1', namespaceId: 'RIS' });
    expect(parsePl(field('W3^12^1^H&1.2&ISO^^^B2'))).toMatchObject({
      pointOfCare: 'W3',
      bed: '1',
      building: 'B2',
    });
    expect(parseCwe(field('CT01^头部平扫^L^X^Y^Z^1^^原文'))).toMatchObject({
      identifier: 'CT01',
      text: '头部平扫',
      alternateText: 'Y',
      originalText: '原文',
    });
  });

  it.each([
    ['张三', '张三'],
    ['张^三', '张三'],
    ['Smith&van^Lucy^Mark^^^^L', 'Lucy Mark Smith'],
    ['""^""', ''],
    ['', ''],
  ])('shows the name %s as %j', (raw, shown) => {
    expect(displayName(parseXpn(field(raw)))).toBe(shown);
  });

  it('reads XPN, XCN, XAD and XTN', () => {
    expect(parseXpn(field('Zhang^San^^^^^L^A'))).toMatchObject({ typeCode: 'L', representation: 'A' });
    expect(parseXcn(field('D7^李^四^^^^^^H&1.2&ISO^L^^^EI'))).toMatchObject({
      id: 'D7',
      family: '李',
      assigningAuthority: { namespaceId: 'H' },
      identifierTypeCode: 'EI',
    });
    expect(parseXad(field('民族大道1号&a&b^^南宁^广西^530000^CN^H'))).toMatchObject({
      street: '民族大道1号',
      city: '南宁',
    });
    expect(parseXtn(field('13800000000^PRN^CP'))).toMatchObject({
      number: '13800000000',
      equipmentType: 'CP',
    });
    expect(parseXtn(field('^PRN^PH^^86^771^123')).number).toBe('86771123');
  });
});

describe('times', () => {
  it.each([
    ['1980', 'year', '1980', '1979-12-31T16:00:00.000Z'],
    ['198002', 'month', '198002', '1980-01-31T16:00:00.000Z'],
    ['19800229', 'day', '19800229', '1980-02-28T16:00:00.000Z'],
    ['2026050108', 'hour', '20260501', '2026-05-01T00:00:00.000Z'],
    ['202605010830', 'minute', '20260501', '2026-05-01T00:30:00.000Z'],
    ['20260501083015', 'second', '20260501', '2026-05-01T00:30:15.000Z'],
    ['20260501083015.1239', 'fraction', '20260501', '2026-05-01T00:30:15.123Z'],
    ['20260501083015-0500', 'second', '20260501', '2026-05-01T13:30:15.000Z'],
    ['2026-5-1 8:30:15', 'second', '20260501', '2026-05-01T00:30:15.000Z'],
    ['2026-05-01T08:30:15Z', 'second', '20260501', '2026-05-01T08:30:15.000Z'],
    ['2026/05/01', 'day', '20260501', '2026-04-30T16:00:00.000Z'],
  ])('%s has precision %s', (text, precision, day, instant) => {
    const time = readTime(text);
    expect(time?.precision).toBe(precision);
    expect(time?.day).toBe(day);
    expect(time?.date.toISOString()).toBe(instant);
  });

  it.each([
    '19800230',
    '2026130',
    '20261301',
    '2026050124',
    'Aug 15, 1942',
    '0000',
    '20260501+1500',
    '2'.repeat(50),
  ])('refuses %s', (text) => {
    expect(readTime(text)).toBeNull();
    expect(codeOf(() => parseTs(field(text)))).toBe('bad-time');
  });

  it('uses the local zone it is given and writes times back', () => {
    const time = parseTs(field('20260501083015^S'), { offsetMinutes: 0 });
    expect(time?.date.toISOString()).toBe('2026-05-01T08:30:15.000Z');
    expect(formatTs(new Date('2026-05-01T00:30:15.123Z'))).toBe('20260501083015+0800');
    expect(formatTs(new Date('2026-05-01T00:30:15.123Z'), { precision: 'day' })).toBe('20260501');
    expect(
      formatTs(new Date('2026-05-01T00:30:15.123Z'), { precision: 'fraction', offsetMinutes: -210 }),
    ).toBe('20260430210015.123-0330');
    expect(parseTs(field('""'))).toBeNull();
  });
});

describe('observation values', () => {
  const pdf = Buffer.from('%PDF-1.4 test').toString('base64');

  it.each([
    [`^application^pdf^Base64^${pdf}`, 'application/pdf'],
    [`^Application^PDF^Base64^${pdf}`, 'application/pdf'],
    [`^AP^PDF^BASE64^${pdf}`, 'application/pdf'],
    [`^^^Base64^${pdf.slice(0, 8)}\\.br\\${pdf.slice(8)}`, 'application/pdf'],
    [`^^text/rtf;charset=UTF8^Base64^YWJj`, 'text/rtf'],
    [`^image^jpeg^Hex^ffd8ffe0`, 'image/jpeg'],
    [`^IM^JPEG^Base64^AAAA`, 'image/jpeg'],
    [`^PDF^^Base64^AAAA`, 'application/pdf'],
    [`^constructor^__proto__^Base64^AAAA`, 'application/octet-stream'],
  ])('%s is %s', (raw, mediaType) => {
    expect(parseEd(field(raw)).mediaType).toBe(mediaType);
  });

  it('reads text content whole, stray separators included', () => {
    const value = observationValue(obx('ED', '^Text^text/xml^ASCII^<a b="1^2&3"/>'));
    expect(value.kind === 'encapsulated' && Buffer.from(value.value.bytes).toString()).toBe('<a b="1^2&3"/>');
    expect(value.kind === 'encapsulated' && value.value.encoding).toBe('text');
  });

  it.each([
    ['^AP^PDF^Base64^A*BC', 'bad-encapsulated'],
    ['^AP^PDF^Base64^ABCDE', 'bad-encapsulated'],
    ['^AP^PDF^Base64^AB=CD', 'bad-encapsulated'],
    ['^AP^PDF^Base64^ABC==', 'bad-encapsulated'],
    ['^AP^PDF^Hex^ABC', 'bad-encapsulated'],
    ['^AP^PDF^zip^ABC', 'bad-encapsulated'],
    [`^AP^PDF^Base64^${'A'.repeat(4000)}`, 'too-large'],
    ['^AP^PDF^Base64^', 'no error'],
    ['^AP^PDF^Base64^QUI', 'no error'],
  ])('%s ends with %s', (raw, code) => {
    expect(codeOf(() => parseEd(field(raw), { maxBytes: 1000 }))).toBe(code);
  });

  it('reads pointers, text lines and nothing', () => {
    expect(observationValue(obx('RP', '/reports/a.pdf^RIS&1.2&ISO^Application^PDF'))).toEqual({
      kind: 'pointer',
      value: {
        pointer: '/reports/a.pdf',
        application: { namespaceId: 'RIS', universalId: '1.2', universalIdType: 'ISO' },
        mediaType: 'application/pdf',
      },
    });
    expect(observationValue(obx('FT', '双肺\\.br\\清晰~未见异常 A&B'))).toEqual({
      kind: 'text',
      text: '双肺\n清晰\n未见异常 A&B',
    });
    expect(observationValue(obx('TX', '""'))).toEqual({ kind: 'empty' });
    expect(codeOf(() => observationValue(obx('RP', '^x')))).toBe('bad-encapsulated');
  });
});
