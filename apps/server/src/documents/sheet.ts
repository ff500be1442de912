// A paper to write on: pdfkit with our fonts, lines broken by our own rule (Chinese breaks anywhere except before
// closing and after opening punctuation), and pages added as needed. Used by report sheets and by media.
import PDFDocument from 'pdfkit';
import { Fonts, type PdfDocument, type Run, type Weight } from './fonts.ts';

export type TextStyle = {
  size: number;
  weight?: Weight;
  color?: string;
  /** Multiple of the size from line to line. */
  leading?: number;
  align?: 'left' | 'center' | 'right';
};

type Line = { runs: Run[]; width: number };
const maxParagraphs = 4000;
const notAtStart = '，。、；：？！）》」』】〕”’…—%℃,.;:?!)]}';
const notAtEnd = '（《「『【〔“‘([{';

export class Sheet {
  readonly document: PdfDocument;
  readonly #fonts: Fonts;
  readonly #chunks: Uint8Array[] = [];

  constructor(options: { title: string; size?: 'A4' | [number, number]; margin?: number; madeAt: Date }) {
    this.document = new PDFDocument({
      size: options.size ?? 'A4',
      margin: options.margin ?? 0,
      autoFirstPage: false,
      bufferPages: true,
      font: null as unknown as string, // no built-in Helvetica: every glyph comes from an embedded font
      lang: 'zh-CN',
      displayTitle: true,
      info: {
        Title: options.title,
        Producer: 'Yunying',
        Creator: 'Yunying',
        CreationDate: options.madeAt,
        ModDate: options.madeAt,
      },
    });
    this.document.on('data', (chunk: Uint8Array) => this.#chunks.push(chunk));
    this.#fonts = new Fonts(this.document);
  }

  /** Lines of a text within a width; line ends of the text are kept. */
  lines(text: string, width: number, style: TextStyle): Line[] {
    const paragraphs = text.replace(/\r\n?/g, '\n').split('\n').slice(0, maxParagraphs);
    return paragraphs.flatMap((paragraph) => this.#breakParagraph(paragraph, width, style));
  }

  lineHeight(style: TextStyle): number {
    return style.size * (style.leading ?? 1.5);
  }

  widthOf(text: string, style: TextStyle): number {
    return this.#measure(this.#fonts.runs(text, style.weight ?? 'regular'), style.size);
  }

  drawLine(line: Line, x: number, y: number, width: number, style: TextStyle): void {
    const free = width - line.width;
    let at = x + (style.align === 'center' ? free / 2 : style.align === 'right' ? free : 0);
    this.document.fillColor(style.color ?? '#1a1a1a');
    for (const run of line.runs) {
      this.document.font(run.font).fontSize(style.size);
      this.document.text(run.text, at, y, { lineBreak: false });
      at += this.document.widthOfString(run.text);
    }
  }

  /** Draws a text at a place, no page break; answers the y below it. At most `maxLines`, the last one cut with …. */
  draw(
    text: string,
    x: number,
    y: number,
    width: number,
    style: TextStyle,
    maxLines = Number.POSITIVE_INFINITY,
  ): number {
    const lines = this.lines(text, width, style);
    const shown = lines.slice(0, maxLines);
    const last = shown.at(-1);
    if (lines.length > shown.length && last !== undefined)
      add(last, this.#fonts.runs('…', style.weight ?? 'regular'));
    for (const [index, line] of shown.entries())
      this.drawLine(line, x, y + index * this.lineHeight(style), width, style);
    return y + shown.length * this.lineHeight(style);
  }

  async finish(): Promise<Uint8Array> {
    const ended = new Promise<void>((resolve) => this.document.on('end', resolve));
    this.document.end();
    await ended;
    return Buffer.concat(this.#chunks);
  }

  #breakParagraph(paragraph: string, width: number, style: TextStyle): Line[] {
    const runs = this.#fonts.runs(paragraph, style.weight ?? 'regular');
    const lines: Line[] = [];
    let line: Line = { runs: [], width: 0 };
    for (const unit of unitsOf(runs)) {
      const unitWidth = this.#measure([unit], style.size);
      if (line.width + unitWidth > width && line.runs.length > 0) {
        lines.push(line);
        if (unit.text.trim() === '') {
          line = { runs: [], width: 0 };
          continue;
        }
        line = { runs: [], width: 0 };
      }
      for (const piece of unitWidth > width ? this.#cut(unit, width, style.size) : [unit]) {
        if (line.runs.length > 0 && line.width + this.#measure([piece], style.size) > width) {
          lines.push(line);
          line = { runs: [], width: 0 };
        }
        add(line, [piece]);
        line.width += this.#measure([piece], style.size);
      }
    }
    lines.push(line);
    return lines;
  }

  /** A word longer than a line (a UID, a URL) is cut where the line ends. */
  #cut(unit: Run, width: number, size: number): Run[] {
    const pieces: Run[] = [];
    let text = '';
    for (const character of unit.text) {
      if (text !== '' && this.#measure([{ font: unit.font, text: text + character }], size) > width) {
        pieces.push({ font: unit.font, text });
        text = '';
      }
      text += character;
    }
    return [...pieces, { font: unit.font, text }];
  }

  #measure(runs: readonly Run[], size: number): number {
    let width = 0;
    for (const run of runs) width += this.document.font(run.font).fontSize(size).widthOfString(run.text);
    return width;
  }
}

/** What must stay together: a Latin word, a number with its unit, a character with its punctuation. */
function unitsOf(runs: readonly Run[]): Run[] {
  const units: Run[] = [];
  let glue = false;
  for (const run of runs) {
    for (const [text] of run.text.matchAll(/[\p{Script=Latin}\p{N}\p{M}_./+×*~<>≤≥=-]+|\s+|./gsu)) {
      const last = units.at(-1);
      const holds = last !== undefined && last.font === run.font && (glue || notAtStart.includes(text));
      if (holds && last.text.trim() !== '') last.text += text;
      else units.push({ font: run.font, text });
      glue = notAtEnd.includes(text);
    }
  }
  return units;
}

function add(line: Line, runs: readonly Run[]): void {
  for (const run of runs) {
    const last = line.runs.at(-1);
    if (last !== undefined && last.font === run.font) last.text += run.text;
    else line.runs.push({ ...run });
  }
}
