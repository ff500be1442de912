// What two windows of one reading room tell each other over a BroadcastChannel: that they are there, which slice the
// reader went to, which point the crosshair marked. Read with limits: any page of the origin may speak there.
import type { Stack } from '../layout/follow-slice.ts';
import type { SlicePlane, Vector } from '../layout/planes.ts';

export type WindowRole = 'first' | 'second';

export type WindowMessage = { from: WindowRole } & (
  | { kind: 'hello' | 'here' | 'bye' }
  | { kind: 'slice'; series: string; index: number; count: number; planes: (SlicePlane | null)[] }
  | { kind: 'mark'; series: string; point: Vector; plane: SlicePlane }
);

const mostSlices = 50_000;

/** The slice on screen with the first and the last of its stack: enough to find the one beside it elsewhere. */
export function sliceMessage(from: WindowRole, series: string, { index, planes }: Stack): WindowMessage {
  const ends = [planes[0] ?? null, planes[index] ?? null, planes[planes.length - 1] ?? null];
  return { from, kind: 'slice', series, index, count: planes.length, planes: ends };
}

export function stackOfMessage(message: WindowMessage & { kind: 'slice' }): Stack {
  const { index, count, planes } = message;
  const all = Array.from({ length: count }, (): SlicePlane | null => null);
  all[0] = planes[0] ?? null;
  all[count - 1] = planes[2] ?? null;
  all[index] = planes[1] ?? null;
  return { index, planes: all };
}

export function readMessage(value: unknown): WindowMessage | null {
  if (!isRecord(value)) return null;
  const { from, kind } = value;
  if (from !== 'first' && from !== 'second') return null;
  if (kind === 'hello' || kind === 'here' || kind === 'bye') return { from, kind };
  const series = textOf(value.series);
  if (series === null) return null;
  if (kind === 'mark') {
    const point = vectorOf(value.point);
    const plane = planeOf(value.plane);
    return point === null || plane === null ? null : { from, kind, series, point, plane };
  }
  if (kind !== 'slice' || !Array.isArray(value.planes)) return null;
  const { index, count } = value;
  const isSane = isCount(index) && isCount(count) && count > 0 && count <= mostSlices && index < count;
  return isSane ? { from, kind, series, index, count, planes: value.planes.slice(0, 3).map(planeOf) } : null;
}

function planeOf(value: unknown): SlicePlane | null {
  if (!isRecord(value)) return null;
  const [origin, row, column, normal] = [value.origin, value.row, value.column, value.normal].map(vectorOf);
  const { spacingX, spacingY, columns, rows } = value;
  if (origin == null || row == null || column == null || normal == null) return null;
  if (!isNumber(spacingX) || !isNumber(spacingY) || !isCount(columns) || !isCount(rows)) return null;
  const frameOfReferenceUid = textOf(value.frameOfReferenceUid);
  return { frameOfReferenceUid, origin, row, column, normal, spacingX, spacingY, columns, rows };
}

function vectorOf(value: unknown): Vector | null {
  if (!Array.isArray(value)) return null;
  const [x, y, z]: unknown[] = value;
  return isNumber(x) && isNumber(y) && isNumber(z) ? [x, y, z] : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.length <= 64 ? value : null;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
