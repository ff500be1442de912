// How a picture is presented, short enough for an address: window, zoom, pan, turn, mirrored, inverted, coloured, as a
// mosaic. Read back
// with limits, because addresses are typed and sent by anybody.
import { isColourMap } from '../colour/colour-maps.ts';
import { leastZoom, mostZoom } from '../geometry/affine.ts';
import type { Presentation, Rotation } from '../types.ts';
import { initialPresentation } from './presentation.ts';

const rotations: readonly Rotation[] = [0, 90, 180, 270];
const mostPan = 20_000;

/** Empty for the presentation a picture opens with. */
export function viewCode(shown: Presentation): string {
  const { voi, zoom, panX, panY, rotation } = shown;
  const flags = [
    shown.flipHorizontal ? 'h' : '',
    shown.flipVertical ? 'v' : '',
    shown.invert ? 'i' : '',
    shown.sharpen === true ? 's' : '',
  ].join('');
  const window = voi === null ? ['', ''] : [short(voi.width), short(voi.center)];
  const code = [...window, short(zoom), short(panX), short(panY), String(rotation), flags].join('_');
  const { palette = 'grey', mosaic = 0 } = shown;
  const tail = `${palette === 'grey' ? '' : `_p-${palette}`}${mosaic === 0 ? '' : `_m${mosaic}`}`;
  return code === '__1_0_0_0_' && tail === '' ? '' : code + tail;
}

export function readViewCode(code: string): Presentation | null {
  const match =
    /^(?:([\d.e+-]+)_([\d.e+-]+)|_)_([\d.e+-]+)_([\d.e+-]+)_([\d.e+-]+)_(0|90|180|270)_(h?v?i?s?)(?:_p-([a-z0-9-]{1,20}))?(?:_m(\d{1,2}))?$/.exec(
      code,
    );
  if (match === null || code.length > 120) return null;
  const [, width, center, ...rest] = match;
  const [zoom = 1, panX = 0, panY = 0, turn = 0] = rest.slice(0, 4).map(Number);
  const voi = width === undefined ? null : { width: Number(width), center: Number(center) };
  const flags = rest[4] ?? '';
  const palette = rest[5] ?? 'grey';
  const mosaic = Number(rest[6] ?? 0);
  const isSane =
    zoom >= leastZoom &&
    zoom <= mostZoom &&
    Math.abs(panX) <= mostPan &&
    Math.abs(panY) <= mostPan &&
    (voi === null || (voi.width > 0 && Number.isFinite(voi.width + voi.center)));
  if (!isSane) return null;
  return {
    ...initialPresentation,
    voi,
    zoom,
    panX,
    panY,
    rotation: rotations.find((one) => one === turn) ?? 0,
    flipHorizontal: flags.includes('h'),
    flipVertical: flags.includes('v'),
    invert: flags.includes('i'),
    sharpen: flags.includes('s'),
    ...(isColourMap(palette) && palette !== 'grey' ? { palette } : {}),
    ...(mosaic > 0 ? { mosaic: Math.min(10, mosaic) } : {}),
  };
}

function short(value: number): string {
  return String(Number(value.toPrecision(5)));
}
