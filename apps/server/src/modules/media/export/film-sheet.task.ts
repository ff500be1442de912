// Worker task: pictures on sheets of film, A4 upright, as a PDF. Each has its scale beside it and, where spacing is known,
// a bar of five centimetres (or one) of the body. Lengths are millimetres until mm() makes them points.
import { Sheet, type TextStyle } from '../../../documents/sheet.ts';
import { type FilmSheetInput, gridOf, placeIn, type SheetPicture } from './film-sheet-form.ts';

const mm = (length: number): number => (length * 72) / 25.4;
const page = { width: 210, height: 297, edge: 8, head: 16, foot: 8 };
const captionHeight = 6;
const gutter = 2;
const bold: TextStyle = { size: 11, weight: 'bold', color: '#ffffff' };
const plain: TextStyle = { size: 8.5, color: '#d0d0d0' };
const small: TextStyle = { size: 7.5, color: '#d0d0d0' };

export async function run(input: FilmSheetInput): Promise<Uint8Array> {
  const sheet = new Sheet({ title: input.title, madeAt: input.madeAt });
  const { columns, rows } = gridOf(input.perSheet);
  const cell = {
    width: (page.width - 2 * page.edge - (columns - 1) * gutter) / columns,
    height: (page.height - page.head - page.foot - (rows - 1) * gutter) / rows,
  };
  const sheets = Math.ceil(input.pictures.length / input.perSheet);
  for (const [index, picture] of input.pictures.entries()) {
    const at = index % input.perSheet;
    if (at === 0) startPage(sheet, input, index / input.perSheet + 1, sheets);
    const x = page.edge + (at % columns) * (cell.width + gutter);
    const y = page.head + Math.floor(at / columns) * (cell.height + gutter);
    drawPicture(sheet, picture, { x, y, ...cell }, input.trueSize);
  }
  return sheet.finish();
}

function startPage(sheet: Sheet, input: FilmSheetInput, number: number, sheets: number): void {
  const { document } = sheet;
  document.addPage({ size: [mm(page.width), mm(page.height)], margin: 0 });
  document.rect(0, 0, mm(page.width), mm(page.height)).fill('#000000');
  const width = mm(page.width - 2 * page.edge);
  const [first = '', second = ''] = input.head;
  sheet.draw(first === '' ? input.title : first, mm(page.edge), mm(4), width * 0.85, bold, 1);
  if (second !== '') sheet.draw(second, mm(page.edge), mm(9.5), width, plain, 1);
  sheet.draw(`${number} / ${sheets}`, mm(page.edge), mm(4.5), width, { ...plain, align: 'right' }, 1);
}

type Cell = { x: number; y: number; width: number; height: number };

function drawPicture(sheet: Sheet, picture: SheetPicture, cell: Cell, trueSize: boolean): void {
  const { document } = sheet;
  const room = { width: cell.width, height: cell.height - captionHeight };
  const { width, height, scale } = placeIn(picture, room, trueSize);
  const x = cell.x + (room.width - width) / 2;
  const y = cell.y + (room.height - height) / 2;
  const { buffer, byteOffset, byteLength } = picture.jpeg;
  document.image(Buffer.from(buffer, byteOffset, byteLength), mm(x), mm(y), {
    width: mm(width),
    height: mm(height),
  });
  const caption = [picture.caption, scaleText(scale, picture.isAtDetector)]
    .filter((part) => part !== '')
    .join('   ');
  sheet.draw(caption, mm(cell.x), mm(cell.y + cell.height - captionHeight + 1.5), mm(cell.width), small, 1);
  if (scale !== null) drawBar(sheet, cell, scale);
}

function scaleText(scale: number | null, isAtDetector: boolean): string {
  if (scale === null) return '尺寸未标定';
  const detector = isAtDetector ? '（探测器平面）' : '';
  return scale === 1 ? `1:1 实际尺寸${detector}` : `缩放 ${scale.toFixed(2)}${detector}`;
}

/** At the right of the caption, so that it covers nothing. */
function drawBar(sheet: Sheet, cell: Cell, scale: number): void {
  const bodyMm = [50, 10, 1].find((length) => length * scale <= cell.width * 0.4) ?? 1;
  const right = cell.x + cell.width - 1;
  const y = cell.y + cell.height - 2;
  const left = right - bodyMm * scale;
  sheet.document
    .moveTo(mm(left), mm(y - 1.2))
    .lineTo(mm(left), mm(y))
    .lineTo(mm(right), mm(y))
    .lineTo(mm(right), mm(y - 1.2))
    .lineWidth(0.6)
    .stroke('#ffffff');
  sheet.draw(`${bodyMm / 10} cm`, mm(left - 16), mm(y - 3.2), mm(15), { ...small, align: 'right' }, 1);
}
