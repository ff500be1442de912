// Imports files, folders, ZIPs and media: every object goes through storeInstance, a few at a time so that they
// commit together. Callers: the command line (import.cli.ts) and the demo.
import { isAppError } from '../../errors.ts';
import { ecgAsObject } from './ecg/foreign-ecg.ts';
import { type ImportItem, planImport, reasonOf } from './import-sources.ts';
import { type StoreContext, storeInstance } from './store-instance.ts';
import type { StoreOutcome, StoreSource } from './store-outcome.ts';

export type ImportReport = {
  files: number;
  stored: number;
  duplicate: number;
  /** Strays in a folder or ZIP that are no DICOM objects. */
  skipped: number;
  /** Kept aside or not taken, with the reason; at most `mostListed` are listed, all are counted. */
  refused: { name: string; reason: string; keptAside: boolean }[];
  refusedCount: number;
};

export type ImportProgress = (done: number, total: number) => void;

const atOnce = 4;
const mostListed = 10_000;

const source: StoreSource = { kind: 'import', name: 'import', institutionId: null, onConflict: 'refuse' };

export async function importPaths(
  ctx: StoreContext,
  paths: readonly string[],
  options: { onProgress?: ImportProgress; signal?: AbortSignal } = {},
): Promise<ImportReport> {
  const plan = await planImport(paths);
  const report: ImportReport = {
    files: plan.items.length,
    stored: 0,
    duplicate: 0,
    skipped: 0,
    refused: [],
    refusedCount: 0,
  };
  for (const trouble of plan.troubles) refuse(report, trouble.name, trouble.reason, false);
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    for (let item = plan.items[next++]; item !== undefined; item = plan.items[next++]) {
      options.signal?.throwIfAborted();
      await importItem(ctx, item, report);
      done += 1;
      options.onProgress?.(done, plan.items.length);
    }
  };
  try {
    options.onProgress?.(0, plan.items.length);
    await Promise.all(Array.from({ length: atOnce }, lane));
  } finally {
    await plan.close();
  }
  return report;
}

async function importItem(ctx: StoreContext, item: ImportItem, report: ImportReport): Promise<void> {
  let outcome: StoreOutcome;
  try {
    outcome = await storeInstance(ctx, ecgAsObject(await item.open()), source);
  } catch (error) {
    // A full or absent store ends the import; a file that cannot be read does not.
    if (isAppError(error) && error.row.retry) throw error;
    refuse(report, item.name, isAppError(error) ? error.row.en : reasonOf(error), false);
    return;
  }
  count(report, item, outcome);
}

function count(report: ImportReport, item: ImportItem, outcome: StoreOutcome): void {
  switch (outcome.outcome) {
    case 'stored':
    case 'duplicate':
      report[outcome.outcome] += 1;
      return;
    case 'conflict':
      refuse(report, item.name, 'The same SOP Instance UID is stored with other content.', true);
      return;
    case 'refused':
      if (outcome.reason === 'dicomdir' || (outcome.reason === 'not-dicom' && !item.explicit))
        report.skipped += 1;
      else refuse(report, item.name, outcome.sentence, outcome.quarantineId !== null);
  }
}

function refuse(report: ImportReport, name: string, reason: string, keptAside: boolean): void {
  report.refusedCount += 1;
  if (report.refused.length < mostListed) report.refused.push({ name, reason, keptAside });
}
