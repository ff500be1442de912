import PDFDocument from 'pdfkit';
import { describe, expect, it } from 'vitest';
import { Fonts } from './fonts.ts';

describe('the fonts of documents', () => {
  const written = (text: string) =>
    new Fonts(new PDFDocument())
      .runs(text, 'regular')
      .map((run) => run.text)
      .join('');

  it('write a power that no font has raised with a caret, never as another number', () => {
    expect(written('6.2 ×10⁹/L')).toMatch(/^6\.2 ×10(⁹|\^9)\/L$/);
    expect(written('4.5 ×10¹²/L')).toBe('4.5 ×10¹²/L');
    expect(written('2 ×10⁻⁵ mol')).toMatch(/^2 ×10(⁻⁵|\^-5) mol$/);
  });

  it('write a lowered figure as it is read', () => {
    expect(written('CO₂ 与 C₁₃')).toMatch(/^CO[₂2] 与 C(₁₃|13)$/);
  });

  it('show a box for what no font has', () => {
    expect(written('\u{1F9B7}')).toBe('□');
  });
});
