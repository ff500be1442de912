// Storage Commitment Push Model (PS3.4 annex J): N-ACTION as SCP, and N-EVENT-REPORT as the SCU that asked a node
// before and is answered on an association the node opens.
import { commandField, type Exchange, StatusError, status } from '@yunying/dimse';
import type { Context } from '../../../context.ts';
import { readJson } from '../../../dimse/dataset-json.ts';
import type { DimseCaller, DimseService } from '../../../dimse/dimse-service.ts';
import { recordAudit } from '../../audit/index.ts';
import { receiveReport } from './receive-report.ts';
import { receiveRequest, reportSoon } from './receive-request.ts';
import { commitmentSopClass, commitmentSopInstance, readRequest } from './references.ts';
import { reportOnAssociation } from './report-commitment.ts';

type Part = Pick<Context, 'db' | 'blobs' | 'jobs' | 'config' | 'log' | 'clock'>;

const limitBytes = 32 * 1024 * 1024;
const requestAction = 1;
/** Most peers release at once; an event in the face of their release would cost the association. */
const releaseGraceMs = 400;

export function commitmentService(ctx: Part): DimseService {
  const reporting = new Set<Promise<void>>();
  const reportAfterwards = (id: string, exchange: Exchange) => {
    const report = reportHere(ctx, id, exchange).finally(() => reporting.delete(report));
    reporting.add(report);
  };
  return {
    name: 'storage commitment',
    sopClasses: [{ uid: commitmentSopClass, may: 'commit' }],
    operations: {
      [commandField.nActionRq]: (exchange, caller) => takeRequest(ctx, exchange, caller, reportAfterwards),
      [commandField.nEventReportRq]: (exchange, caller) => takeReport(ctx, exchange, caller),
    },
    whenEnded: async () => {
      await Promise.all(reporting);
    },
  };
}

async function takeRequest(
  ctx: Part,
  exchange: Exchange,
  caller: DimseCaller,
  reportAfterwards: (id: string, exchange: Exchange) => void,
): Promise<void> {
  const { command, context } = exchange;
  if (command.requestedSopInstanceUid !== commitmentSopInstance)
    throw new StatusError(status.noSuchObjectInstance, 'not the storage commitment SOP instance');
  if (command.actionTypeId !== requestAction)
    throw new StatusError(status.noSuchActionType, 'the only action is 1, request storage commitment');
  const { json } = await readJson(exchange.dataset, context.transferSyntax, limitBytes);
  const request = readRequest(json);
  const from = { aeTitle: caller.callingAe, nodeId: caller.node?.id ?? null };
  const id = await receiveRequest(ctx, request, from);
  await recordAudit(ctx.db, {
    event: 'archive.commitment_requested',
    actor: { kind: 'node', id: caller.callingAe, device: caller.callingAe, address: caller.address },
    objectType: 'commitment',
    objectId: request.transactionUid,
    result: 'ok',
    detail: { instances: request.instances.length },
  });
  await exchange.respond({ status: status.success, actionTypeId: requestAction });
  // Not awaited: the peer may go on, or go away; the job answers then.
  reportAfterwards(id, exchange);
}

async function reportHere(ctx: Part, id: string, exchange: Exchange): Promise<void> {
  const { association, context } = exchange;
  try {
    await new Promise((resolve) => setTimeout(resolve, releaseGraceMs));
    if (!association.signal.aborted) {
      const way = { association, contextId: context.id, transferSyntax: context.transferSyntax };
      await reportOnAssociation(ctx, id, way);
      return;
    }
  } catch (error) {
    ctx.log.info({ event: 'archive.commitment_report_later', callingAe: association.callingAe, error });
  }
  await reportSoon(ctx, id).catch((error: unknown) =>
    ctx.log.warn({ event: 'archive.commitment_report_later', error }),
  );
}

async function takeReport(ctx: Part, exchange: Exchange, caller: DimseCaller): Promise<void> {
  const { command, context } = exchange;
  if (command.eventTypeId !== 1 && command.eventTypeId !== 2)
    throw new StatusError(status.noSuchEventType, 'events are 1, all committed, and 2, failures exist');
  const { json } = await readJson(exchange.dataset, context.transferSyntax, limitBytes);
  await receiveReport(ctx, json, caller.callingAe);
  await exchange.respond({ status: status.success, eventTypeId: command.eventTypeId });
}
