// The narrative of an encapsulated CDA (HL7 CDA R2 §4.3.5, PS3.3 A.45.2) as lines to read: its sections with their
// headings, paragraphs, lists and tables as rows. Nothing of its markup is shown as markup; it has no script, no link and no
// picture here. Parsed without entities of its own, within limits.
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { AppError } from '../../../errors.ts';
import type { ReportLine, StructuredReport } from './read-report.ts';

const deepest = 100;
const mostElements = 300_000;
const mostLines = 3000;
const longestText = 20_000;
/** Where a line of the narrative ends. */
const blocks = new Set(['paragraph', 'item', 'tr', 'br', 'caption', 'text', 'list', 'table']);

export function readCda(bytes: Uint8Array): StructuredReport {
  const reader = new CdaReader();
  const parser = new SaxesParser();
  const fail = (reason: string): never => {
    throw new AppError('media.no_content', { reason: `CDA: ${reason}` });
  };
  parser.on('error', () => fail('the XML is not well formed'));
  parser.on('doctype', () => fail('a DOCTYPE is not accepted'));
  parser.on('opentag', (tag) => {
    const trouble = reader.open(tag);
    if (trouble !== null) fail(trouble);
  });
  parser.on('text', (text) => reader.text(text));
  parser.on('cdata', (text) => reader.text(text));
  parser.on('closetag', () => reader.close());
  parser.write(new TextDecoder('utf-8').decode(bytes).replace(/\0+\s*$/, '')).close();
  return reader.report();
}

class CdaReader {
  readonly #path: string[] = [];
  readonly #lines: ReportLine[] = [];
  readonly #particulars = new Map<string, string>();
  #elements = 0;
  #title = '';
  #text = '';
  #cells: string[] = [];

  /** What is wrong, or null. */
  open(tag: SaxesTagPlain): string | null {
    const name = localName(tag.name);
    this.#elements += 1;
    if (this.#elements > mostElements) return 'too many elements';
    if (this.#path.length >= deepest) return 'nested too deeply';
    if (this.#path.length === 0 && name !== 'ClinicalDocument') return 'not a ClinicalDocument';
    if (this.#isNarrative) {
      if (blocks.has(name)) this.#flush();
    } else {
      this.#text = '';
    }
    this.#path.push(name);
    if (name === 'effectiveTime' && this.#path.length === 2) this.#note('日期', dayOf(tag.attributes.value));
    if (name === 'id' && this.#endsWith('patientRole', 'id'))
      this.#note('患者号', plain(tag.attributes.extension));
    return null;
  }

  text(text: string): void {
    if (this.#text.length < longestText) this.#text += text;
  }

  close(): void {
    const name = this.#path[this.#path.length - 1] ?? '';
    if (this.#isNarrative) {
      if (name === 'td' || name === 'th') {
        this.#cells.push(squeeze(this.#text));
        this.#text = '';
      } else if (blocks.has(name)) {
        this.#flush();
      }
    } else if (name === 'title') {
      const title = squeeze(this.#text);
      if (this.#path.length === 2) this.#title = title;
      else if (this.#path.includes('section') && title !== '')
        this.#add({ kind: 'heading', depth: this.#depth - 1, text: title });
    } else if (this.#path.includes('patient') && (name === 'given' || name === 'family')) {
      this.#join('姓名', squeeze(this.#text));
    } else if (this.#path.includes('patient') && name === 'name' && squeeze(this.#text) !== '') {
      this.#note('姓名', squeeze(this.#text));
    } else if (this.#path.includes('custodian') && name === 'name') {
      this.#note('机构', squeeze(this.#text));
    }
    this.#path.pop();
  }

  report(): StructuredReport {
    if (this.#lines.length === 0)
      throw new AppError('media.no_content', { reason: 'CDA without a narrative' });
    return {
      title: this.#title === '' ? '临床文档' : this.#title.slice(0, 120),
      particulars: [...this.#particulars].map(([name, value]): [string, string] => [
        name,
        value.slice(0, 80),
      ]),
      lines: this.#lines,
    };
  }

  /** Inside the text of a section. */
  get #isNarrative(): boolean {
    const text = this.#path.lastIndexOf('text');
    return text > 0 && this.#path[text - 1] === 'section';
  }

  get #depth(): number {
    return Math.max(1, this.#path.filter((name) => name === 'section').length);
  }

  #endsWith(parent: string, name: string): boolean {
    return this.#path[this.#path.length - 1] === name && this.#path[this.#path.length - 2] === parent;
  }

  #flush(): void {
    const own = squeeze(this.#text);
    const text = [...this.#cells, own].filter((part) => part !== '').join('  |  ');
    this.#text = '';
    this.#cells = [];
    if (text !== '') this.#add({ kind: 'text', depth: this.#depth, text });
  }

  #add(line: ReportLine): void {
    if (this.#lines.length < mostLines) this.#lines.push(line);
  }

  #note(name: string, value: string): void {
    if (value !== '' && !this.#particulars.has(name)) this.#particulars.set(name, value);
  }

  #join(name: string, value: string): void {
    const before = this.#particulars.get(name);
    if (value !== '' && (before === undefined || before.length < 60))
      this.#particulars.set(name, before === undefined ? value : `${before} ${value}`);
  }
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);
const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim();
const plain = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 64) : '');

function dayOf(value: unknown): string {
  const parts = /^(\d{4})(\d{2})(\d{2})/.exec(plain(value));
  return parts === null ? '' : `${parts[1]}-${parts[2]}-${parts[3]}`;
}
