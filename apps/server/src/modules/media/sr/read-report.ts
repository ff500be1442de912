// The content tree of a structured report (PS3.3 C.17.3) as lines to read: headings of containers, 'name: value' of
// everything that has a value, in Chinese where the meaning is known. References to images are counted and not listed one by
// one; coordinates are left out. Also the document title and the few facts that say whose report this is.
import { type Dataset, getPersonName, getSequence, getString, getStrings } from '@yunying/dicom';
import { AppError } from '../../../errors.ts';
import { inChinese, unitInWords } from './chinese-codes.ts';

export type ReportLine =
  | { kind: 'heading'; depth: number; text: string }
  | { kind: 'pair'; depth: number; name: string; value: string }
  | { kind: 'text'; depth: number; text: string };
export type StructuredReport = {
  title: string;
  particulars: [name: string, value: string][];
  lines: ReportLine[];
};

const deepest = 24;
const mostLines = 3000;
const longestValue = 20_000;

export function readReport(dataset: Dataset): StructuredReport {
  const lines: ReportLine[] = [];
  addItems(getSequence(dataset, '0040A730'), 0, lines);
  if (lines.length === 0 && getString(dataset, '0040A040') === null)
    throw new AppError('media.no_content', { reason: 'no Content Sequence (0040,A730)' });
  if (lines.length >= mostLines) lines.push({ kind: 'text', depth: 0, text: '…' });
  return { title: conceptName(dataset) ?? '结构化报告', particulars: particularsOf(dataset), lines };
}

function particularsOf(dataset: Dataset): [string, string][] {
  const name = getPersonName(dataset, 'PatientName');
  const written = name === null ? '' : (name.ideographic || name.alphabetic).replaceAll('^', ' ').trim();
  const verifier = getSequence(dataset, '0040A073')[0];
  const rows: [string, string | null][] = [
    ['姓名', written],
    ['患者号', getString(dataset, 'PatientID')],
    ['检查号', getString(dataset, 'AccessionNumber')],
    ['日期', dateText(getString(dataset, 'ContentDate') ?? getString(dataset, 'StudyDate'))],
    ['状态', stateText(dataset)],
    ['审核', verifier === undefined ? null : personText(verifier, '0040A075')],
    ['机构', getString(dataset, 'InstitutionName')],
  ];
  return rows.flatMap(([label, value]): [string, string][] =>
    value === null || value === '' ? [] : [[label, value.slice(0, 80)]],
  );
}

function stateText(dataset: Dataset): string | null {
  const complete = getString(dataset, '0040A491');
  const verified = getString(dataset, '0040A493');
  const words = [
    complete === 'COMPLETE' ? '已完成' : complete === 'PARTIAL' ? '未完成' : '',
    verified === 'VERIFIED' ? '已审核' : verified === 'UNVERIFIED' ? '未审核' : '',
  ].filter((word) => word !== '');
  return words.length === 0 ? null : words.join(' · ');
}

function addItems(items: readonly Dataset[], depth: number, lines: ReportLine[]): void {
  if (depth > deepest) return;
  const images = new Map<string, number>();
  for (const item of items) {
    if (lines.length >= mostLines) return;
    const type = getString(item, '0040A040') ?? '';
    const name = conceptName(item);
    if (type === 'IMAGE' || type === 'COMPOSITE' || type === 'WAVEFORM') {
      const label = name ?? referenceLabels[type] ?? type;
      images.set(label, (images.get(label) ?? 0) + 1);
      continue;
    }
    if (type === 'CONTAINER') {
      if (name !== null) lines.push({ kind: 'heading', depth, text: name });
      addItems(getSequence(item, '0040A730'), depth + (name === null ? 0 : 1), lines);
      continue;
    }
    addValue(item, type, name, depth, lines);
    addItems(getSequence(item, '0040A730'), depth + 1, lines);
  }
  for (const [label, count] of images)
    lines.push({ kind: 'pair', depth, name: label, value: `${count} 项引用` });
}

