// The query of /rendered and /thumbnail (PS3.18 §8.3.5.1) as what is to be drawn. What is not built (a colour profile other
// than sRGB) is refused by name rather than left out silently.
import { AppError } from '../../errors.ts';

export type RenderQuery = {
  viewport?: string;
  window?: string;
  quality?: number;
  annotation?: string;
  iccprofile?: string;
};
export type WindowShape = 'linear' | 'linear-exact' | 'sigmoid';
/** In pixels of the frame; `flip` where the standard's width or height is negative. */
export type Region = {
  left: number;
  top: number;
  width: number;
  height: number;
  flipX: boolean;
  flipY: boolean;
};
export type Annotation = 'patient' | 'technique';
export type RenderWish = {
  viewport?: { width: number; height: number };
  window?: { center: number; width: number; shape?: Exclude<WindowShape, 'linear'> };
  quality?: number;
  region?: Region;
  annotations?: Annotation[];
  /** Say in the picture that its colours are sRGB. */
  srgb?: boolean;
};

const longestSidePx = 4096;
const furthestPx = 1_000_000;

export function readRenderQuery(query: RenderQuery): RenderWish {
  const profile = query.iccprofile ?? 'no';
  if (!['no', 'yes', 'srgb'].includes(profile))
    throw new AppError('platform.not_built', { parameter: 'iccprofile' });
  const annotations = readAnnotations(query.annotation);
  return {
    ...(query.viewport === undefined ? {} : readViewport(query.viewport)),
    ...(query.window === undefined ? {} : { window: readWindow(query.window) }),
    ...(query.quality === undefined ? {} : { quality: query.quality }),
    ...(annotations.length === 0 ? {} : { annotations }),
    ...(profile === 'no' ? {} : { srgb: true }),
  };
}

/** Words that are not known are left out, as §8.3.5.1.1 wants it. */
function readAnnotations(text: string | undefined): Annotation[] {
  const words = new Set((text ?? '').split(',').map((word) => word.trim().toLowerCase()));
  return (['patient', 'technique'] as const).filter((word) => words.has(word));
}

/** vw,vh[,sx,sy[,sw,sh]]: a picture of at most that size, of that part of the frame. */
function readViewport(text: string): Pick<RenderWish, 'viewport' | 'region'> {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length > 6) throw new AppError('request.invalid', { field: 'viewport' });
  const [width = Number.NaN, height = Number.NaN] = parts.map((part) =>
    part === '' ? Number.NaN : Number(part),
  );
  const valid = [width, height].every((side) => Number.isFinite(side) && side >= 1 && side <= longestSidePx);
  if (!valid) throw new AppError('request.invalid', { field: 'viewport', limit: longestSidePx });
  const viewport = { width: Math.floor(width), height: Math.floor(height) };
  const source = parts.slice(2);
  return source.every((part) => part === '') ? { viewport } : { viewport, region: readRegion(source) };
}

function readRegion(parts: readonly string[]): Region {
  const number = (at: number, otherwise: number) => {
    const text = parts[at] ?? '';
    return text === '' ? otherwise : Number(text);
  };
  const [left, top] = [number(0, 0), number(1, 0)];
  // Without a size the region goes on to the end of the frame.
  const [width, height] = [number(2, furthestPx), number(3, furthestPx)];
  const valid =
    [left, top, width, height].every((one) => Number.isFinite(one) && Math.abs(one) <= furthestPx) &&
    left >= 0 &&
    top >= 0 &&
    width !== 0 &&
    height !== 0;
  if (!valid) throw new AppError('request.invalid', { field: 'viewport', reason: 'the source region' });
  return {
    left: Math.floor(left),
    top: Math.floor(top),
    width: Math.max(1, Math.floor(Math.abs(width))),
    height: Math.max(1, Math.floor(Math.abs(height))),
    flipX: width < 0,
    flipY: height < 0,
  };
}

function readWindow(text: string): NonNullable<RenderWish['window']> {
  const [centerText = '', widthText = '', shape = 'linear'] = text.split(',').map((part) => part.trim());
  const center = centerText === '' ? Number.NaN : Number(centerText);
  const width = widthText === '' ? Number.NaN : Number(widthText);
  if (!Number.isFinite(center) || !Number.isFinite(width) || width <= 0)
    throw new AppError('request.invalid', { field: 'window' });
  switch (shape.toLowerCase()) {
    case '':
    case 'linear':
      return { center, width };
    case 'linear-exact':
      return { center, width, shape: 'linear-exact' };
    case 'sigmoid':
      return { center, width, shape: 'sigmoid' };
    default:
      throw new AppError('request.invalid', { field: 'window', reason: 'the function' });
  }
}
