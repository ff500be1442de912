import { describe, expect, it } from 'vitest';
import { corpusAbsent, corpusFile } from '../../archive/testing/rig.ts';
import { readCda } from './read-cda.ts';

const document = (body: string) =>
  Buffer.from(
    `<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><title>出院小结</title>` +
      `<effectiveTime value="20260101"/><recordTarget><patientRole><id extension="P1"/><patient>` +
      `<name><family>韦</family><given>国强</given></name></patient></patientRole></recordTarget>` +
      `<component><structuredBody><component><section><title>诊断</title><text>${body}</text></section></component>` +
      '</structuredBody></component></ClinicalDocument>',
  );

describe('an encapsulated CDA', () => {
  it('is headings, paragraphs, list items and table rows', () => {
    const read = readCda(
      document(
        '<paragraph>肺<content>炎</content></paragraph><list><item>一</item><item>二</item></list>' +
          '<table><tbody><tr><td>白细胞</td><td>9.8</td></tr></tbody></table>',
      ),
    );
    expect(read.title).toBe('出院小结');
    expect(read.particulars).toEqual([
      ['日期', '2026-01-01'],
      ['患者号', 'P1'],
      ['姓名', '韦 国强'],
    ]);
    expect(read.lines.map(({ kind, ...rest }) => `${kind}:${'text' in rest ? rest.text : ''}`)).toEqual([
      'heading:诊断',
      'text:肺炎',
      'text:一',
      'text:二',
      'text:白细胞  |  9.8',
    ]);
  });

  it('shows markup as nothing but text, and refuses entities, other documents and depth', () => {
    const read = readCda(document('<paragraph>&lt;script&gt;alert(1)&lt;/script&gt;</paragraph>'));
    expect(read.lines[1]).toMatchObject({ text: '<script>alert(1)</script>' });
    expect(() => readCda(Buffer.from('<!DOCTYPE x [<!ENTITY a "b">]><ClinicalDocument/>'))).toThrow();
    expect(() => readCda(Buffer.from('<html/>'))).toThrow();
    expect(() => readCda(document('<a>'.repeat(200)))).toThrow();
  });

  it.skipIf(corpusAbsent)('of the C-CDA examples reads whole (needs the corpus of real files)', () => {
    const read = readCda(corpusFile('../cda/c-cda-examples/Documents/Diagnostic_Imaging_Report.xml'));
    expect(read.lines.filter(({ kind }) => kind === 'heading').length).toBeGreaterThan(3);
    expect(read.particulars.map(([name]) => name)).toContain('姓名');
  });
});