const referenceLabels: Record<string, string> = {
  IMAGE: '引用图像',
  COMPOSITE: '引用对象',
  WAVEFORM: '引用波形',
};

function addValue(
  item: Dataset,
  type: string,
  name: string | null,
  depth: number,
  lines: ReportLine[],
): void {
  const value = valueText(item, type);
  if (value === null || value === '') return;
  const text = value.slice(0, longestValue);
  const isParagraph = type === 'TEXT' && (text.length > 60 || text.includes('\n'));
  if (isParagraph) {
    if (name !== null) lines.push({ kind: 'heading', depth, text: name });
    lines.push({ kind: 'text', depth: depth + (name === null ? 0 : 1), text });
  } else if (name === null) lines.push({ kind: 'text', depth, text });
  else lines.push({ kind: 'pair', depth, name, value: text });
}

function valueText(item: Dataset, type: string): string | null {
  switch (type) {
    case 'TEXT':
      return getString(item, '0040A160')?.replace(/\r\n?/g, '\n').trim() ?? null;
    case 'CODE':
      return codeMeaning(item, '0040A168');
    case 'NUM':
      return measured(item);
    case 'DATE':
      return dateText(getString(item, '0040A121'));
    case 'TIME':
      return timeText(getString(item, '0040A122'));
    case 'DATETIME': {
      const text = getString(item, '0040A120') ?? '';
      return [dateText(text.slice(0, 8)), timeText(text.slice(8, 14))]
        .filter((part) => part !== null)
        .join(' ');
    }
    case 'PNAME':
      return personText(item, '0040A123');
    default:
      return null; // UIDREF, SCOORD, SCOORD3D, TCOORD, TABLE: nothing to read aloud
  }
}

function measured(item: Dataset): string | null {
  const measuredValue = getSequence(item, '0040A300')[0];
  if (measuredValue === undefined) return codeMeaning(item, '0040A301'); // why there is no number
  const numbers = getStrings(measuredValue, '0040A30A').join(' / ');
  const unit = getSequence(measuredValue, '004008EA')[0];
  const code = unit === undefined ? null : getString(unit, '00080100');
  const shown =
    unit === undefined || code === '1' || code === 'no units'
      ? ''
      : (code ?? getString(unit, '00080104') ?? '');
  return `${numbers} ${withoutAnnotations(shown)}`.trim();
}

/** UCUM annotations are for machines: {SUVbw}g/ml is g/ml; a unit that is nothing else keeps its words. */
function withoutAnnotations(unit: string): string {
  const known = unitInWords(unit);
  if (known !== unit) return known;
  const plain = unit.replace(/\{[^}]*\}/g, '');
  return plain === '' ? unit.replace(/[{}]/g, '') : plain;
}

function conceptName(item: Dataset): string | null {
  return codeMeaning(item, '0040A043');
}

function codeMeaning(item: Dataset, tag: string): string | null {
  const code = getSequence(item, tag)[0];
  if (code === undefined) return null;
  const meaning = getString(code, '00080104') ?? getString(code, '00080100');
  return meaning === null ? null : inChinese(meaning).slice(0, 200);
}

function personText(item: Dataset, tag: string): string | null {
  const name = getPersonName(item, tag);
  if (name === null) return null;
  return (name.ideographic || name.alphabetic).replaceAll('^', ' ').replace(/\s+/g, ' ').trim();
}

function dateText(date: string | null): string | null {
  const found = /^(\d{4})\.?(\d{2})\.?(\d{2})/.exec(date ?? '');
  return found === null ? date : `${found[1]}-${found[2]}-${found[3]}`;
}

function timeText(time: string | null): string | null {
  const found = /^(\d{2}):?(\d{2})/.exec(time ?? '');
  return found === null ? (time === '' ? null : time) : `${found[1]}:${found[2]}`;
}
