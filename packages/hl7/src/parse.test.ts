import { describe, expect, it } from 'vitest';
import { Hl7Error } from './error.ts';
import { parseMessage } from './parse.ts';

const oru = [
  'MSH|^~\\&|RIS|HOSP^1.2.3^ISO|YUNYING|HOSP|20260501083000+0800||ORU^R01^ORU_R01|C1|P|2.5.1',
  'PID|1||P1^^^HIS&1.2.9&ISO^PI~450102^^^GA^NI||Zhang^San^^^^^L||19800102|M|||R\\T\\D Road||13800000000',
  'OBR|1|O1|A1|CT01^Head CT^L',
  'OBX|1|TX|F^Findings^L||one~two||||||F',
  'OBX|2|ST|C^Conclusion^L||A & B ^ C||||||F',
  'NTE|1||""',
  'ZZZ|own|segment',
].join('\r');

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof Hl7Error ? error.code : String(error);
  }
  return 'no error';
}

describe('addresses', () => {
  const message = parseMessage(`${oru}\r`);

  it.each([
    ['MSH-1', '|'],
    ['MSH-2', '^~\\&'],
    ['MSH-4.2', '1.2.3'],
    ['MSH-9.3', 'ORU_R01'],
    ['MSH-12', '2.5.1'],
    ['PID-3', 'P1^^^HIS&1.2.9&ISO^PI'],
    ['PID-3.1', 'P1'],
    ['PID-3[2].1', '450102'],
    ['PID-3.4.2', '1.2.9'],
    ['PID-3[1].4.1', 'HIS'],
    ['PID-5.1.1', 'Zhang'],
    ['PID-11', 'R&D Road'],
    ['OBX-5', 'one'],
    ['OBX[1]-5[2]', 'two'],
    ['OBX[2]-5', 'A & B ^ C'],
    ['ZZZ-2', 'segment'],
  ])('%s reads %j', (path, value) => {
    expect(message.get(path)).toBe(value);
  });

  it.each(['PID-2', 'PID-99', 'PV1-3', 'OBX[3]-5', 'PID-3[3].1', 'NTE-3'])('%s reads null', (path) => {
    expect(message.get(path)).toBeNull();
  });

  it('tells the explicit null from what is absent', () => {
    expect(message.presence('NTE-3')).toBe('null');
    expect(message.presence('NTE-2')).toBe('absent');
    expect(message.presence('NTE-1')).toBe('value');
  });

  it('collects every repetition of every segment', () => {
    expect(message.getAll('OBX-5')).toEqual(['one', 'two', 'A & B ^ C']);
    expect(message.getAll('PID-3.1')).toEqual(['P1', '450102']);
    expect(message.getAll('PID-3[2].5')).toEqual(['NI']);
  });

  it.each(['', 'PID', 'PID-0', 'pid-3', 'PID-3.0', 'PID-3[0]', 'PID-3.1.1.1', 'PID-3-1', '__proto__-1'])(
    'refuses the address %j',
    (path) => {
      expect(codeOf(() => message.get(path))).toBe('bad-path');
    },
  );

  it('walks the tree from field to sub-component', () => {
    const ids = message.segment('PID')?.field(3).children ?? [];
    expect(ids.map((id) => id.level)).toEqual(['repetition', 'repetition']);
    expect(ids[0]?.children[3]?.children.map((piece) => piece.text)).toEqual(['HIS', '1.2.9', 'ISO']);
  });

  it('groups results by order', () => {
    const twice = parseMessage(`${oru}\rOBR|2|O2|A2|CT02\rOBX|1|TX|F||third`);
    const orders = twice.orders();
    expect(orders.map((order) => order.get('OBR-3'))).toEqual(['A1', 'A2']);
    expect(orders.map((order) => order.getAll('OBX-5').length)).toEqual([3, 1]);
    expect(twice.groups(['OBX'], { until: ['OBR'] }).map((group) => group.segments.length)).toEqual([
      1, 3, 1,
    ]);
  });

  it('keeps ORC with its OBR in one order', () => {
    const orders = parseMessage('MSH|^~\\&|\rPID|1\rORC|NW|1\rOBR|1|1\rIPC|A\rORC|NW|2\rOBR|2|2').orders();
    expect(orders.map((order) => order.segments.map((segment) => segment.name).join(' '))).toEqual([
      'ORC OBR IPC',
      'ORC OBR',
    ]);
  });
});

