// All frames of a series beside each other in one viewport, with as many columns as the reader wants: each frame is
// painted with the viewport's window and colours at its own size and enlarged smoothly. Only frames near the visible
// part are fetched and painted.
import { element, setText } from '../dom.ts';
import type { Pixels } from '../frames/pixels.ts';
import type { Tone } from '../pane/tone.ts';
import { greyTable, paintColour, paintGrey } from '../pane/tone.ts';

export type MosaicFacts = {
  count: number;
  index: number;
  columns: number;
  /** Height of a picture for a width of 1. */
  ratio: number;
  pixels(index: number): Pixels | null;
  tone(index: number, pixels: Pixels): Tone;
  /** Words under a tile. */
  label(index: number): string;
};

export type Mosaic = {
  root: HTMLElement;
  draw(facts: MosaicFacts): void;
  /** Pixels of a frame arrived. */
  refresh(index: number): void;
  clear(): void;
};

type Tile = { root: HTMLButtonElement; canvas: HTMLCanvasElement; label: HTMLElement; painted: string };

/** `want` and `drop`: a tile came near the visible part, or left it. */
export function makeMosaic(ports: {
  name: string;
  want(index: number): void;
  drop(index: number): void;
  /** A press, or a double press. */
  pick(index: number, isSure: boolean): void;
}): Mosaic {
  const root = element('div', { class: 'yv-mosaic', role: 'grid', 'aria-label': ports.name, hidden: true });
  const tiles: Tile[] = [];
  const near = new Set<number>();
  let facts: MosaicFacts | null = null;
  let shown = -1;
  const watch = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const index = tiles.findIndex((tile) => tile.root === target);
        if (index < 0 || near.has(index) === isIntersecting) continue;
        if (isIntersecting) {
          near.add(index);
          ports.want(index);
          paint(index);
        } else {
          near.delete(index);
          ports.drop(index);
        }
      }
    },
    { root, rootMargin: '25% 0px' },
  );

  function paint(index: number): void {
    const tile = tiles[index];
    const pixels = facts?.pixels(index) ?? null;
    if (facts === null || tile === undefined || !near.has(index)) return;
    setText(tile.label, facts.label(index));
    tile.canvas.hidden = pixels === null;
    if (pixels === null) return;
    const tone = facts.tone(index, pixels);
    const key = `${pixels.step} ${JSON.stringify(tone)}`;
    if (key === tile.painted) return;
    tile.painted = key;
    paintTile(tile.canvas, pixels, tone);
  }

  function add(): void {
    const index = tiles.length;
    const canvas = element('canvas', { hidden: true });
    const label = element('span', { class: 'yv-mosaic-label' });
    const made = element(
      'button',
      { type: 'button', class: 'yv-mosaic-tile', role: 'gridcell' },
      canvas,
      label,
    );
    made.addEventListener('click', () => ports.pick(index, false));
    made.addEventListener('dblclick', () => ports.pick(index, true));
    tiles.push({ root: made, canvas, label, painted: '' });
    root.append(made);
    watch.observe(made);
  }

  return {
    root,
    draw(next) {
      facts = next;
      root.hidden = false;
      root.style.setProperty('--yv-mosaic-columns', String(next.columns));
      root.style.setProperty('--yv-mosaic-ratio', `1 / ${next.ratio.toFixed(4)}`);
      while (tiles.length < next.count) add();
      for (const index of near) paint(index);
      if (shown === next.index) return;
      const before = tiles[shown];
      if (before !== undefined) delete before.root.dataset.shown;
      shown = next.index;
      const now = tiles[shown];
      if (now === undefined) return;
      now.root.dataset.shown = 'true';
      now.root.scrollIntoView({ block: 'nearest' });
    },
    refresh: paint,
    clear() {
      root.hidden = true;
      watch.disconnect();
      for (const index of near) ports.drop(index);
      near.clear();
      for (const tile of tiles.splice(0)) tile.root.remove();
      facts = null;
      shown = -1;
    },
  };
}

function paintTile(canvas: HTMLCanvasElement, pixels: Pixels, tone: Tone): void {
  canvas.width = pixels.columns;
  canvas.height = pixels.rows;
  const context = canvas.getContext('2d');
  if (context === null) return;
  const image = context.createImageData(pixels.columns, pixels.rows);
  const rgba = new Uint32Array(image.data.buffer);
  if (pixels.components === 3) paintColour(pixels.samples, tone.invert, rgba);
  else {
    const table = greyTable(tone, Math.min(pixels.min, 0), pixels.max);
    paintGrey(pixels.samples, table, rgba, tone.palette);
  }
  context.putImageData(image, 0, 0);
}
