// A hanging protocol asks for more viewports than a small study fills: rows and columns without any picture go, so that
// two series of ultrasound are not shown half as large as they could be.

export type ShrunkGrid<T> = { rows: number; columns: number; cells: (T | null)[] };

export function shrinkGrid<T>(
  { rows, columns }: { rows: number; columns: number },
  cells: readonly (T | null)[],
): ShrunkGrid<T> {
  const at = (row: number, column: number): T | null => cells[row * columns + column] ?? null;
  const count = (length: number) => Array.from({ length }, (_, index) => index);
  const keptRows = count(rows).filter((row) => count(columns).some((column) => at(row, column) !== null));
  const keptColumns = count(columns).filter((column) => count(rows).some((row) => at(row, column) !== null));
  if (keptRows.length === 0) return { rows, columns, cells: [...cells] };
  return {
    rows: keptRows.length,
    columns: keptColumns.length,
    cells: keptRows.flatMap((row) => keptColumns.map((column) => at(row, column))),
  };
}
