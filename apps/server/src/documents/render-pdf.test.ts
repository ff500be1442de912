import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { renderPdfPages } from './render-pdf.ts';
import { runInWorker } from './run-in-worker.ts';

/** A PDF that names SimSun without embedding it, as many hospital systems write them. */
function unembedded(text: string): Uint8Array {
  const codes = Buffer.from(text, 'utf16le').swap16().toString('hex');
  const stream = `BT /F1 24 Tf 20 40 Td <${codes}> Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 100] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>',
    '<< /Type /Font /Subtype /CIDFontType2 /BaseFont /SimSun /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor 7 0 R /DW 1000 >>',
    '<< /Type /FontDescriptor /FontName /SimSun /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 859 /Descent -141 /StemV 80 >>',
  ];
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const start = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join('')}`;
  file += `trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF`;
  return Buffer.from(file, 'latin1');
}

const inkOf = async (jpeg: Uint8Array): Promise<number> => {
  const { data } = await sharp(jpeg).greyscale().raw().toBuffer({ resolveWithObject: true });
  return data.reduce((dark, grey) => dark + (grey < 128 ? 1 : 0), 0);
};

describe('rendering PDF pages', () => {
  it('shows Chinese text whose font is not in the file', async () => {
    const [page] = await renderPdfPages(unembedded('检查所见双肺纹理清晰'), { width: 800 });
    const [blank] = await renderPdfPages(unembedded(' '), { width: 800 });
    expect(page).toMatchObject({ page: 1, width: 800, height: 200 });
    expect(await inkOf(page?.jpeg ?? new Uint8Array())).toBeGreaterThan(2000);
    expect(await inkOf(blank?.jpeg ?? new Uint8Array())).toBe(0);
  });

  it('refuses what is no PDF, a broken one, and one with too many pages', async () => {
    await expect(renderPdfPages(Buffer.from('hello'))).rejects.toThrow('documents.damaged');
    await expect(renderPdfPages(Buffer.from('%PDF-1.4\nnothing here'))).rejects.toThrow('documents.damaged');
    await expect(renderPdfPages(unembedded('一'), { maxPages: 0 })).rejects.toThrow('documents.too_large');
  });

  it('survives damaged files with an answer for each', { timeout: 120_000 }, async () => {
    const whole = Buffer.from(unembedded('检查'));
    for (let seed = 1; seed <= 12; seed++) {
      const damaged = Buffer.from(whole);
      for (let i = 0; i < 8; i++)
        damaged[(seed * 7919 + i * 104_729) % damaged.length] = (seed * 31 + i * 17) & 0xff;
      const outcome = await renderPdfPages(damaged, { width: 200, timeoutMs: 20_000 }).catch(
        (error: unknown) => error,
      );
      expect(Array.isArray(outcome) || outcome instanceof Error).toBe(true);
    }
  });

  it('ends a task that does not end, and one that is called off', async () => {
    const endless = new URL('data:text/javascript,export function run() { for (;;); }');
    await expect(runInWorker(endless, null, { timeoutMs: 300, heapMb: 64 })).rejects.toThrow(
      'platform.timeout',
    );
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    await expect(
      runInWorker(endless, null, { timeoutMs: 20_000, heapMb: 64, signal: stop.signal }),
    ).rejects.toThrow('jobs.cancelled');
  });

  it('ends a task that eats memory', { timeout: 60_000 }, async () => {
    const greedy = new URL(
      'data:text/javascript,export function run() { const kept = []; for (;;) kept.push(new Array(1e5).fill({})); }',
    );
    await expect(runInWorker(greedy, null, { timeoutMs: 40_000, heapMb: 48 })).rejects.toThrow(
      'documents.failed',
    );
  });
});
