// C-STORE of stored instances over an open association (PS3.4 annex B; sub-operations of C-MOVE and C-GET, annex C):
// each in the syntax it has when the peer took that, else transcoded. Several are opened ahead, and as many are in
// flight as the asynchronous operations window allows; memory is bounded by the number opened, not by the study.
import type { Changes } from '@yunying/dicom';
import { explicitVrLittleEndian, implicitVrLittleEndian, transferSyntax } from '@yunying/dicom';
import {
  type Association,
  type ContextProposal,
  maxProposedContexts,
  status,
  statusCategory,
} from '@yunying/dimse';
import type { Context } from '../../../context.ts';
import { isAppError } from '../../../errors.ts';
import type { PlacedInstance } from '../archive-types.ts';
import { giveMemory, takeMemory } from './lane-memory.ts';
import { type Outgoing, type OutgoingOptions, openOutgoing } from './open-outgoing.ts';
import { correctionsOf, mayTranscode } from './outgoing-parts.ts';
import { type ObjectRef, selectPlaced } from './repo-outgoing.ts';

export type SendPart = Pick<Context, 'db' | 'blobs' | 'codec'>;
export type SentOutcome = {
  ref: ObjectRef;
  kind: 'completed' | 'warning' | 'failed';
  status: number;
  comment: string;
};

export type SendOptions = {
  /** No further object is begun; those under way end as usual. */
  stop: AbortSignal;
  onOutcome: (outcome: SentOutcome) => void;
  /** Contexts that may be used: for C-GET those where the peer is the SCP. Default all. */
  mayStore?: (sopClassUid: string) => boolean;
  /** A rule allows objects compressed with loss, so much, where the receiver takes nothing else; default never. */
  lossyRatio?: number | null;
  moveOriginator?: { aeTitle: string; messageId: number };
  /** Syntaxes to send in where the peer took them, in order; else as received or the cheapest. */
  preferred?: readonly string[];
  /** The node could not be reached, or refused the association. */
  onUnreachable?: (reason: string) => void;
};

export const storeWindow = 8;
const lanes = storeWindow;
const rowsAtOnce = 64;
const noCorrections: ReadonlyMap<string, Changes> = new Map();

type Ready = { ref: ObjectRef; instance: PlacedInstance | null; corrections: ReadonlyMap<string, Changes> };

/** Ends when all are sent, on `stop`, or with the association. What has no outcome then was not sent. */
export async function sendObjects(
  ctx: SendPart,
  association: Association,
  refs: readonly ObjectRef[],
  options: SendOptions,
): Promise<void> {
  const rows = readyObjects(ctx, refs);
  const lane = async () => {
    while (!options.stop.aborted && !association.signal.aborted) {
      const next = await rows.next();
      if (next.done === true) return;
      options.onOutcome(await sendOne(ctx, association, next.value, options));
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, refs.length) }, lane));
}

/** The rows of the next batch are read while the objects of this one are sent; the first is small, to begin at once. */
async function* readyObjects(ctx: SendPart, refs: readonly ObjectRef[]): AsyncGenerator<Ready, void> {
  let next = readBatch(ctx, refs.slice(0, lanes));
  for (let at = 0; at < refs.length; ) {
    const { batch, rows, corrections } = await next;
    at += batch.length;
    next = readBatch(ctx, refs.slice(at, at + rowsAtOnce));
    next.catch(() => {}); // thrown where it is awaited, if anybody gets there
    for (const ref of batch) yield { ref, instance: rows.get(ref.id) ?? null, corrections };
  }
}

async function readBatch(ctx: SendPart, batch: readonly ObjectRef[]) {
  const ids = batch.map((ref) => ref.id);
  if (ids.length === 0) return { batch, rows: new Map<string, PlacedInstance>(), corrections: noCorrections };
  const [rows, corrections] = await Promise.all([selectPlaced(ctx.db, ids), correctionsOf(ctx.db, ids)]);
  return { batch, rows: new Map(rows.map((row) => [row.id, row])), corrections };
}

