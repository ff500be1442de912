// Worker task: draws one report sheet on A4. The patient block is on every page, so that a page on its own still says
// whose it is; the signatures follow the last line; page numbers and stamps are added once the count is known.
import { Sheet, type TextStyle } from '../../documents/sheet.ts';
import { drawStamp } from '../../documents/stamp.ts';
import type { SheetFacts } from './compose-report.ts';

const paper = { width: 595.28, height: 841.89 };
const margin = 48;
const inner = paper.width - 2 * margin;
const bottom = paper.height - 66;
const ink = '#1a1a1a';
const grey = '#6b7280';
const blue = '#1d4e89';

const hospital: TextStyle = { size: 20, weight: 'bold', align: 'center', leading: 1.4, color: ink };
const heading: TextStyle = { size: 15, weight: 'bold', align: 'center', leading: 1.5, color: ink };
const label: TextStyle = { size: 10, color: grey };
const value: TextStyle = { size: 10.5, color: ink };
const section: TextStyle = { size: 12, weight: 'bold', color: blue, leading: 1.6 };
const body: TextStyle = { size: 11.5, color: ink, leading: 1.75 };
const small: TextStyle = { size: 8.5, color: grey };

const notice = '本报告仅供临床医师参考，以医院存档的纸质或电子原件为准。';

export async function run(facts: SheetFacts): Promise<Uint8Array> {
  const sheet = new Sheet({ title: facts.title, madeAt: facts.madeAt });
  let y = startPage(sheet, facts);
  for (const part of facts.sections) y = drawSection(sheet, facts, part, y);
  drawSignatures(sheet, facts, y);
  finishPages(sheet, facts);
  return sheet.finish();
}

function startPage(sheet: Sheet, facts: SheetFacts): number {
  sheet.document.addPage({ size: [paper.width, paper.height], margin: 0 });
  let y = sheet.draw(facts.institutionName, margin, 40, inner, hospital, 1);
  y = sheet.draw(facts.title, margin, y, inner, heading, 1);
  if (facts.mark !== null) drawMark(sheet, facts.mark);
  y = rule(sheet, y + 4, 1.2, ink) + 8;
  y = drawParticulars(sheet, facts, y);
  return rule(sheet, y + 4, 0.6, '#9ca3af') + 12;
}

function drawParticulars(sheet: Sheet, facts: SheetFacts, top: number): number {
  const column = inner / 3;
  const rowHeight = 19;
  let y = top;
  for (const [index, [name, text]] of facts.particulars.entries()) {
    const x = margin + (index % 3) * column;
    y = top + Math.floor(index / 3) * rowHeight;
    drawPair(sheet, name, text, x, y, column - 8);
  }
  y += rowHeight;
  drawPair(sheet, '检查项目', facts.itemName, margin, y, inner);
  return y + rowHeight;
}

function drawPair(sheet: Sheet, name: string, text: string, x: number, y: number, width: number): void {
  const shown = `${name}：`;
  const wide = sheet.widthOf(shown, label);
  sheet.draw(shown, x, y + 0.4, wide + 2, label, 1);
  sheet.draw(text, x + wide, y, width - wide, value, 1);
}

function drawSection(
  sheet: Sheet,
  facts: SheetFacts,
  part: SheetFacts['sections'][number],
  top: number,
): number {
  const lines = sheet.lines(part.text.trim(), inner - 12, body);
  const headHeight = sheet.lineHeight(section);
  let y = top;
  if (y + headHeight + 2 * sheet.lineHeight(body) > bottom) y = startPage(sheet, facts);
  sheet.document.rect(margin, y + 3.5, 3, 12).fill(blue);
  sheet.draw(part.heading, margin + 9, y, inner - 9, section, 1);
  y += headHeight + 2;
  for (const line of lines) {
    if (y + sheet.lineHeight(body) > bottom) y = startPage(sheet, facts);
    sheet.drawLine(line, margin + 12, y, inner - 12, body);
    y += sheet.lineHeight(body);
  }
  return y + 12;
}

function drawSignatures(sheet: Sheet, facts: SheetFacts, after: number): void {
  const rowHeight = 20;
  const rows = Math.ceil(facts.signatures.length / 2);
  let y = after + 6;
  if (y + rows * rowHeight + 12 > bottom) y = startPage(sheet, facts);
  y = rule(sheet, y, 0.6, '#9ca3af') + 10;
  for (const [index, [name, text]] of facts.signatures.entries()) {
    const x = margin + (index % 2) * (inner / 2);
    drawPair(sheet, name, text, x, y + Math.floor(index / 2) * rowHeight, inner / 2 - 8);
  }
}

function finishPages(sheet: Sheet, facts: SheetFacts): void {
  const { start, count } = sheet.document.bufferedPageRange();
  for (let index = 0; index < count; index++) {
    sheet.document.switchToPage(start + index);
    const y = rule(sheet, paper.height - 50, 0.4, '#d1d5db') + 6;
    sheet.draw(notice, margin, y, inner - 90, small, 1);
    sheet.draw(
      `第 ${index + 1} 页 / 共 ${count} 页`,
      paper.width - margin - 100,
      y,
      100,
      { ...small, align: 'right' },
      1,
    );
    if (facts.stamp !== null) drawStamp(sheet, facts.stamp, paper.width, paper.height);
  }
}

function drawMark(sheet: Sheet, words: string): void {
  const style: TextStyle = { size: 12, weight: 'bold', color: '#b45309', leading: 1.4 };
  const wide = sheet.widthOf(words, style);
  const x = paper.width - margin - wide - 16;
  sheet.document
    .lineWidth(1.2)
    .roundedRect(x - 8, 44, wide + 16, 22, 4)
    .stroke('#b45309');
  sheet.draw(words, x, 46.5, wide + 4, style, 1);
}

function rule(sheet: Sheet, y: number, weight: number, color: string): number {
  sheet.document
    .lineWidth(weight)
    .moveTo(margin, y)
    .lineTo(paper.width - margin, y)
    .stroke(color);
  return y;
}
