import { describe, expect, it } from 'vitest';
import { decodeMessage } from './charset-decode.ts';
import { encodeText } from './charset-encode.ts';
import { type Charset, charsetNamed, utf8 } from './charset-names.ts';
import { Hl7Error } from './error.ts';
import { parseMessage } from './parse.ts';

// Second bytes of these in GBK: 0x7C, 0x5E, 0x7E, 0x5C are delimiters when bytes are split before decoding.
const tricky = '\u4E84\u8D79\u8A90\u507D\u6FC2\u5F20\u4E09 \u9B31\uFF5C\u6E2F';

function named(name: string): Charset {
  return charsetNamed(name) ?? utf8;
}

function text(declared: string, name: string): string {
  return `MSH|^~\\&|${name}|B|C|D|20260101||ADT^A08|1|P|2.4||||||${declared}\rPID|1||X||${name}^B\r`;
}

describe('character sets', () => {
  it.each([
    ['UNICODE UTF-8', 'UTF-8'],
    ['UTF-8', 'UTF-8'],
    ['GB18030', 'GB18030'],
    ['GB 18030-2000', 'GB18030'],
    ['GBK', 'GBK'],
    ['GB2312', 'GBK'],
    ['ASCII~GB18030', 'GB18030'],
    ['', 'UTF-8'],
    ['', 'GB18030'],
    ['ASCII', 'GBK'],
    ['UTF-8', 'GBK'],
  ])('MSH-18 %j with %s bytes reads Chinese names, also in the header', (declared, actual) => {
    const bytes = encodeText(text(declared, tricky), named(actual));
    const message = parseMessage(bytes);
    expect(message.get('MSH-3')).toBe(tricky);
    expect(message.get('PID-5.1')).toBe(tricky);
    expect(message.get('PID-5.2')).toBe('B');
    expect(Buffer.from(message.toBytes()).equals(bytes)).toBe(true);
  });

  it.each([
    ['BIG-5', '張三豐許功蓋'],
    ['KS X 1001', '홍길동'],
    ['ISO IR13', 'ﾔﾏﾀﾞ'],
    ['~ISO IR87', '山田太郎'],
    ['8859/1', 'Müller'],
    ['8859/5', 'Иванов'],
    ['8859/15', 'Œuvre €'],
  ])('MSH-18 %s round trips', (declared, name) => {
    const set = named(declared.replace('~', ''));
    const bytes = encodeText(text(declared, name), set);
    const message = parseMessage(bytes);
    expect(message.get('PID-5.1')).toBe(name);
    message.set('PID-5.2', name);
    expect(parseMessage(message.toBytes()).get('PID-5.2')).toBe(name);
  });

  it('reads JIS X 0212 behind its escape sequence', () => {
    const message = parseMessage(Buffer.from(text('~ISO IR87~ISO IR159', '\x1b$(D0!\x1b(B'), 'latin1'));
    expect(message.get('PID-5.1')).toBe('丂');
  });

  it("uses the node's setting when nothing is declared, and over the declaration when told", () => {
    const bytes = encodeText(text('', 'é'), named('8859/1'));
    expect(parseMessage(bytes, { charset: '8859/1' }).get('PID-5.1')).toBe('é');
    const wrong = encodeText(text('8859/1', '张'), named('GBK'));
    expect(parseMessage(wrong, { charset: 'GBK', ignoreDeclared: true }).get('PID-5.1')).toBe('张');
  });

  it('reads UTF-16 with or without a mark', () => {
    for (const mark of ['', '\uFEFF']) {
      const bytes = Buffer.from(mark + text('UNICODE UTF-16', '张'), 'utf16le');
      const message = parseMessage(bytes);
      expect(message.get('PID-5.1')).toBe('张');
      expect(Buffer.from(message.toBytes()).equals(bytes)).toBe(true);
    }
  });

  it('counts or refuses bytes that are no characters', () => {
    const bytes = Buffer.concat([Buffer.from(text('GBK', 'x')), Buffer.from([0xff])]);
    expect(decodeMessage(bytes).replaced).toBe(1);
    expect(() => decodeMessage(bytes, { undecodable: 'error' })).toThrow(Hl7Error);
  });

  it('refuses a set it does not know, unless the bytes need none', () => {
    expect(() => parseMessage(Buffer.from(text('CNS 11643-1992', '\xc4\xe3'), 'latin1'))).toThrow(/MSH-18/);
    expect(parseMessage(Buffer.from(text('constructor', 'x'))).get('PID-5.1')).toBe('x');
  });
});

describe('encoding', () => {
  it.each([
    ['\u4DAE', 'fe9f'],
    ['\u{2CC56}', '9933c336'],
    ['\uFE10', 'a6d9'],
    ['\u9FB4', 'fe59'],
    ['€', 'a2e3'],
    ['㐱', '8139f33a'],
  ])('GB18030 writes %s as %s', (character, hex) => {
    const bytes = Buffer.from(encodeText(character, named('GB18030')));
    expect(new TextDecoder('gb18030').decode(bytes)).toBe(character);
    if (character !== '㐱') expect(bytes.toString('hex')).toBe(hex);
  });

  it('GB18030 gives every character back', () => {
    const all: string[] = [];
    for (let code = 0; code <= 0x10ffff; code += code < 0x20000 ? 1 : 97) {
      if (code < 0xd800 || code > 0xdfff) all.push(String.fromCodePoint(code));
    }
    const gb18030 = named('GB18030');
    const lost = all.filter(
      (c) => new TextDecoder('gb18030').decode(encodeText(c, gb18030, 'replace')) !== c,
    );
    // U+E5E5 has no code; the others are the private-use forms of 2005, written as the real characters.
    expect(lost.map((c) => c.codePointAt(0)?.toString(16)).join(' ')).toBe(
      'e5e5 e78d e78e e78f e790 e791 e792 e793 e794 e795 e796 e81e e826 e82b e82c e832 e843 e854 e864',
    );
    expect(Buffer.from(encodeText('\uE81E', gb18030)).toString('hex')).toBe('fe59');
  });

  it('refuses or replaces what a set does not have', () => {
    expect(() => encodeText('\u{20BB7}', named('GBK'))).toThrow(/GBK/);
    expect(Buffer.from(encodeText('a\u{20BB7}b', named('GBK'), 'replace')).toString()).toBe('a?b');
    expect(Buffer.from(encodeText('张x', named('8859/1'), 'replace')).toString()).toBe('?x');
    expect(Buffer.from(encodeText('a\uD800', utf8, 'replace')).toString()).toBe('a?');
    expect(() => encodeText('張', named('ASCII'))).toThrow(Hl7Error);
  });
});