async function sendOne(
  ctx: SendPart,
  association: Association,
  { ref, instance, corrections }: Ready,
  options: SendOptions,
): Promise<SentOutcome> {
  const failed = (code: number, comment: string): SentOutcome => ({
    ref,
    kind: 'failed',
    status: code,
    comment,
  });
  if (instance === null) return failed(status.noSuchObjectInstance, 'the instance is not here any more');
  const accepted =
    options.mayStore?.(ref.sopClassUid) === false ? [] : acceptedSyntaxes(association, ref.sopClassUid);
  if (accepted.length === 0) return failed(status.sopClassNotSupported, 'the SOP class was not accepted');
  try {
    const into = takeMemory(Number(instance.size_bytes));
    const how = {
      corrections,
      lossyRatio: options.lossyRatio ?? null,
      ...(into === undefined ? {} : { into }),
    };
    const best = bestSyntax(instance.transfer_syntax_uid, accepted, options.preferred ?? []);
    const outgoing = best === null ? null : await openIfPossible(ctx, instance, best, how);
    const { transferSyntaxUid, sopInstanceUid, dataset } =
      outgoing ?? (await openOutgoing(ctx, instance, accepted, how));
    const answer = await association.store({
      sopClassUid: ref.sopClassUid,
      sopInstanceUid,
      transferSyntaxUid,
      dataset,
      ...(options.moveOriginator !== undefined && { moveOriginator: options.moveOriginator }),
    });
    const category = statusCategory(answer.status);
    // Only what has left: a peer that answers early must not be sent the next object's bytes in this one's place.
    if (category === 'success' && !association.writePending) giveMemory(into);
    const kind = category === 'success' ? 'completed' : category === 'warning' ? 'warning' : 'failed';
    return { ref, kind, status: answer.status, comment: answer.errorComment };
  } catch (error) {
    if (isAppError(error)) return failed(error.row.dimse, error.code);
    const reason = error instanceof Error ? error.message : 'failed';
    return failed(status.processingFailure, reason.slice(0, 200));
  }
}

/** What the peer took for a class, cheapest to make first. A lossy syntax is only sent when the object has it. */
function acceptedSyntaxes(association: Association, sopClassUid: string): string[] {
  const syntaxes = [...association.contexts.values()]
    .filter((context) => context.abstractSyntax === sopClassUid)
    .map((context) => context.transferSyntax);
  return syntaxes.sort((a, b) => cost(a) - cost(b));
}

/** Of the preferred syntaxes; null: as without a preference. What is lossy is not compressed anew: it would grow. */
function bestSyntax(from: string, accepted: readonly string[], preferred: readonly string[]): string | null {
  const isPlain = (uid: string) => uid === explicitVrLittleEndian || uid === implicitVrLittleEndian;
  const isLossy = transferSyntax(from)?.lossy !== false;
  const wanted = preferred.filter((uid) => accepted.includes(uid) && (isPlain(uid) || !isLossy));
  if (wanted.includes(from)) return from;
  return wanted.find((uid) => mayTranscode(from, uid)) ?? null;
}

/** null when this object has no form in the syntax: a report has no pixels to compress. */
async function openIfPossible(
  ctx: SendPart,
  instance: PlacedInstance,
  syntax: string,
  how: OutgoingOptions,
): Promise<Outgoing | null> {
  try {
    return await openOutgoing(ctx, instance, [syntax], how);
  } catch (error) {
    if (isAppError(error) && error.code === 'request.not_acceptable') return null;
    throw error;
  }
}

function cost(uid: string): number {
  if (uid === explicitVrLittleEndian) return 0;
  if (uid === implicitVrLittleEndian) return 1;
  return transferSyntax(uid)?.lossy === false ? 2 : 3;
}

export type Load = { contexts: ContextProposal[]; refs: ObjectRef[] };

/**
 * What to propose for the objects: per SOP class each syntax they have, alone in its context so that the peer takes
 * all it knows and not only its favourite, and the plain ones to fall back on. More than one association can carry
 * are several loads. `besides`: what the node prefers, and what a rule allows to be made with loss.
 */
export function planLoads(refs: readonly ObjectRef[], besides: readonly string[] = []): Load[] {
  const classes = new Map<string, { syntaxes: Set<string>; refs: ObjectRef[] }>();
  for (const ref of refs) {
    const known = classes.get(ref.sopClassUid) ?? { syntaxes: new Set<string>(besides), refs: [] };
    known.syntaxes.add(ref.transferSyntaxUid);
    known.refs.push(ref);
    classes.set(ref.sopClassUid, known);
  }
  const loads: Load[] = [];
  let load: Load = { contexts: [], refs: [] };
  for (const [abstractSyntax, { syntaxes, refs: objects }] of classes) {
    const contexts = contextsOf(abstractSyntax, syntaxes);
    if (load.contexts.length + contexts.length > maxProposedContexts) {
      loads.push(load);
      load = { contexts: [], refs: [] };
    }
    load.contexts.push(...contexts);
    load.refs.push(...objects);
  }
  if (load.refs.length > 0) loads.push(load);
  return loads;
}

function contextsOf(abstractSyntax: string, syntaxes: ReadonlySet<string>): ContextProposal[] {
  const special = [...syntaxes].filter(
    (uid) => uid !== explicitVrLittleEndian && uid !== implicitVrLittleEndian,
  );
  return [
    ...special.map((uid) => ({ abstractSyntax, transferSyntaxes: [uid] })),
    { abstractSyntax, transferSyntaxes: [explicitVrLittleEndian] },
    { abstractSyntax, transferSyntaxes: [implicitVrLittleEndian] },
  ];
}
