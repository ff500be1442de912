// Layouts by rows and columns: which a screen may have, their names, and the order in which F goes through them.
import type { LayoutName } from '../types.ts';

export type Grid = { rows: number; columns: number };

export const mostRows = 4;
export const mostColumns = 4;

export function gridOf(layout: LayoutName): Grid {
  const [rows, columns] = layout.split('x').map(Number);
  return { rows: rows ?? 1, columns: columns ?? 1 };
}

/** The layout of that many rows and columns, never beyond 4×4. */
export function layoutOf({ rows, columns }: Grid): LayoutName {
  const name = `${within(rows, mostRows)}x${within(columns, mostColumns)}`;
  return isLayout(name) ? name : '1x1';
}

export function isLayout(text: unknown): text is LayoutName {
  return typeof text === 'string' && /^[1-4]x[1-4]$/.test(text);
}

export function paneCount(layout: LayoutName): number {
  const { rows, columns } = gridOf(layout);
  return rows * columns;
}

/** Viewports a screen has room for: one on phones, two on upright tablets, sixteen on desks. */
export function mostPanes(screen: 'phone' | 'desktop', width: number): number {
  if (screen === 'phone') return 1;
  return width > 0 && width < 1000 ? 2 : mostRows * mostColumns;
}

/** The wanted layout, or the nearest smaller one that the screen has room for. */
export function fitLayout(layout: LayoutName, most: number): LayoutName {
  let { rows, columns } = gridOf(layout);
  while (rows * columns > Math.max(1, most)) {
    if (columns >= rows) columns -= 1;
    else rows -= 1;
  }
  return layoutOf({ rows, columns });
}

const usual: readonly LayoutName[] = ['1x1', '1x2', '2x1', '2x2', '2x3', '3x3', '4x4'];

export function nextLayout(layout: LayoutName, most: number): LayoutName {
  const possible = usual.filter((one) => paneCount(one) <= most);
  return possible[(possible.indexOf(layout) + 1) % possible.length] ?? '1x1';
}

/** The viewport beside another one, in reading order; null at the rim. */
export function neighbourPane(at: number, grid: Grid, right: number, down: number): number | null {
  const column = (at % grid.columns) + right;
  const row = Math.floor(at / grid.columns) + down;
  if (column < 0 || column >= grid.columns || row < 0 || row >= grid.rows) return null;
  return row * grid.columns + column;
}

function within(value: number, most: number): number {
  return Math.min(most, Math.max(1, Math.round(value)));
}
