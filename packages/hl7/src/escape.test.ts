import { describe, expect, it } from 'vitest';
import { ascii, gb18030, utf8 } from './charset-names.ts';
import { defaultDelimiters } from './delimiters.ts';
import { decodeEscapes, encodeEscapes } from './escape.ts';

const context = { delimiters: defaultDelimiters, charset: utf8 };

describe('escape sequences', () => {
  it.each([
    ['a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f\\P\\', 'a|b^c&d~e\\f#'],
    ['one\\.br\\two\\.sp2\\three', 'one\ntwo\n\nthree'],
    ['\\.in+4\\\\.fi\\\\.ce\\x', '\nx'],
    ['\\H\\bold\\N\\ plain', 'bold plain'],
    ['\\X0D\\\\X0A\\', '\r\n'],
    ['\\XE5BCA0\\', '张'],
    ['\\M2442\\;3ED\\C2842\\ x', '山田 x'],
    ['\\C2D41\\\xe9', 'é'],
    ['\\Zab\\', '\\Zab\\'],
    ['\\X0\\', '\\X0\\'],
    ['C:\\temp\\file', 'C:\\temp\\file'],
    ['open \\', 'open \\'],
    ['a\\b\\F\\c', 'a\\b|c'],
    ['\\\\', '\\\\'],
  ])('%j reads %j', (raw, text) => {
    expect(decodeEscapes(raw, context)).toBe(text);
  });

  it('reads hexadecimal bytes in the set of the message', () => {
    expect(decodeEscapes('\\XD5C5\\', { ...context, charset: gb18030 })).toBe('张');
    expect(decodeEscapes('\\XD5C5\\', { ...context, charset: ascii })).toBe('张');
    expect(decodeEscapes('\\XE5BCA0\\', { ...context, charset: ascii })).toBe('张');
  });

  it('limits blank lines', () => {
    expect(decodeEscapes('\\.sp9999\\', context).length).toBe(100);
  });

  it('writes delimiters, line ends and framing bytes as escapes', () => {
    expect(encodeEscapes('|^~\\&\r\n\x0b\x1c#', defaultDelimiters)).toBe(
      '\\F\\\\S\\\\R\\\\E\\\\T\\\\X0D\\\\.br\\\\X0B\\\\X1C\\#',
    );
    expect(encodeEscapes('""', defaultDelimiters)).not.toBe('""');
  });

  it('stays linear on hostile input', () => {
    const size = 300_000;
    for (const piece of ['\\', '\\C2842\\', '\\M2442\\', '\\X', '\\C', '\\.br']) {
      expect(decodeEscapes(piece.repeat(size / piece.length), context).length).toBeLessThanOrEqual(size);
    }
  });
});
