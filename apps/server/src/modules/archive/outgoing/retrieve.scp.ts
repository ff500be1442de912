// C-MOVE and C-GET as SCP, Patient Root and Study Root (PS3.4 annex C.4.2, C.4.3; PS3.7 §9.1.3, §9.1.4). C-MOVE goes
// to registered nodes only; C-GET answers on the same association, for the SOP classes where the peer is the SCP.
// One audit row per study that left.
import { commandField, type Exchange, StatusError, status } from '@yunying/dimse';
import type { Context } from '../../../context.ts';
import { readJson } from '../../../dimse/dataset-json.ts';
import type { DimseCaller, DimseService } from '../../../dimse/dimse-service.ts';
import { nodeRights } from '../../access/index.ts';
import { recordAudit } from '../../audit/index.ts';
import { findDicomNode, type NodeRow, preferredSyntaxes, rulesOf } from '../../nodes/index.ts';
import { findObjects } from './find-objects.ts';
import type { ObjectRef } from './repo-outgoing.ts';
import { type RetrieveRoot, readRetrieveKeys } from './retrieve-keys.ts';
import { sendObjects } from './send-objects.ts';
import { sendToNode } from './send-to-node.ts';
import { SubOperations } from './sub-operations.ts';

export type RetrievePart = Pick<Context, 'db' | 'blobs' | 'codec' | 'config' | 'log'>;

const models: Record<string, { root: RetrieveRoot; operation: 'move' | 'get' }> = {
  '1.2.840.10008.5.1.4.1.2.1.2': { root: 'patient', operation: 'move' },
  '1.2.840.10008.5.1.4.1.2.2.2': { root: 'study', operation: 'move' },
  '1.2.840.10008.5.1.4.1.2.1.3': { root: 'patient', operation: 'get' },
  '1.2.840.10008.5.1.4.1.2.2.3': { root: 'study', operation: 'get' },
};

export function retrieveService(ctx: RetrievePart): DimseService {
  return {
    name: 'retrieve',
    sopClasses: Object.entries(models).map(([uid, { operation }]) => ({ uid, may: operation })),
    operations: {
      [commandField.cMoveRq]: (exchange, caller) => move(ctx, exchange, caller),
      [commandField.cGetRq]: (exchange, caller) => get(ctx, exchange, caller),
    },
  };
}

async function move(ctx: RetrievePart, exchange: Exchange, caller: DimseCaller): Promise<void> {
  const { level, refs } = await readAsk(ctx, exchange, caller, 'move');
  const aeTitle = exchange.command.moveDestination ?? '';
  const node = await findDestination(ctx, aeTitle);
  if (node === null) {
    await recordAudit(ctx.db, {
      ...whoAsked(caller, 'archive.retrieve_refused'),
      result: 'denied',
      resultCode: 'move-destination-unknown',
      detail: { destination: aeTitle },
    });
    throw new StatusError(status.moveDestinationUnknown, 'the move destination is not registered here');
  }
  const messageId = exchange.command.messageId ?? 0;
  await perform(
    ctx,
    exchange,
    caller,
    refs,
    { operation: 'move', level, destination: aeTitle },
    (sub, stop) =>
      sendToNode(ctx, node, refs, {
        stop,
        onOutcome: (outcome) => sub.note(outcome),
        moveOriginator: { aeTitle: caller.callingAe, messageId },
      }),
  );
}

async function get(ctx: RetrievePart, exchange: Exchange, caller: DimseCaller): Promise<void> {
  const { level, refs } = await readAsk(ctx, exchange, caller, 'get');
  const { association } = exchange;
  const providers = new Set(
    association.peerUserInformation.roles.filter((role) => role.scp).map((role) => role.sopClassUid),
  );
  const about = { operation: 'get', level, destination: caller.callingAe } as const;
  await perform(ctx, exchange, caller, refs, about, (sub, stop) =>
    sendObjects(ctx, association, refs, {
      stop,
      onOutcome: (outcome) => sub.note(outcome),
      mayStore: (sopClassUid) => providers.has(sopClassUid),
      preferred: caller.node === null ? [] : preferredSyntaxes(rulesOf(caller.node)),
    }),
  );
}

async function readAsk(
  ctx: RetrievePart,
  exchange: Exchange,
  caller: DimseCaller,
  operation: 'move' | 'get',
) {
  const model = models[exchange.context.abstractSyntax];
  if (model?.operation !== operation)
    throw new StatusError(status.sopClassNotSupported, 'the operation is not one of this SOP class');
  const { json } = await readJson(exchange.dataset, exchange.context.transferSyntax);
  const { level, ask } = readRetrieveKeys(json, model.root);
  const rights = await nodeRights(ctx.db, caller.node?.id ?? null, 'image.original');
  const refs = await findObjects(ctx.db, { ...ask, rights });
  if (refs === 'too-many')
    throw new StatusError(
      status.outOfResourcesUnableToCalculateMatches,
      'too many instances for one request',
    );
  return { level, refs };
}

/** A destination has an address, is enabled, and is one that we may send to. */
async function findDestination(ctx: RetrievePart, aeTitle: string): Promise<NodeRow | null> {
  if (aeTitle === '') return null;
  const node = await findDicomNode(ctx.db, aeTitle, null);
  if (node === null || node === 'disabled' || node.host === null || node.port === null) return null;
  return node.may.split(' ').includes('send') ? node : null;
}

type About = { operation: 'move' | 'get'; level: string; destination: string };

async function perform(
  ctx: RetrievePart,
  exchange: Exchange,
  caller: DimseCaller,
  refs: readonly ObjectRef[],
  about: About,
  send: (sub: SubOperations, stop: AbortSignal) => Promise<void>,
): Promise<void> {
  const sub = new SubOperations(exchange, refs);
  const { cancelSignal } = exchange;
  try {
    if (refs.length > 0 && !cancelSignal.aborted) {
      await send(sub, AbortSignal.any([cancelSignal, exchange.signal]));
    }
    const cancelled = cancelSignal.aborted && sub.counts.remaining > 0;
    if (!cancelled) sub.failRest(status.processingFailure, 'the object could not be sent');
    await audit(ctx, caller, sub, about);
    await sub.end(cancelled);
  } finally {
    sub.drop();
  }
}

async function audit(
  ctx: RetrievePart,
  caller: DimseCaller,
  sub: SubOperations,
  about: About,
): Promise<void> {
  for (const [studyInstanceUid, tally] of sub.byStudy) {
    const sent = tally.completed + tally.warning;
    await recordAudit(ctx.db, {
      ...whoAsked(caller, 'archive.study_retrieved'),
      objectType: 'study',
      objectId: studyInstanceUid,
      studyInstanceUid,
      result: sent > 0 ? 'ok' : 'error',
      detail: { ...about, ...tally },
    });
  }
}

function whoAsked(caller: DimseCaller, event: string) {
  const { callingAe, address } = caller;
  return { event, actor: { kind: 'node', id: callingAe, device: callingAe, address } } as const;
}
