// The film picture (WebP with the default window baked in) as pixels: what is shown where the real ones cannot be
// had (no decoder, no rendition). It is a picture only: never measured, never windowed.
import type { Pixels } from './pixels.ts';

export async function loadFilmPicture(
  url: string,
  full: { columns: number | null; rows: number | null },
  signal: AbortSignal,
): Promise<Pixels> {
  const response = await fetch(url, { credentials: 'same-origin', signal });
  if (!response.ok) throw new Error(`the film picture was answered with HTTP ${response.status}`);
  const bitmap = await createImageBitmap(await response.blob());
  const { width, height } = bitmap;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no 2D canvas');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const rgba = context.getImageData(0, 0, width, height).data;
  const samples = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    samples[to] = rgba[from] ?? 0;
    samples[to + 1] = rgba[from + 1] ?? 0;
    samples[to + 2] = rgba[from + 2] ?? 0;
  }
  const step = full.columns !== null && full.columns > 0 ? full.columns / width : 1;
  return {
    samples,
    columns: width,
    rows: height,
    components: 3,
    step,
    offset: (step - 1) / 2,
    min: 0,
    max: 255,
  };
}
