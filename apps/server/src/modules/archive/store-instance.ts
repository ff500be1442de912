// Receives one SOP Instance. Callers: store.scp.ts (C-STORE), stow.routes.ts (STOW-RS), import-files.ts, and the
// retry of things kept aside. Order matters: the bytes are durable first, then all rows commit together, only then
// may the caller answer success. A crash between the two leaves a file that no row knows (swept later), never a row
// without pixels. Broken objects and conflicts are kept aside with their bytes and a reason; a body that ends in an
// error (association aborted, request cut) leaves nothing.
import { encodeFileMeta } from '@yunying/dicom';
import type { StoredBytes } from '../../blob/index.ts';
import type { Context } from '../../context.ts';
import { type CommitVerdict, committerOf } from './commit-instances.ts';
import type { CommitPlace } from './commit-order.ts';
import { keepAside } from './keep-aside.ts';
import { ObjectReader, type ReadObject } from './object-reader.ts';
import { Rejection, rejectionTable } from './rejection.ts';
import type { StoreHints, StoreOutcome, StoreSource } from './store-outcome.ts';

export type StoreContext = Pick<Context, 'db' | 'blobs' | 'config' | 'log'>;

const mediaType = 'application/dicom';
const none = new Uint8Array(0);

/** A source that can do something with chunks when they were copied (`DatasetStream.giveBack`). */
export type ObjectBody = AsyncIterable<Uint8Array> & { giveBack?: (chunk: Uint8Array) => void };

export async function storeInstance(
  ctx: StoreContext,
  body: ObjectBody,
  source: StoreSource,
  hints: StoreHints | null = null,
  place: CommitPlace | null = null,
): Promise<StoreOutcome> {
  const prefix = hints === null ? none : fileMeta(hints, source);
  const reader = new ObjectReader({
    hints,
    prefixBytes: prefix.byteLength,
    failFast: source.kind === 'import',
    studyInstanceUid: source.studyInstanceUid,
  });
  let stored: StoredBytes;
  try {
    stored = await ctx.blobs.put(reader.follow(body), {
      mediaType,
      kind: 'instance',
      onCopied: body.giveBack?.bind(body),
      ...(hints === null ? {} : { prefix, ids: { sopInstanceUid: hints.sopInstanceUid } }),
    });
  } catch (error) {
    if (error instanceof Rejection) return refusal(error, hints, null);
    throw error;
  }
  let object: ReadObject;
  try {
    object = await reader.finish((start, length) =>
      ctx.blobs.readStored(stored, { start, end: start + length - 1 }),
    );
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    return setAside(ctx, stored, error, source, hints);
  }
  return commitObject(ctx, stored, object, source, place);
}

/** PS3.10 §7.1: what a file has and a C-STORE data set has not. */
function fileMeta(hints: StoreHints, source: StoreSource): Uint8Array {
  return encodeFileMeta({
    sopClassUid: hints.sopClassUid,
    sopInstanceUid: hints.sopInstanceUid,
    transferSyntaxUid: hints.transferSyntaxUid,
    sendingAeTitle: source.name.slice(0, 16),
  });
}

async function commitObject(
  ctx: StoreContext,
  stored: StoredBytes,
  object: ReadObject,
  source: StoreSource,
  place: CommitPlace | null,
): Promise<StoreOutcome> {
  const { head, pixelLayout } = object;
  if (place !== null) await place.turn;
  const committing = committerOf(ctx).commit({
    head,
    stored,
    datasetOffset: object.datasetOffset,
    pixelLayout: pixelLayout === null ? null : JSON.stringify(pixelLayout),
    source,
  });
  place?.pass();
  const verdict = await committing;
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid } = head;
  return outcomeOf(verdict, { studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid }, source);
}

type Identity = Pick<
  ReadObject['head'],
  'studyInstanceUid' | 'seriesInstanceUid' | 'sopInstanceUid' | 'sopClassUid'
>;

function outcomeOf(verdict: CommitVerdict, identity: Identity, source: StoreSource): StoreOutcome {
  switch (verdict.outcome) {
    case 'stored':
    case 'duplicate':
      return { ...identity, outcome: verdict.outcome };
    case 'conflict':
      return {
        ...identity,
        outcome: 'conflict',
        accepted: source.onConflict === 'accept',
        quarantineId: verdict.quarantineId,
      };
    case 'elsewhere':
      return refusal(new Rejection('instance-elsewhere'), identity, verdict.quarantineId);
  }
}

async function setAside(
  ctx: StoreContext,
  stored: StoredBytes,
  rejection: Rejection,
  source: StoreSource,
  hints: StoreHints | null,
): Promise<StoreOutcome> {
  const quarantineId = await ctx.db.transaction().execute((tx) =>
    keepAside(ctx, tx, stored, {
      reason: rejection.code,
      detail: rejection.detail,
      source: `${source.kind}:${source.name}`,
      studyInstanceUid: null,
      sopInstanceUid: hints?.sopInstanceUid ?? null,
    }),
  );
  return refusal(rejection, hints, quarantineId);
}

function refusal(
  rejection: Rejection,
  identity: { sopInstanceUid: string; sopClassUid: string } | null,
  quarantineId: string | null,
): StoreOutcome {
  return {
    outcome: 'refused',
    reason: rejection.code,
    sentence: rejection.detail === null ? rejectionTable[rejection.code].en : rejection.message,
    sopInstanceUid: identity?.sopInstanceUid ?? null,
    sopClassUid: identity?.sopClassUid ?? null,
    quarantineId,
  };
}
