// Where a reader is on a slide, as one short line for the address: centre and zoom as shares of the slide's width.

export type SlidePlace = { x: number; y: number; zoom: number; path: number };

export function writeSlidePlace({ x, y, zoom, path }: SlidePlace): string {
  const parts = [x.toFixed(5), y.toFixed(5), zoom.toPrecision(4), ...(path > 0 ? [String(path)] : [])];
  return parts.join('_');
}

export function readSlidePlace(text: string): SlidePlace | null {
  const parts = text.split('_');
  if (parts.length < 3 || parts.length > 4) return null;
  const [x = Number.NaN, y = Number.NaN, zoom = Number.NaN, path = 0] = parts.map(Number);
  const isSound = Math.abs(x) < 10 && Math.abs(y) < 10 && zoom > 0.01 && zoom < 1e5;
  return isSound && Number.isInteger(path) && path >= 0 && path < 64 ? { x, y, zoom, path } : null;
}
