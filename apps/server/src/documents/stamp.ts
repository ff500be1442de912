// The words across a page that must not be taken for valid: large, red, see-through, slanted.
import type { Sheet } from './sheet.ts';

const color = '#c62828';

export function drawStamp(sheet: Sheet, words: string, width: number, height: number): void {
  const { document } = sheet;
  const style = { size: Math.min(width, height) / 5, weight: 'bold' as const, color, leading: 1.2 };
  const wide = sheet.widthOf(words, style);
  const tall = sheet.lineHeight(style);
  document.save();
  document.rotate(-30, { origin: [width / 2, height / 2] });
  document.opacity(0.22);
  const x = (width - wide) / 2;
  const y = (height - tall) / 2;
  document
    .lineWidth(style.size / 14)
    .roundedRect(
      x - style.size / 3,
      y - style.size / 8,
      wide + (style.size * 2) / 3,
      tall + style.size / 4,
      8,
    );
  document.stroke(color);
  const [line] = sheet.lines(words, wide * 2, style);
  if (line !== undefined) sheet.drawLine(line, x, y, wide, style);
  document.opacity(1);
  document.restore();
}
