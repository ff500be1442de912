// `yunying send STUDY NODE` and `yunying pull NODE --from … --to …`: queue the work for the running server and follow it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { recordAudit } from '../audit/index.ts';
import { listNodes, type NodeRow } from '../nodes/index.ts';
import { pullItem, sendItem } from './list-routing.ts';
import { getPull, startPull } from './pull.ts';
import { selectSend } from './repo.ts';
import { sendStudy } from './send-study.ts';

type Part = Pick<Context, 'db' | 'jobs' | 'clock'>;
export type WithContext = (run: (ctx: Part) => Promise<void>) => Promise<void>;
type PullOptions = { from?: string; to?: string; patient?: string; get?: boolean; detach?: boolean };

const lookMs = 1_000;

export function routingCommands(
  program: Command,
  withContext: WithContext,
  print: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
): void {
  program
    .command('send <study> <node>')
    .description('send a study (Study Instance UID) to a registered node')
    .option('--again', 'also what the node has confirmed before')
    .option('--commitment', 'ask the node to commit to what it took')
    .option('--detach', 'do not wait for the end')
    .action(
      (study: string, name: string, options: { again?: boolean; commitment?: boolean; detach?: boolean }) =>
        withContext(async (ctx) => {
          const node = await requireNode(ctx, name);
          const asked = {
            origin: 'command',
            again: options.again === true,
            wantsCommitment: options.commitment === true,
          } as const;
          const row = await sendStudy(ctx, node, study, asked);
          await audit(ctx, 'routing.send_asked', row.id, name, row.study_instance_uid);
          print(`queued: send ${row.id}`);
          if (options.detach !== true) await followSend(ctx, row.id, print);
        }),
    );
  program
    .command('pull <node>')
    .description('fetch from another archive what is missing here, by study date or for one patient')
    .option('--from <date>', 'first day, 2026-01-01')
    .option('--to <date>', 'last day; absent: the first day')
    .option('--patient <id>', 'one patient (Patient ID) instead of days')
    .option('--get', 'by C-GET on our association instead of C-MOVE to us')
    .option('--detach', 'do not wait for the end')
    .action((name: string, options: PullOptions) =>
      withContext(async (ctx) => {
        const node = await requireNode(ctx, name);
        const pull = await startPull(ctx, node, {
          method: options.get === true ? 'get' : 'move',
          from: dayOf(options.from),
          to: dayOf(options.to ?? options.from),
          patientId: options.patient ?? null,
        });
        await audit(ctx, 'routing.pull_started', pull.id, name);
        print(`queued: pull ${pull.id}`);
        if (options.detach !== true) await followPull(ctx, pull.id, print);
      }),
    );
}

async function followSend(ctx: Part, id: string, print: (line: string) => void): Promise<void> {
  let last = '';
  for (;;) {
    const row = await selectSend(ctx.db, id);
    if (row === undefined) throw new AppError('request.not_found');
    const item = await sendItem(ctx.db, row);
    const line = `${item.state}: ${item.sentCount} of ${item.instanceCount ?? '?'} sent, attempt ${item.attempts}${item.lastError === null ? '' : `, ${item.lastError}`}`;
    if (line !== last) print(line);
    last = line;
    if (item.state === 'sent') return;
    if (item.state === 'failed') throw new AppError('routing.refused', { open: item.failedCount });
    await sleep(lookMs);
  }
}

async function followPull(ctx: Part, id: string, print: (line: string) => void): Promise<void> {
  let last = '';
  for (;;) {
    const item = await pullItem(ctx.db, await getPull(ctx, id));
    const line = `${item.state}${item.nextDate === null ? '' : ` before ${item.nextDate}`}: ${item.studiesComplete} of ${item.studiesFound} studies complete, ${item.studiesFailed} failed, ${item.instancesFetched} instances fetched${item.lastError === null ? '' : `, ${item.lastError}`}`;
    if (line !== last) print(line);
    last = line;
    if (item.state === 'done' || item.state === 'stopped') return;
    if (item.state === 'failed') throw new AppError('routing.incomplete', { failed: item.studiesFailed });
    await sleep(lookMs);
  }
}

async function requireNode(ctx: Part, name: string): Promise<NodeRow> {
  const node = (await listNodes(ctx.db)).find((one) => one.kind === 'dicom' && one.name === name);
  if (node === undefined) throw new AppError('request.not_found', { reason: 'no DICOM node of this name' });
  return node;
}

function dayOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (!/^\d{4}-?\d{2}-?\d{2}$/.test(text)) throw new AppError('request.invalid', { field: 'date' });
  return text.replaceAll('-', '');
}

function audit(
  ctx: Part,
  event: string,
  objectId: string,
  node: string,
  studyInstanceUid?: string,
): Promise<void> {
  return recordAudit(ctx.db, {
    event,
    actor: { kind: 'system', id: 'command-line' },
    objectType: 'routing',
    objectId,
    studyInstanceUid,
    result: 'ok',
    detail: { node },
  });
}
