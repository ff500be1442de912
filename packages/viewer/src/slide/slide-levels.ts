// The pyramid of a slide out of its pictures: which are levels of the same whole, from coarse to fine, which frame is a
// tile, and how large things are. Pure.
import type { Slide, SlideImage } from '@yunying/api';

export type SlidePyramid = {
  /** Coarse first. */
  levels: SlideImage[];
  finest: SlideImage;
  /** µm of a pixel of the finest level; null when nobody says. */
  pixelUm: { x: number; y: number } | null;
  label: SlideImage | null;
  overview: SlideImage | null;
};

/** Shapes of levels differ by the rounding of their sizes. */
const shapeTolerance = 0.03;

export function pyramidOf(slide: Slide): SlidePyramid | null {
  const of = (...wanted: string[]) => slide.images.filter(({ flavor }) => wanted.includes(flavor));
  const volume = of('VOLUME', 'THUMBNAIL');
  // A series may hold nothing but an overview or, for those who may see it, a label.
  const others = of('OVERVIEW').length > 0 ? of('OVERVIEW') : of('LABEL');
  const whole = volume.length > 0 ? volume : others;
  const finest = whole.reduce<SlideImage | null>(
    (best, one) => (best === null || one.columns > best.columns ? one : best),
    null,
  );
  if (finest === null) return null;
  const shape = finest.columns / finest.rows;
  const levels: SlideImage[] = [];
  for (const one of [...whole].sort((a, b) => a.columns - b.columns)) {
    const isAlike = Math.abs(one.columns / one.rows / shape - 1) < shapeTolerance;
    const known = levels[levels.length - 1];
    if (isAlike && (known === undefined || known.columns < one.columns)) levels.push(one);
  }
  return {
    levels,
    finest,
    pixelUm: finest.pixelMm === null ? null : { x: finest.pixelMm.x * 1000, y: finest.pixelMm.y * 1000 },
    label: slide.images.find(({ flavor }) => flavor === 'LABEL') ?? null,
    overview: slide.images.find(({ flavor }) => flavor === 'OVERVIEW') ?? null,
  };
}

export function gridOf(image: SlideImage): { x: number; y: number } {
  return { x: Math.ceil(image.columns / image.tileColumns), y: Math.ceil(image.rows / image.tileRows) };
}

/** 1 is the first frame; 0: no tile there. TILED_FULL counts tiles, then focal planes, then optical paths. */
export function frameOfTile(image: SlideImage, path: number, x: number, y: number): number {
  const { x: across, y: down } = gridOf(image);
  const place = y * across + x;
  if (image.tiles !== null) return image.tiles[path]?.[place] ?? 0;
  const plane = Math.floor((image.focalPlanes - 1) / 2);
  return (path * image.focalPlanes + plane) * across * down + place + 1;
}

export type SlidePoint = { x: number; y: number };

/** Points in pixels of the finest level. null without a known size of pixels. */
export function lengthUm(points: readonly SlidePoint[], um: SlidePoint | null): number | null {
  const [a, b] = points;
  if (um === null || a === undefined || b === undefined) return null;
  return Math.hypot((a.x - b.x) * um.x, (a.y - b.y) * um.y);
}

/** Gauss's formula; the outline closes itself. */
export function areaUm2(points: readonly SlidePoint[], um: SlidePoint | null): number | null {
  if (um === null || points.length < 3) return null;
  let twice = 0;
  for (const [index, a] of points.entries()) {
    const b = points[(index + 1) % points.length] ?? a;
    twice += a.x * b.y - b.x * a.y;
  }
  return (Math.abs(twice) / 2) * um.x * um.y;
}

export function showLength(um: number): string {
  return um >= 1000 ? `${trim(um / 1000)} mm` : `${trim(um)} µm`;
}

export function showArea(um2: number): string {
  return um2 >= 100_000 ? `${trim(um2 / 1e6)} mm²` : `${trim(um2)} µm²`;
}

function trim(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** A round length that is at most `mostPx` long on screen. */
export function scaleBar(umPerScreenPx: number, mostPx: number): { um: number; px: number } {
  const most = umPerScreenPx * mostPx;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [5, 2, 1].find((one) => one * power <= most) ?? 1;
  return { um: step * power, px: (step * power) / umPerScreenPx };
}

/** How pathologists name a magnification: 0.25 µm per pixel is 40×. */
export function objectiveOf(umPerScreenPx: number): number {
  return 10 / umPerScreenPx;
}
