import { createDataset, type Dataset, setValue } from '@yunying/dicom';
import { describe, expect, it } from 'vitest';
import { isAppError } from '../../../errors.ts';
import { readReport } from './read-report.ts';

/** setValue writes in the character set of the data set itself. */
function newItem(): Dataset {
  const made = createDataset();
  setValue(made, 'SpecificCharacterSet', 'ISO_IR 192');
  return made;
}

function add(owner: Dataset, tag: string, items: Dataset[]): void {
  for (const item of items) item.parent = owner;
  owner.elements.set(tag, { kind: 'sequence', tag, vr: 'SQ', items });
}

function code(meaning: string, value = '1'): Dataset {
  const item = newItem();
  setValue(item, 'CodeValue', value);
  setValue(item, 'CodeMeaning', meaning);
  return item;
}

function item(type: string, name: string | null, fill: (item: Dataset) => void = () => undefined): Dataset {
  const made = newItem();
  setValue(made, 'ValueType', type);
  if (name !== null) add(made, '0040A043', [code(name)]);
  fill(made);
  return made;
}

function report(...content: Dataset[]): Dataset {
  const root = newItem();
  setValue(root, 'ValueType', 'CONTAINER');
  setValue(root, 'CompletionFlag', 'COMPLETE');
  setValue(root, 'VerificationFlag', 'VERIFIED');
  setValue(root, 'ContentDate', '20260302');
  add(root, '0040A043', [code('超声测量报告')]);
  add(root, '0040A730', content);
  return root;
}

const text = (value: string) => (made: Dataset) => setValue(made, 'TextValue', value);

describe('a structured report as lines', () => {
  it('says in Chinese what it knows, in its own words what it does not, and units as people write them', () => {
    const measured = item('NUM', 'Mean CTDIvol', (made) => {
      const value = newItem();
      setValue(value, 'NumericValue', '12.5');
      add(value, '004008EA', [code('mGy.cm', 'mGy.cm')]);
      add(made, '0040A300', [value]);
    });
    const finding = item('CODE', 'Finding Site', (made) => add(made, '0040A168', [code('Vascular clip')]));
    const read = readReport(
      report(item('CONTAINER', 'CT Dose', (made) => add(made, '0040A730', [measured, finding]))),
    );
    expect(read.lines).toEqual([
      { kind: 'heading', depth: 0, text: 'CT 剂量' },
      { kind: 'pair', depth: 1, name: '平均 CTDIvol', value: '12.5 mGy·cm' },
      { kind: 'pair', depth: 1, name: '所见部位', value: 'Vascular clip' },
    ]);
  });

  it('reads containers, text, codes and numbers with their units', () => {
    const measured = item('NUM', '左室射血分数', (made) => {
      const value = newItem();
      setValue(value, 'NumericValue', '62');
      add(value, '004008EA', [code('percent', '%')]);
      add(made, '0040A300', [value]);
    });
    const finding = item('CODE', '所见', (made) => add(made, '0040A168', [code('未见异常')]));
    const section = item('CONTAINER', '左心室', (made) => add(made, '0040A730', [measured, finding]));
    const read = readReport(report(item('TEXT', '结论', text('心脏结构正常')), section));
    expect(read.title).toBe('超声测量报告');
    expect(read.particulars).toEqual([
      ['日期', '2026-03-02'],
      ['状态', '已完成 · 已审核'],
    ]);
    expect(read.lines).toEqual([
      { kind: 'pair', depth: 0, name: '结论', value: '心脏结构正常' },
      { kind: 'heading', depth: 0, text: '左心室' },
      { kind: 'pair', depth: 1, name: '左室射血分数', value: '62 %' },
      { kind: 'pair', depth: 1, name: '所见', value: '未见异常' },
    ]);
  });

  it('puts a long text under its name, and counts references instead of listing them', () => {
    const long = '检查所见'.repeat(30);
    const images = Array.from({ length: 5 }, () => item('IMAGE', null));
    const read = readReport(report(item('TEXT', '描述', text(long)), ...images));
    expect(read.lines).toEqual([
      { kind: 'heading', depth: 0, text: '描述' },
      { kind: 'text', depth: 1, text: long },
      { kind: 'pair', depth: 0, name: '引用图像', value: '5 项引用' },
    ]);
  });

  it('stops at its limits with a tree that is too deep or too long', () => {
    let deep = item('TEXT', '底', text('x'));
    for (let depth = 0; depth < 200; depth += 1) {
      const inner = deep;
      deep = item('CONTAINER', '层', (made) => add(made, '0040A730', [inner]));
    }
    expect(readReport(report(deep)).lines.length).toBeLessThan(40);
    const many = Array.from({ length: 5000 }, (_, index) => item('TEXT', '条', text(String(index))));
    expect(readReport(report(...many)).lines.length).toBeLessThan(3100);
  });

  it('names what is missing when there is no content at all', () => {
    expect(() => readReport(createDataset())).toThrow(
      expect.toSatisfy((error) => isAppError(error, 'media.no_content')),
    );
  });
});
