// Which row a key moves the choice to.

const pageRows = 10;

export function neighbourOf<T extends { id: string }>(
  items: readonly T[],
  chosen: string | null,
  key: string,
): T | null {
  const at = items.findIndex((item) => item.id === chosen);
  const last = items.length - 1;
  const targets: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at < 0 ? last : at - 1,
    PageDown: at + pageRows,
    PageUp: at - pageRows,
    Home: 0,
    End: last,
  };
  const target = targets[key];
  if (target === undefined || items.length === 0) return null;
  return items[Math.min(last, Math.max(0, target))] ?? null;
}
