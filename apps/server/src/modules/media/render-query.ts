// The query of /rendered and /thumbnail (PS3.18 §8.3.5.1) as what the codec is asked for. What is not built (annotations
// burned in, a region, a window shape other than linear) is refused by name rather than left out silently.
import { AppError } from '../../errors.ts';

export type RenderQuery = {
  viewport?: string;
  window?: string;
  quality?: number;
  annotation?: string;
  iccprofile?: string;
};
export type RenderWish = {
  viewport?: { width: number; height: number };
  window?: { center: number; width: number };
  quality?: number;
};

const longestSidePx = 4096;

export function readRenderQuery(query: RenderQuery): RenderWish {
  if (query.annotation !== undefined && query.annotation !== '')
    throw new AppError('platform.not_built', { parameter: 'annotation' });
  if (query.iccprofile !== undefined && query.iccprofile !== 'no')
    throw new AppError('platform.not_built', { parameter: 'iccprofile' });
  return {
    ...(query.viewport === undefined ? {} : { viewport: readViewport(query.viewport) }),
    ...(query.window === undefined ? {} : { window: readWindow(query.window) }),
    ...(query.quality === undefined ? {} : { quality: query.quality }),
  };
}

function readViewport(text: string): { width: number; height: number } {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length > 2 && parts.slice(2).some((part) => part !== ''))
    throw new AppError('platform.not_built', { parameter: 'viewport', reason: 'a source region' });
  const [width = Number.NaN, height = Number.NaN] = parts.map((part) =>
    part === '' ? Number.NaN : Number(part),
  );
  const valid = [width, height].every((side) => Number.isFinite(side) && side >= 1 && side <= longestSidePx);
  if (!valid) throw new AppError('request.invalid', { field: 'viewport', limit: longestSidePx });
  return { width: Math.floor(width), height: Math.floor(height) };
}

function readWindow(text: string): { center: number; width: number } {
  const [centerText = '', widthText = '', shape = 'linear'] = text.split(',').map((part) => part.trim());
  const center = centerText === '' ? Number.NaN : Number(centerText);
  const width = widthText === '' ? Number.NaN : Number(widthText);
  if (!Number.isFinite(center) || !Number.isFinite(width) || width <= 0)
    throw new AppError('request.invalid', { field: 'window' });
  if (shape.toLowerCase() !== 'linear')
    throw new AppError('platform.not_built', { parameter: 'window', reason: shape.slice(0, 16) });
  return { center, width };
}
