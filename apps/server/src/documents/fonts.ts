// Fonts of every document we make: Noto Sans SC (OFL), which travels with the platform, and for characters that it
// lacks (𠮷 and other rare names) the Noto CJK collection of the system, where it is installed. A character that
// neither has is drawn as a box, so that nothing disappears silently. Only the glyphs used are embedded.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type PDFDocument from 'pdfkit';

export type Weight = 'regular' | 'bold';
export type PdfDocument = InstanceType<typeof PDFDocument>;
export type Run = { font: string; text: string };

const own: Record<Weight, string> = {
  regular: '@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf',
  bold: '@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf',
};
const collections = [
  { path: '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc', family: 'NotoSansCJKsc-Regular' },
  { path: '/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc', family: 'NotoSansCJKsc-Regular' },
];
const missing = '□';

/** The part of fontkit's font that is used; pdfkit's types leave it out. */
type Glyphs = { hasGlyphForCodePoint(codePoint: number): boolean };

export class Fonts {
  readonly #document: PdfDocument;
  #rare: Glyphs | null | undefined;
  readonly #opened = new Map<Weight, Glyphs>();

  constructor(document: PdfDocument) {
    this.#document = document;
    for (const weight of ['regular', 'bold'] as const) {
      document.registerFont(weight, readFileSync(fileURLToPath(import.meta.resolve(own[weight]))));
    }
  }

  /** Text in pieces of one font each. Control characters are dropped; a tab is two spaces. */
  runs(text: string, weight: Weight): Run[] {
    const main = this.#glyphs(weight);
    const runs: Run[] = [];
    const has = (codePoint: number) => main.hasGlyphForCodePoint(codePoint) || this.#rareHas(codePoint);
    const plain = text.replace(/\t/g, '  ').replace(/[\p{Cc}\u200b-\u200f\ufeff]/gu, '');
    for (const character of withCarets(plain, has)) {
      const codePoint = character.codePointAt(0) ?? 0;
      const font = main.hasGlyphForCodePoint(codePoint) ? weight : this.#rareHas(codePoint) ? 'rare' : null;
      add(runs, font ?? weight, font === null ? missing : character);
    }
    return runs;
  }

  #glyphs(weight: Weight): Glyphs {
    const known = this.#opened.get(weight);
    if (known !== undefined) return known;
    const glyphs = openGlyphs(this.#document, weight);
    this.#opened.set(weight, glyphs);
    return glyphs;
  }

  #rareHas(codePoint: number): boolean {
    if (this.#rare === undefined) {
      const found = collections.find((collection) => existsSync(collection.path));
      if (found !== undefined) this.#document.registerFont('rare', readFileSync(found.path), found.family);
      this.#rare = found === undefined ? null : openGlyphs(this.#document, 'rare');
    }
    return this.#rare?.hasGlyphForCodePoint(codePoint) ?? false;
  }
}

/** 10⁹ is written 10^9 where no font has the raised figure: a hollow box, or 109, would be another value. */
function withCarets(text: string, has: (codePoint: number) => boolean): string {
  return text
    .replace(/[⁰¹²³⁴-⁹⁺⁻]+/g, (raised) =>
      [...raised].every((one) => has(one.codePointAt(0) ?? 0))
        ? raised
        : `^${raised.normalize('NFKC').replace('\u2212', '-')}`,
    )
    .replace(/[₀-₉]/g, (lowered) => (has(lowered.codePointAt(0) ?? 0) ? lowered : lowered.normalize('NFKC')));
}

function openGlyphs(document: PdfDocument, name: string): Glyphs {
  document.font(name);
  const { _font: opened } = document as unknown as { _font: { font: Glyphs } };
  return opened.font;
}

function add(runs: Run[], font: string, text: string): void {
  const last = runs.at(-1);
  if (last !== undefined && last.font === font) last.text += text;
  else runs.push({ font, text });
}
