// `yunying worklist <node>`: what a node has planned, as a modality would see it. Prints ids and times, no names.
import type { Command } from 'commander';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { recordAudit } from '../../audit/index.ts';
import { listNodes } from '../../nodes/index.ts';
import { askWorklist, type WorklistEntry } from './ask-worklist.ts';
import { toDa, toTm } from './wall-clock.ts';

type WithContext = (run: (ctx: Pick<Context, 'db' | 'config'>) => Promise<void>) => Promise<void>;
type Options = { date?: string; modality?: string; station?: string };

const limitMs = 60_000;

export function worklistCommands(
  program: Command,
  withContext: WithContext,
  print: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
): void {
  program
    .command('worklist <node>')
    .description('ask a registered node for its modality worklist')
    .option('--date <range>', 'YYYYMMDD, or a range YYYYMMDD-YYYYMMDD')
    .option('--modality <code>', 'e.g. CT')
    .option('--station <aeTitle>', 'scheduled station AE title')
    .action((name: string, options: Options) =>
      withContext(async (ctx) => {
        const node = (await listNodes(ctx.db)).find((one) => one.kind === 'dicom' && one.name === name);
        if (node === undefined)
          throw new AppError('request.not_found', { reason: 'no DICOM node of this name' });
        const { date, modality, station } = options;
        const { entries, isCut } = await askWorklist(
          ctx,
          node,
          {
            ...(date === undefined ? {} : { date }),
            ...(modality === undefined ? {} : { modality }),
            ...(station === undefined ? {} : { stationAeTitle: station }),
          },
          { signal: AbortSignal.timeout(limitMs) },
        );
        await recordAudit(ctx.db, {
          event: 'orders.worklist_asked',
          actor: { kind: 'system' },
          objectType: 'node',
          objectId: node.id,
          result: 'ok',
          detail: { items: entries.length },
        });
        for (const entry of entries) print(describe(entry));
        print(`${entries.length} items${isCut ? ', and more' : ''}`);
      }),
    );
}

function describe(entry: WorklistEntry): string {
  const at = entry.scheduledAt === null ? '-' : `${toDa(entry.scheduledAt)} ${toTm(entry.scheduledAt)}`;
  return [at, entry.modality, entry.stationAeTitle, entry.accessionNumber, entry.studyInstanceUid]
    .map((text) => text ?? '-')
    .join('  ');
}
