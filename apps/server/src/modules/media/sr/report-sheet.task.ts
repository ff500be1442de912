// Worker task: a structured report on A4, indented by the depth of its tree, with page numbers.
import { Sheet, type TextStyle } from '../../../documents/sheet.ts';
import type { ReportLine, StructuredReport } from './read-report.ts';

export type ReportSheetInput = StructuredReport & { madeAt: Date };

const paper = { width: 595.28, height: 841.89 };
const margin = 48;
const inner = paper.width - 2 * margin;
const bottom = paper.height - 56;
const indent = 13;
const mostPages = 120;

const title: TextStyle = { size: 16, weight: 'bold', align: 'center' };
const label: TextStyle = { size: 9.5, color: '#6b7280' };
const value: TextStyle = { size: 10, color: '#1a1a1a' };
const body: TextStyle = { size: 10.5, color: '#1a1a1a', leading: 1.6 };
const name: TextStyle = { size: 10.5, color: '#4b5563', leading: 1.6 };
const small: TextStyle = { size: 8.5, color: '#6b7280', align: 'center' };

export async function run(input: ReportSheetInput): Promise<Uint8Array> {
  const sheet = new Sheet({ title: input.title, madeAt: input.madeAt });
  const paperRoll = new PaperRoll(sheet);
  paperRoll.y = sheet.draw(input.title, margin, 40, inner, title, 3) + 6;
  paperRoll.y = drawParticulars(sheet, input.particulars, paperRoll.y);
  sheet.document
    .lineWidth(0.8)
    .moveTo(margin, paperRoll.y)
    .lineTo(margin + inner, paperRoll.y)
    .stroke('#9ca3af');
  paperRoll.y += 10;
  for (const line of input.lines) drawLine(paperRoll, line);
  numberPages(sheet);
  return sheet.finish();
}

class PaperRoll {
  readonly sheet: Sheet;
  y = 0;
  pages = 0;

  constructor(sheet: Sheet) {
    this.sheet = sheet;
    this.turn();
  }

  get full(): boolean {
    return this.pages >= mostPages;
  }

  turn(): void {
    this.sheet.document.addPage({ size: [paper.width, paper.height], margin: 0 });
    this.pages += 1;
    this.y = 48;
  }

  /** A text from `x`, line by line over as many pages as it takes. */
  write(text: string, x: number, style: TextStyle): void {
    const width = margin + inner - x;
    const height = this.sheet.lineHeight(style);
    for (const line of this.sheet.lines(text, width, style)) {
      if (this.y + height > bottom && !this.full) this.turn();
      if (this.y + height > bottom) return;
      this.sheet.drawLine(line, x, this.y, width, style);
      this.y += height;
    }
  }
}

function drawParticulars(sheet: Sheet, particulars: readonly [string, string][], top: number): number {
  const column = inner / 3;
  let y = top;
  for (const [index, [key, text]] of particulars.entries()) {
    const x = margin + (index % 3) * column;
    y = top + Math.floor(index / 3) * 17;
    const wide = sheet.widthOf(`${key}：`, label);
    sheet.draw(`${key}：`, x, y, column, label, 1);
    sheet.draw(text, x + wide, y, column - wide - 6, value, 1);
  }
  return particulars.length === 0 ? top : y + 22;
}

function drawLine(roll: PaperRoll, line: ReportLine): void {
  if (roll.full && roll.y > bottom - 20) return;
  const x = margin + Math.min(line.depth, 10) * indent;
  switch (line.kind) {
    case 'heading': {
      if (roll.y + 40 > bottom && !roll.full) roll.turn(); // a heading is not left alone at the foot of a page
      roll.y += line.depth === 0 ? 6 : 2;
      const color = line.depth === 0 ? '#1d4e89' : '#111827';
      roll.write(line.text, x, { size: line.depth === 0 ? 12 : 10.5, weight: 'bold', color, leading: 1.6 });
      return;
    }
    case 'text':
      roll.write(line.text, x, body);
      return;
    case 'pair': {
      const key = `${line.name}：`;
      const wide = roll.sheet.widthOf(key, name);
      const fits = wide < (margin + inner - x) * 0.6;
      if (!fits) {
        roll.write(key, x, name);
        roll.write(line.value, x + indent, body);
        return;
      }
      if (roll.y + roll.sheet.lineHeight(body) > bottom && !roll.full) roll.turn();
      roll.sheet.draw(key, x, roll.y, inner, name, 1);
      roll.write(line.value, x + wide, body);
    }
  }
}

function numberPages(sheet: Sheet): void {
  const { start, count } = sheet.document.bufferedPageRange();
  for (let page = 0; page < count; page += 1) {
    sheet.document.switchToPage(start + page);
    sheet.draw(`${page + 1} / ${count}`, margin, paper.height - 36, inner, small, 1);
  }
}
