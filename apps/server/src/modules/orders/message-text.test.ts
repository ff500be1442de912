import { charsetOf, encodeText } from '@yunying/hl7';
import { describe, expect, it } from 'vitest';
import { messageText } from './message-text.ts';

const gb = (text: string) => encodeText(text, charsetOf('GB18030'));

describe('a kept message as text', () => {
  it('is decoded as it was read, one segment on a line, whatever ends its lines', () => {
    const bytes = gb('MSH|^~\\&|RIS\rPID|1||P1||韦^小妹\r\nOBX|1\n\n');
    expect(messageText(bytes, 'GB 18030-2000').split('\n')).toEqual([
      'MSH|^~\\&|RIS',
      'PID|1||P1||韦^小妹',
      'OBX|1',
    ]);
  });

  it('is decoded as well as can be when it could not be read, or its set has no name here', () => {
    expect(messageText(Buffer.from('HELLO 韦'), null)).toBe('HELLO 韦');
    expect(messageText(gb('HELLO 韦小妹'), 'NO SUCH SET')).toBe('HELLO 韦小妹');
    expect(messageText(Buffer.from('MSH|^~\\&|||||||||||||||NO SUCH\xff', 'latin1'), null)).toContain('MSH|');
    expect(messageText(Buffer.alloc(0), null)).toBe('');
  });

  it('shows control characters and cuts embedded files, saying by how much', () => {
    expect(messageText(Buffer.from('\x0bMSH|a\0b\x1c'), null)).toBe('␋MSH|a␀b␜');
    const long = messageText(Buffer.from(`OBX|1|ED|${'A'.repeat(10_000)}`), null);
    expect(long).toMatch(/A… \+6009$/);
    expect(
      messageText(Buffer.from('NTE|1\r'.repeat(2500)), null)
        .split('\n')
        .at(-1),
    ).toBe('… +500');
  });
});
