// Pictures as a film printer gets them: rendered as the reader saw them, with a ruler of the body where spacing is known,
// and, when asked for, who it is; grey or by colour planes.
import { type ExportedPicture, type FilmPrint, type FilmSize, filmSizes } from '@yunying/api';
import sharp from 'sharp';
import { readInstanceHead } from '../../archive/index.ts';
import { type ExportContext, renderPicture, spacingOf, wordsOf } from '../export/export-pictures.ts';
import type { Finish } from '../finish-picture.ts';
import { type Located, locateInstance } from '../locate-instance.ts';
import type { FilmPicture } from './printer.ts';

/** Edges that printers keep free, and what lies between pictures: what a place has of its share of the sheet. */
const usable = 0.95;

export async function locatePicture(
  ctx: ExportContext,
  study: string,
  { seriesInstanceUid, sopInstanceUid }: ExportedPicture,
): Promise<Located> {
  return locateInstance(ctx, { study, series: seriesInstanceUid, instance: sopInstanceUid });
}

export function hasColor({ instance }: Located): boolean {
  return !['MONOCHROME1', 'MONOCHROME2'].includes(instance.photometric_interpretation ?? '');
}

export async function filmPicture(
  ctx: ExportContext,
  located: Located,
  picture: ExportedPicture,
  print: FilmPrint,
): Promise<FilmPicture> {
  const body = await bodyOf(ctx, located, picture);
  const place = placeOf(print);
  const fits = body !== null && body.width <= place.width && body.height <= place.height;
  const isTrue = print.trueSize && fits;
  const png = await renderPicture(ctx, located, picture, {
    format: 'png',
    longSide: longSideOf(print.columns * print.rows),
    corners: print.identity ? await wordsOf(ctx, located, picture, true) : undefined,
    ...(body === null ? {} : rulerOf(body.width, body.isAtDetector, isTrue)),
  });
  return { ...(await pixelsOf(png, hasColor(located))), widthMm: isTrue ? body.width : null };
}

/** Of the picture as it lies, turned already; null where spacing is not known. */
async function bodyOf(ctx: ExportContext, { instance }: Located, picture: ExportedPicture) {
  const { rows, columns } = instance;
  const spacing = spacingOf(await readInstanceHead(ctx, instance), picture.frameNumber);
  if (spacing === null || rows === null || columns === null) return null;
  const across = columns * spacing.column;
  const down = rows * spacing.row;
  const isTurned = picture.rotation === 90 || picture.rotation === 270;
  const { isAtDetector } = spacing;
  return isTurned
    ? { width: down, height: across, isAtDetector }
    : { width: across, height: down, isAtDetector };
}

/** Millimetres of one picture's place on the sheet. */
export function placeOf({
  filmSize,
  orientation,
  columns,
  rows,
}: Pick<FilmPrint, 'filmSize' | 'orientation' | 'columns' | 'rows'>): { width: number; height: number } {
  const [narrow, wide] = filmSizes[filmSize as FilmSize];
  const [across, down] = orientation === 'PORTRAIT' ? [narrow, wide] : [wide, narrow];
  return { width: (across * usable) / columns, height: (down * usable) / rows };
}

/** Right whatever size the printer gives the picture: it grows and shrinks with it. */
export function rulerOf(
  bodyWidthMm: number,
  isAtDetector: boolean,
  isTrue: boolean,
): Pick<Finish, 'graphics' | 'words'> {
  const lengthMm = [100, 50, 10, 1].find((length) => length <= bodyWidthMm * 0.4);
  if (lengthMm === undefined) return {};
  const half = lengthMm / bodyWidthMm / 2;
  const [left, right, low, high] = [0.5 - half, 0.5 + half, 0.975, 0.96];
  const text = [lengthMm < 10 ? `${lengthMm} mm` : `${lengthMm / 10} cm`];
  if (isAtDetector) text.push('探测器平面');
  if (isTrue) text.push('1:1');
  return {
    graphics: [
      {
        units: 'picture',
        shape: 'polyline',
        points: [
          [left, high],
          [left, low],
          [right, low],
          [right, high],
        ],
      },
    ],
    words: [{ units: 'picture', at: [left, 0.92], text: text.join('  ') }],
  };
}

function longSideOf(perSheet: number): number {
  return perSheet <= 2 ? 3072 : perSheet <= 6 ? 2048 : perSheet <= 12 ? 1536 : 1024;
}

async function pixelsOf(png: Uint8Array, isColor: boolean): Promise<Omit<FilmPicture, 'widthMm'>> {
  const flat = sharp(png).removeAlpha();
  const image = isColor ? flat.toColourspace('srgb') : flat.toColourspace('b-w');
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  const size = { columns: info.width, rows: info.height };
  if (info.channels === 1) return { ...size, pixels: data, isColor: false };
  const count = info.width * info.height;
  const planes = Buffer.alloc(count * 3);
  for (let at = 0; at < count; at += 1)
    for (let plane = 0; plane < 3; plane += 1)
      planes[plane * count + at] = data[at * info.channels + plane] ?? 0;
  return { ...size, pixels: planes, isColor: true };
}

/** What a printer without colour gets of it. */
export function inGrey(picture: FilmPicture): FilmPicture {
  if (!picture.isColor) return picture;
  const count = picture.columns * picture.rows;
  const grey = Buffer.alloc(count);
  const { pixels } = picture;
  for (let at = 0; at < count; at += 1)
    grey[at] = Math.round(
      0.299 * (pixels[at] ?? 0) + 0.587 * (pixels[count + at] ?? 0) + 0.114 * (pixels[2 * count + at] ?? 0),
    );
  return { ...picture, pixels: grey, isColor: false };
}