describe('tolerance', () => {
  it.each([
    ['CR LF', oru.replaceAll('\r', '\r\n')],
    ['LF', oru.replaceAll('\r', '\n')],
    ['blank lines between segments', oru.replaceAll('\r', '\r\r\n')],
    ['a byte order mark and blanks before it', `\uFEFF \r\n${oru}`],
    ['framing bytes around it', `\x0b${oru}\r\x1c\r`],
  ])('reads %s and gives back the same bytes', (_name, text) => {
    const bytes = Buffer.from(text);
    const message = parseMessage(bytes);
    expect(message.get('ZZZ-1')).toBe('own');
    expect(message.segments().length).toBe(7);
    expect(Buffer.from(message.toBytes()).equals(bytes)).toBe(true);
    expect(message.toString()).toBe(text);
  });

  it('keeps bare line ends inside report text with their field', () => {
    const text = 'MSH|^~\\&|\rOBX|1|TX|F||line one\nMRI\n\nCT: done||||||F\rOBX|2|TX|F||x';
    const message = parseMessage(text);
    expect(message.get('OBX-5')).toBe('line one\nMRI\n\nCT: done');
    expect(message.get('OBX-11')).toBe('F');
    expect(message.segments('OBX').length).toBe(2);
  });

  it('reads other delimiters, and a short MSH-2 as if it were whole', () => {
    expect(parseMessage('MSH#*%!@#A*B#\rPID#1##X*Y@Z%W').get('PID-3[1].2.2')).toBe('Z');
    expect(parseMessage('MSH|^~&|A\rPID|1||a&b\\T\\').get('PID-3.1.2')).toBe('b&');
    expect(parseMessage('MSH|^|A\rPID|1||x~y').get('PID-3[2]')).toBe('y');
    expect(parseMessage('MSH|').get('MSH-3')).toBeNull();
    expect(parseMessage('MSH|^~\\&#|A\rPID|1||\\P\\').get('PID-3')).toBe('#');
  });

  it.each([
    ['', 'empty'],
    ['\r\n ', 'empty'],
    ['PID|1', 'no-msh'],
    ['<ADT_A01/>', 'xml-encoding'],
    ['MSHX^~\\&', 'bad-delimiters'],
    ['MSH', 'bad-delimiters'],
    ['MSH|||', 'no error'],
    ['MSH|^^\\&|', 'bad-delimiters'],
    ['MSH|^~\\&%$|', 'bad-delimiters'],
    ['FHS|^~\\&', 'several-messages'],
    ['MSH|^~\\&|\rMSH|^~\\&|', 'several-messages'],
  ])('%j ends with %s', (text, code) => {
    expect(codeOf(() => parseMessage(text))).toBe(code);
  });

  it('refuses what is over the limits without making it', () => {
    expect(codeOf(() => parseMessage('MSH|^~\\&|', { limits: { maxBytes: 5 } }))).toBe('too-large');
    expect(
      codeOf(() => parseMessage(`MSH|^~\\&|\r${'NTE|\r'.repeat(20)}`, { limits: { maxSegments: 10 } })),
    ).toBe('too-many-segments');
    const wide = parseMessage(`MSH|^~\\&|\rPID|1||${'~'.repeat(20_000)}\rPV1${'|'.repeat(20_000)}`);
    expect(codeOf(() => wide.getAll('PID-3'))).toBe('too-many-parts');
    expect(codeOf(() => wide.get('PV1-3'))).toBe('too-many-parts');
    expect(codeOf(() => wide.set('PID-3[9999].9999.9999', 'x'))).toBe('too-many-parts');
  });

  it('never quotes content in an error', () => {
    const secret = 'MSH|^~\\&|\rMSH|Zhang San|13800000000';
    let sentence = '';
    try {
      parseMessage(secret);
    } catch (error) {
      sentence = String(error);
    }
    expect(sentence).toContain('batch');
    expect(sentence).not.toMatch(/Zhang|1380/);
  });
});
