// What the film sheet's worker task is given; and how large a picture may be shown. Pure.
export type SheetPicture = {
  jpeg: Uint8Array;
  /** Of the picture as it lies, turned already. */
  widthPx: number;
  heightPx: number;
  /** Of the body; null when spacing is not known. */
  widthMm: number | null;
  heightMm: number | null;
  /** 'at detector' sizes are said to be so. */
  isAtDetector: boolean;
  caption: string;
};
export type FilmSheetInput = {
  title: string;
  madeAt: Date;
  /** Two lines above every sheet; empty without identity. */
  head: string[];
  perSheet: number;
  trueSize: boolean;
  pictures: SheetPicture[];
};

const grids: Record<number, { columns: number; rows: number }> = {
  1: { columns: 1, rows: 1 },
  2: { columns: 1, rows: 2 },
  4: { columns: 2, rows: 2 },
  6: { columns: 2, rows: 3 },
  9: { columns: 3, rows: 3 },
  12: { columns: 3, rows: 4 },
};

export function gridOf(perSheet: number): { columns: number; rows: number } {
  return grids[perSheet] ?? { columns: 1, rows: 1 };
}

/** Size on paper, and paper millimetres per body millimetre (null: not known). */
export function placeIn(
  picture: Pick<SheetPicture, 'widthPx' | 'heightPx' | 'widthMm' | 'heightMm'>,
  cell: { width: number; height: number },
  trueSize: boolean,
): { width: number; height: number; scale: number | null } {
  const { widthMm, heightMm } = picture;
  const known = widthMm !== null && heightMm !== null && widthMm > 0 && heightMm > 0;
  const shape = known
    ? { width: widthMm, height: heightMm }
    : { width: picture.widthPx, height: picture.heightPx };
  const fit = Math.min(cell.width / shape.width, cell.height / shape.height);
  const factor = known && trueSize && fit >= 1 ? 1 : fit;
  return { width: shape.width * factor, height: shape.height * factor, scale: known ? factor : null };
}
