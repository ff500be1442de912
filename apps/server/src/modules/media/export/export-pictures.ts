// Pictures to keep: made as the reader saw them (window, inversion, rotation), with or without who it is. Sheets of film are
// laid out in a worker thread.
import type { ExportedPicture, FilmSheetExport, PictureExport } from '@yunying/api';
import { type Dataset, getNumbers, getSequence } from '@yunying/dicom';
import type { FastifyRequest } from 'fastify';
import sharp from 'sharp';
import type { Context } from '../../../context.ts';
import { runInWorker } from '../../../documents/index.ts';
import { correctionsOf, getInstanceMetadata, readInstanceHead, requireLabel } from '../../archive/index.ts';
import { burnIn } from '../burn-in.ts';
import type { Finish } from '../finish-picture.ts';
import { type Located, locateInstance } from '../locate-instance.ts';
import { openFilm } from '../open-picture.ts';
import { pictureBody } from '../picture.ts';
import type { FilmSheetInput, SheetPicture } from './film-sheet-form.ts';

export type ExportContext = Pick<Context, 'db' | 'blobs' | 'codec' | 'config'>;

type Drawn = Pick<Finish, 'graphics' | 'words'>;

const longSidePx = 2048;
const sheetLongSidePx = 1600;
const task = new URL('./film-sheet.task.ts', import.meta.url);

export async function exportPicture(
  ctx: ExportContext,
  req: FastifyRequest,
  study: string,
  ask: PictureExport,
): Promise<Uint8Array> {
  const located = await locate(ctx, req, study, ask.picture);
  const corners = ask.identity ? await wordsOf(ctx, located, ask.picture, true) : undefined;
  return renderPicture(ctx, located, ask.picture, { format: ask.format, longSide: longSidePx, corners });
}

export async function exportFilmSheet(
  ctx: ExportContext,
  req: FastifyRequest,
  study: string,
  ask: FilmSheetExport,
  title: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const pictures: SheetPicture[] = [];
  let head: string[] = [];
  for (const picture of ask.pictures) {
    signal.throwIfAborted();
    const located = await locate(ctx, req, study, picture);
    if (ask.identity && head.length === 0) head = headOf(await wordsOf(ctx, located, picture, false));
    pictures.push(await sheetPicture(ctx, located, picture));
  }
  const { perSheet, trueSize } = ask;
  const input: FilmSheetInput = { title, madeAt: new Date(), head, perSheet, trueSize, pictures };
  return (await runInWorker(task, input, { timeoutMs: 60_000, heapMb: 512, signal })) as Uint8Array; // the task's own
}

async function locate(
  ctx: ExportContext,
  req: FastifyRequest,
  study: string,
  { seriesInstanceUid, sopInstanceUid }: ExportedPicture,
): Promise<Located> {
  const located = await locateInstance(ctx, { study, series: seriesInstanceUid, instance: sopInstanceUid });
  await requireLabel(ctx, req, located.instance);
  return located;
}

async function sheetPicture(
  ctx: ExportContext,
  located: Located,
  picture: ExportedPicture,
): Promise<SheetPicture> {
  const jpeg = await renderPicture(ctx, located, picture, {
    format: 'jpeg',
    longSide: sheetLongSidePx,
    corners: undefined,
  });
  const { width = 1, height = 1 } = await sharp(jpeg).metadata();
  const spacing = spacingOf(await readInstanceHead(ctx, located.instance), picture.frameNumber);
  const { rows, columns } = located.instance;
  const isTurned = picture.rotation === 90 || picture.rotation === 270;
  const size =
    spacing === null || rows === null || columns === null
      ? null
      : { across: columns * spacing.column, down: rows * spacing.row };
  return {
    jpeg,
    widthPx: width,
    heightPx: height,
    widthMm: size === null ? null : isTurned ? size.down : size.across,
    heightMm: size === null ? null : isTurned ? size.across : size.down,
    isAtDetector: spacing?.isAtDetector ?? false,
    caption: `${picture.frameNumber > 1 || located.instance.number_of_frames > 1 ? `#${picture.frameNumber}` : ''}`,
  };
}

/** As the reader saw it; never enlarged, but for words that have to be read in it. */
export async function renderPicture(
  ctx: ExportContext,
  located: Located,
  picture: ExportedPicture,
  how: { format: 'jpeg' | 'png'; longSide: number; corners: Finish['corners'] | undefined } & Drawn,
): Promise<Uint8Array> {
  const { window, invert, rotation, mirror, frameNumber } = picture;
  const finish: Finish = {
    ...(mirror === true ? { mirror } : {}),
    ...(rotation === undefined || rotation === 0 ? {} : { rotate: rotation }),
    ...(how.corners === undefined ? {} : { corners: how.corners }),
    ...(how.graphics === undefined ? {} : { graphics: how.graphics }),
    ...(how.words === undefined ? {} : { words: how.words }),
  };
  const isWritten = how.corners !== undefined || how.words !== undefined;
  const { rows, columns } = located.instance;
  const own = Math.max(rows ?? how.longSide, columns ?? how.longSide, isWritten ? 1024 : 1);
  const side = Math.min(how.longSide, own);
  const made = await openFilm(ctx, located, frameNumber, {
    format: how.format,
    viewport: { width: side, height: side },
    ...(how.format === 'jpeg' ? { quality: 92 } : {}),
    ...(window === undefined ? {} : { window }),
    ...(invert === true ? { invert } : {}),
    ...(Object.keys(finish).length === 0 ? {} : { finish }),
  });
  const body = await pictureBody(ctx, made);
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function wordsOf(
  ctx: ExportContext,
  { instance }: Located,
  picture: ExportedPicture,
  withTechnique: boolean,
): Promise<NonNullable<Finish['corners']>> {
  const corrections = await correctionsOf(ctx.db, [instance.id]);
  const json = await getInstanceMetadata(ctx, instance, corrections.get(instance.id));
  return burnIn(json, withTechnique ? ['patient', 'technique'] : ['patient'], {
    frame: picture.frameNumber,
    frames: instance.number_of_frames,
    window: picture.window,
  });
}

function headOf(corners: NonNullable<Finish['corners']>): string[] {
  const line = (words: readonly string[] | undefined) =>
    (words ?? []).filter((word) => word !== '').join('   ');
  return [line(corners['top-left']), line(corners['top-right'])];
}

/** Row spacing first (PS3.3 10.7.1.3). Of the body where it is known; else at the detector, which is said. */
export function spacingOf(
  dataset: Dataset,
  frameNumber: number,
): { row: number; column: number; isAtDetector: boolean } | null {
  const perFrame = getSequence(dataset, '52009230')[frameNumber - 1];
  const shared = getSequence(dataset, '52009229')[0];
  const holders = [perFrame, shared].flatMap((group) =>
    group === undefined ? [] : getSequence(group, '00289110'),
  );
  const found = [...holders, dataset].map((holder) => getNumbers(holder, 'PixelSpacing')).find(isPair);
  const atDetector = getNumbers(dataset, 'ImagerPixelSpacing');
  const [row = 0, column = 0] = found ?? (isPair(atDetector) ? atDetector : []);
  if (!(row > 0 && column > 0)) return null;
  const isProjection = isPair(atDetector) && atDetector[0] === row && atDetector[1] === column;
  return { row, column, isAtDetector: found === undefined || isProjection };
}

function isPair(values: readonly number[]): boolean {
  return values.length === 2 && values.every((value) => value > 0);
}
