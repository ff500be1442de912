// The figures of compression as the screen shows them: one row a modality and kind of saving, reasons of refusals apart.
import type { CompressionFigure } from '@yunying/api';

export const compressionKey = ['compression'] as const;

export type SavingRow = {
  key: string;
  modality: string;
  outcome: 'replaced' | 'previewed';
  objects: number;
  bytesBefore: number;
  bytesAfter: number;
  /** Of the original's bytes; previews come on top of it and save nothing in the store. */
  savedPercent: number | null;
};
export type RefusalRow = { key: string; reason: string; objects: number };

export function savingRows(figures: readonly CompressionFigure[]): SavingRow[] {
  const rows: SavingRow[] = [];
  for (const { modality, outcome, objects, bytesBefore, bytesAfter } of figures) {
    if (outcome !== 'replaced' && outcome !== 'previewed') continue;
    const saved = bytesBefore > 0 ? ((bytesBefore - bytesAfter) / bytesBefore) * 100 : null;
    const savedPercent = outcome === 'replaced' ? saved : null;
    rows.push({
      key: `${modality} ${outcome}`,
      modality,
      outcome,
      objects,
      bytesBefore,
      bytesAfter,
      savedPercent,
    });
  }
  return rows;
}

/** All modalities together, the most frequent first. */
export function refusalRows(figures: readonly CompressionFigure[]): RefusalRow[] {
  const byReason = new Map<string, number>();
  for (const { outcome, reason, objects } of figures)
    if (outcome === 'refused') byReason.set(reason, (byReason.get(reason) ?? 0) + objects);
  return [...byReason]
    .map(([reason, objects]) => ({ key: reason, reason, objects }))
    .sort((a, b) => b.objects - a.objects);
}
