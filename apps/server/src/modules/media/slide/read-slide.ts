// What a whole slide image object says of itself (PS3.3 A.32.8, C.7.6.17, C.8.12.4): how large the level is, how its
// tiles lie, which of its frames is which tile, and whether the label is in the picture. Pure: data set in, facts out.
import type { SlideImage } from '@yunying/api';
import { type Dataset, getNumber, getNumbers, getSequence, getString, getStrings } from '@yunying/dicom';

const baselineJpeg = '1.2.840.10008.1.2.4.50';
const mostSidePx = 2 ** 22;
const mostTiles = 1_000_000;
const mostPaths = 32;

export class SlideError extends Error {}

export type SlideObject = {
  sopInstanceUid: string;
  transferSyntaxUid: string;
  numberOfFrames: number;
};

export function readSlideImage(dataset: Dataset, object: SlideObject): SlideImage {
  const tileColumns = size('Columns', getNumber(dataset, 'Columns'));
  const tileRows = size('Rows', getNumber(dataset, 'Rows'));
  const columns = size('TotalPixelMatrixColumns', getNumber(dataset, '00480006') ?? tileColumns);
  const rows = size('TotalPixelMatrixRows', getNumber(dataset, '00480007') ?? tileRows);
  const grid = { x: Math.ceil(columns / tileColumns), y: Math.ceil(rows / tileRows) };
  if (grid.x * grid.y > mostTiles) throw new SlideError('more than a million tiles');
  const opticalPaths = readPaths(dataset);
  const isSparse = getString(dataset, '00209311') !== 'TILED_FULL' && object.numberOfFrames > 1;
  const focalPlanes = isSparse ? 1 : Math.max(1, getNumber(dataset, '00480303') ?? 1);
  return {
    sopInstanceUid: object.sopInstanceUid,
    flavor: flavorOf(dataset),
    columns,
    rows,
    tileColumns,
    tileRows,
    pixelMm: pixelMm(dataset, columns, rows),
    tileForm: isShownByBrowsers(dataset, object.transferSyntaxUid) ? 'jpeg' : 'rendered',
    opticalPaths,
    focalPlanes,
    tiles: isSparse ? sparseTiles(dataset, { tileColumns, tileRows, grid, opticalPaths }) : null,
  };
}

function flavorOf(dataset: Dataset): SlideImage['flavor'] {
  const flavor = getStrings(dataset, 'ImageType')[2];
  return flavor === 'LABEL' || flavor === 'OVERVIEW' || flavor === 'THUMBNAIL' ? flavor : 'VOLUME';
}

/** A JPEG without markers of its own is taken for YCbCr by browsers: only what is so may go out as it is. */
function isShownByBrowsers(dataset: Dataset, transferSyntaxUid: string): boolean {
  const photometric = getString(dataset, 'PhotometricInterpretation') ?? '';
  return (
    transferSyntaxUid === baselineJpeg &&
    (photometric === 'YBR_FULL_422' || photometric === 'YBR_FULL' || photometric === 'MONOCHROME2')
  );
}

function readPaths(dataset: Dataset): SlideImage['opticalPaths'] {
  const items = getSequence(dataset, '00480105').slice(0, mostPaths);
  const paths = items.map((item, index) => {
    const id = (getString(item, '00480106') ?? String(index + 1)).slice(0, 16);
    return { id, name: (getString(item, '00480107') ?? id).slice(0, 64) };
  });
  return paths.length > 0 ? paths : [{ id: '1', name: '' }];
}

function pixelMm(dataset: Dataset, columns: number, rows: number): { x: number; y: number } | null {
  const shared = getSequence(dataset, '52009229')[0];
  const measures = shared === undefined ? undefined : getSequence(shared, '00289110')[0];
  const [y, x] = getNumbers(measures ?? dataset, 'PixelSpacing');
  if (isLength(x) && isLength(y)) return { x, y };
  const width = getNumber(dataset, '00480001');
  const height = getNumber(dataset, '00480002');
  return isLength(width) && isLength(height) ? { x: width / columns, y: height / rows } : null;
}

type Grid = {
  tileColumns: number;
  tileRows: number;
  grid: { x: number; y: number };
  opticalPaths: SlideImage['opticalPaths'];
};

/** Positions are counted from 1. Of several focal planes at one place the first is kept. */
function sparseTiles(dataset: Dataset, { tileColumns, tileRows, grid, opticalPaths }: Grid): number[][] {
  const table = opticalPaths.map(() => new Array<number>(grid.x * grid.y).fill(0));
  for (const [index, item] of getSequence(dataset, '52009230').entries()) {
    const position = getSequence(item, '0048021A')[0];
    const column = position === undefined ? null : getNumber(position, '0048021E');
    const row = position === undefined ? null : getNumber(position, '0048021F');
    if (column === null || row === null)
      throw new SlideError(`frame ${index + 1} has no position on the slide`);
    const at = { x: (column - 1) / tileColumns, y: (row - 1) / tileRows };
    if (!Number.isInteger(at.x) || !Number.isInteger(at.y))
      throw new SlideError(`frame ${index + 1} does not lie on the grid of tiles`);
    if (at.x < 0 || at.y < 0 || at.x >= grid.x || at.y >= grid.y)
      throw new SlideError(`frame ${index + 1} lies outside the slide`);
    const path = getSequence(item, '00480207')[0];
    const id = path === undefined ? null : getString(path, '00480106');
    const tiles =
      table[
        Math.max(
          0,
          opticalPaths.findIndex((one) => one.id === id),
        )
      ];
    const place = at.y * grid.x + at.x;
    if (tiles !== undefined && tiles[place] === 0) tiles[place] = index + 1;
  }
  return table;
}

function size(name: string, value: number | null): number {
  if (value === null || !Number.isInteger(value) || value < 1 || value > mostSidePx)
    throw new SlideError(`${name} is no size of a picture`);
  return value;
}

function isLength(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value) && value > 0 && value < 1e4;
}

/** The frame of a tile, 0 where there is none. TILED_FULL counts tiles, then focal planes, then optical paths. */
export function frameOfTile(image: SlideImage, path: number, x: number, y: number): number {
  const across = Math.ceil(image.columns / image.tileColumns);
  const down = Math.ceil(image.rows / image.tileRows);
  const place = y * across + x;
  if (image.tiles !== null) return image.tiles[path]?.[place] ?? 0;
  const plane = Math.floor((image.focalPlanes - 1) / 2);
  return (path * image.focalPlanes + plane) * across * down + place + 1;
}
