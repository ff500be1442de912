// `yunying import PATH…`: folders, ZIPs, DICOMDIR media and single files, with a progress bar on a terminal and a
// summary at the end. The exit code is not zero when something was refused.
import cliProgress from 'cli-progress';
import type { Command } from 'commander';
import { type ImportReport, importPaths } from './import-files.ts';
import type { StoreContext } from './store-instance.ts';

/** Opens database, store and configuration for one command, and closes them after it. */
export type WithContext = (run: (ctx: StoreContext) => Promise<void>) => Promise<void>;
type Streams = { print(line: string): void; progress: NodeJS.WritableStream | null; fail(): void };

const mostShown = 50;

const terminal: Streams = {
  print: (line) => process.stdout.write(`${line}\n`),
  progress: process.stderr.isTTY ? process.stderr : null,
  fail: () => {
    process.exitCode = 1;
  },
};

export function importCommand(program: Command, withContext: WithContext, streams: Streams = terminal): void {
  program
    .command('import <paths...>')
    .description('store DICOM files from folders, ZIPs, DICOMDIR media or single files')
    .option('--all', 'list every refused file, not only the first fifty')
    .action((paths: string[], options: { all?: boolean }) =>
      withContext(async (ctx) => {
        const report = await withBar(streams, (onProgress) => importPaths(ctx, paths, { onProgress }));
        for (const line of summary(report, options.all === true ? report.refused.length : mostShown))
          streams.print(line);
        if (report.refusedCount > 0) streams.fail();
      }),
    );
}

async function withBar(
  { progress }: Streams,
  work: (onProgress: (done: number, total: number) => void) => Promise<ImportReport>,
): Promise<ImportReport> {
  if (progress === null) return work(() => {});
  const bar = new cliProgress.SingleBar({
    format: 'import {bar} {percentage}% {value}/{total} files, {eta_formatted} left',
    stream: progress,
    hideCursor: true,
  });
  bar.start(0, 0);
  try {
    return await work((done, total) => {
      bar.setTotal(total);
      bar.update(done);
    });
  } finally {
    bar.stop();
  }
}

export function summary(report: ImportReport, listed: number): string[] {
  const aside = report.refused.filter((one) => one.keptAside).length;
  const lines = [
    ['stored', report.stored],
    ['already there', report.duplicate],
    ['skipped, not DICOM', report.skipped],
    ['kept aside', aside],
    ['not taken', report.refusedCount - aside],
  ].map(([what, count]) => `${String(what).padEnd(20)}${String(count).padStart(9)}`);
  const shown = report.refused.slice(0, listed).map(({ name, reason }) => `  ${name}: ${reason}`);
  const more = report.refusedCount - shown.length;
  return [...lines, ...shown, ...(more > 0 ? [`  and ${more} more`] : [])];
}
