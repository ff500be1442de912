// The paper at true scale: an SVG whose units are millimetres, on pages of A4 across. Printed from a frame of its own, so
// that nothing of the screen comes along. Scaling by the printer dialog would change the size: a ruler of 50 mm is printed
// to check it.
import { type Paper, pulseMm, type Strip } from './layout.ts';
import { pulseOf } from './paper.ts';
import { traceOf } from './trace.ts';

export type PrintTexts = { title: string; lines: string[]; scale: string };

const page = { width: 297, height: 210 };
const edge = { left: 8, right: 8, top: 22, bottom: 12 };

/** One SVG a page; a running strip is cut into pages, a high one too. */
export function printPages(paper: Paper, samplesPerSecond: number, texts: PrintTexts): string[] {
  const width = page.width - edge.left - edge.right;
  const height = page.height - edge.top - edge.bottom;
  const pages: string[] = [];
  const rowsOf = bands(paper, height);
  const step = Math.floor(width / 5) * 5; // whole squares, so that the grid goes on
  for (let from = 0; from < paper.width && pages.length < 40; from += step) {
    for (const band of rowsOf)
      pages.push(
        onePage(paper, samplesPerSecond, texts, { from, to: Math.min(paper.width, from + step), ...band }),
      );
  }
  return pages.map((one, index) => one.replace('%PAGE%', `${index + 1} / ${pages.length}`));
}

/** Rows are not cut through. */
function bands(paper: Paper, most: number): { top: number; bottom: number }[] {
  if (paper.height <= most) return [{ top: 0, bottom: paper.height }];
  const ends = [...new Set(paper.strips.map((strip) => strip.top + strip.height))].sort((a, b) => a - b);
  const found: { top: number; bottom: number }[] = [];
  let top = 0;
  let bottom = 0;
  for (const end of ends) {
    if (end - top > most && bottom > top) {
      found.push({ top, bottom });
      top = bottom;
    }
    bottom = end;
  }
  found.push({ top, bottom: Math.max(bottom, top + 1) });
  return found;
}

type Cut = { from: number; to: number; top: number; bottom: number };

function onePage(paper: Paper, samplesPerSecond: number, texts: PrintTexts, cut: Cut): string {
  const strips = paper.strips.filter(
    (strip) => strip.top >= cut.top - 0.01 && strip.top + strip.height <= cut.bottom + 5,
  );
  const traces = strips.map((strip) => pathOf(strip, samplesPerSecond, cut)).join('');
  const names = strips.map((strip) => nameOf(strip, cut)).join('');
  const lines = [...texts.lines, texts.scale].map(
    (line, index) => `<text x="${edge.left}" y="${11 + index * 4}" font-size="3">${asMarkup(line)}</text>`,
  );
  const width = cut.to - cut.from;
  const height = cut.bottom - cut.top;
  const move = `translate(${edge.left - cut.from} ${edge.top - cut.top})`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${page.width}mm" height="${page.height}mm" viewBox="0 0 ${page.width} ${page.height}" font-family="system-ui, sans-serif">
<text x="${edge.left}" y="7" font-size="4.2" font-weight="600">${asMarkup(texts.title)}</text>${lines.join('')}
<text x="${page.width - edge.right}" y="7" font-size="3" text-anchor="end">%PAGE%</text>
<clipPath id="cut"><rect x="${cut.from}" y="${cut.top}" width="${width}" height="${height}"/></clipPath>
<g transform="${move}" clip-path="url(#cut)">${gridOf(cut)}
<g fill="none" stroke="#111" stroke-width="0.22" stroke-linejoin="round">${traces}</g>${names}</g>
${rulerOf()}</svg>`;
}

function gridOf(cut: Cut): string {
  const lines = (every: number) => {
    const path: string[] = [];
    for (let x = Math.ceil(cut.from / every) * every; x <= cut.to + 0.001; x += every)
      path.push(`M${x} ${cut.top}V${cut.bottom}`);
    for (let y = Math.ceil(cut.top / every) * every; y <= cut.bottom + 0.001; y += every)
      path.push(`M${cut.from} ${y}H${cut.to}`);
    return path.join('');
  };
  return `<path d="${lines(1)}" stroke="#f3c4c0" stroke-width="0.08"/><path d="${lines(5)}" stroke="#e58f88" stroke-width="0.16"/>`;
}

function pathOf(strip: Strip, samplesPerSecond: number, cut: Cut): string {
  const lines = traceOf(strip, samplesPerSecond, { from: cut.from - 1, to: cut.to + 1 }, 0.05);
  const path = lines.map((line) => {
    const points: string[] = [];
    for (let at = 0; at < line.length; at += 2)
      points.push(`${(line[at] ?? 0).toFixed(2)} ${(line[at + 1] ?? 0).toFixed(2)}`);
    return `M${points.join('L')}`;
  });
  const isPulseHere = strip.hasPulse && strip.x - pulseMm - 3 >= cut.from;
  const pulse = isPulseHere
    ? `M${pulseOf(strip)
        .map(([x, y]) => `${x} ${y.toFixed(2)}`)
        .join('L')}`
    : '';
  return `<path d="${path.join('')}${pulse}"/>`;
}

function nameOf(strip: Strip, cut: Cut): string {
  const x = Math.max(strip.x, cut.from) + 1;
  if (x > cut.to || strip.x + strip.width < cut.from) return '';
  const text = strip.scaleText === null ? strip.lead.label : `${strip.lead.label}  ${strip.scaleText}`;
  return `<text x="${x}" y="${strip.top + 4}" font-size="3.4" font-weight="600">${asMarkup(text)}</text>`;
}

function rulerOf(): string {
  const x = page.width - edge.right - 50;
  const y = page.height - 7;
  return `<path d="M${x} ${y - 1.5}V${y}H${x + 50}V${y - 1.5}" fill="none" stroke="#111" stroke-width="0.25"/><text x="${x - 2}" y="${y}" font-size="3" text-anchor="end">50 mm</text>`;
}

export function asMarkup(text: string): string {
  const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (sign) => signs[sign] ?? sign);
}

/** Opens the browser's print dialog with these pages alone. */
export function printAtTrueScale(pages: readonly string[], title: string): void {
  const frame = document.createElement('iframe');
  frame.style.cssText = 'position:fixed;right:0;bottom:0;width:1px;height:1px;border:0;opacity:0';
  frame.title = title;
  frame.srcdoc = `<!doctype html><html><head><meta charset="utf-8"><title>${asMarkup(title)}</title><style>
@page { size: A4 landscape; margin: 0 }
html, body { margin: 0 }
svg { display: block; break-after: page; break-inside: avoid }
svg:last-child { break-after: auto }
</style></head><body>${pages.join('')}</body></html>`;
  frame.addEventListener('load', () => {
    const view = frame.contentWindow;
    if (view === null) return;
    view.addEventListener('afterprint', () => frame.remove());
    view.focus();
    view.print();
  });
  document.body.append(frame);
}
