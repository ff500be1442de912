// What a presentation state lays over the picture: shutters (PS3.3 C.7.6.11, C.7.6.15) and overlay planes (C.9.2), in
// image pixels. What is outside of any shutter is covered; a bitmap shutter is an overlay that covers.
import type { Point } from '../../geometry/affine.ts';
import { binaryOf, type JsonItem, numberOf, numbersOf, textOf, textsOf } from '../../geometry/dicom-json.ts';
import { cielabToCss } from './cielab.ts';

export type Shutter = {
  /** Outlines of what may be seen; more than one: what lies in all of them. */
  openings: Point[][];
  color: string;
};

/** A bit per pixel, packed as it came. */
export type OverlayPlane = {
  left: number;
  top: number;
  columns: number;
  rows: number;
  bits: Uint8Array;
  color: string;
  isShutter: boolean;
};

export type Cover = { shutter: Shutter | null; overlays: OverlayPlane[] };

const mostPixels = 64 * 1024 ** 2;
const roundSteps = 96;

export function readCover(json: JsonItem, layerColors: ReadonlyMap<string, string | null>): Cover {
  const shapes = textsOf(json, '00181600') ?? [];
  const openings = [
    ...(shapes.includes('RECTANGULAR') ? rectangle(json) : []),
    ...(shapes.includes('CIRCULAR') ? circle(json) : []),
    ...(shapes.includes('POLYGONAL') ? polygon(json) : []),
  ];
  const color = colorOf(json);
  const shutterGroup = shapes.includes('BITMAP') ? numberOf(json, '00181623') : null;
  const overlays: OverlayPlane[] = [];
  for (let group = 0x6000; group <= 0x601e; group += 2) {
    const isShutter = group === shutterGroup;
    const layer = textOf(json, `${hex(group)}1001`);
    // Planes that no layer activates are kept for others (C.11.7).
    if (!isShutter && layer === null) continue;
    const plane = readPlane(json, hex(group));
    if (plane === null) continue;
    overlays.push({
      ...plane,
      isShutter,
      color: isShutter ? color : (layerColors.get(layer ?? '') ?? '#ffd84d'),
    });
  }
  return { shutter: openings.length === 0 ? null : { openings, color }, overlays };
}

/** Shutter Presentation Value is a P-value of 16 bits; the colour goes before it where there is one. */
function colorOf(json: JsonItem): string {
  const lab = cielabToCss(numbersOf(json, '00181624'));
  if (lab !== null) return lab;
  const grey = Math.round(Math.min(65535, Math.max(0, numberOf(json, '00181622') ?? 0)) / 257);
  return `rgb(${grey} ${grey} ${grey})`;
}

/** The edges named are the first and last that are seen; counted from 1. */
function rectangle(json: JsonItem): Point[][] {
  const [left, right, upper, lower] = ['00181602', '00181604', '00181606', '00181608'].map((tag) =>
    numberOf(json, tag),
  );
  if (left == null || right == null || upper == null || lower == null) return [];
  const [x0, x1, y0, y1] = [left - 1.5, right - 0.5, upper - 1.5, lower - 0.5];
  return [
    [
      { x: x0, y: y0 },
      { x: x1, y: y0 },
      { x: x1, y: y1 },
      { x: x0, y: y1 },
    ],
  ];
}

/** Centre as row and column. */
function circle(json: JsonItem): Point[][] {
  const [row, column] = numbersOf(json, '00181610') ?? [];
  const radius = numberOf(json, '00181612');
  if (row === undefined || column === undefined || radius === null || radius <= 0) return [];
  return [
    Array.from({ length: roundSteps }, (_, step) => {
      const angle = (step / roundSteps) * 2 * Math.PI;
      return { x: column - 1 + radius * Math.cos(angle), y: row - 1 + radius * Math.sin(angle) };
    }),
  ];
}

/** Vertices as row and column. */
function polygon(json: JsonItem): Point[][] {
  const flat = numbersOf(json, '00181620') ?? [];
  const points: Point[] = [];
  for (let at = 0; at + 1 < flat.length && at < 4096; at += 2)
    points.push({ x: (flat[at + 1] ?? 0) - 1, y: (flat[at] ?? 0) - 1 });
  return points.length < 3 ? [] : [points];
}

type Plane = Pick<OverlayPlane, 'left' | 'top' | 'columns' | 'rows' | 'bits'>;

function readPlane(json: JsonItem, group: string): Plane | null {
  const rows = numberOf(json, `${group}0010`) ?? 0;
  const columns = numberOf(json, `${group}0011`) ?? 0;
  const [top = 1, left = 1] = numbersOf(json, `${group}0050`) ?? [];
  const source = binaryOf(json, `${group}3000`);
  if (!(rows > 0 && columns > 0) || rows * columns > mostPixels || source?.kind !== 'inline') return null;
  const bits = Uint8Array.from(atob(source.base64), (letter) => letter.charCodeAt(0));
  if (bits.length < Math.ceil((rows * columns) / 8)) return null;
  return { left: left - 1, top: top - 1, columns, rows, bits };
}

function hex(group: number): string {
  return group.toString(16).toUpperCase();
}
