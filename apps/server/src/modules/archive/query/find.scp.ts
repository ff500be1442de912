// C-FIND as SCP (PS3.4 annex C.4.1; PS3.7 §9.1.2) at Patient Root, Study Root and Patient/Study Only: answers stream as
// they are found, C-CANCEL ends them with FE00, keys that are not supported make them FF01. The character set of the
// answers is what the node's rule says, else what the question was written in, else Unicode.
import type { DicomJson } from '@yunying/dicom';
import { commandField, type Exchange, StatusError, status } from '@yunying/dimse';
import type { Context } from '../../../context.ts';
import { type AnswerCharset, encodeJson, readJson } from '../../../dimse/dataset-json.ts';
import type { DimseCaller, DimseService } from '../../../dimse/dimse-service.ts';
import { isAppError } from '../../../errors.ts';
import { nodeRights } from '../../access/index.ts';
import { rulesOf } from '../../nodes/index.ts';
import { answerValues } from './answer-values.ts';
import { nameOfTag } from './attributes.ts';
import { type FindModel, type FindQuestion, type FindTerms, readFindIdentifier } from './find-identifier.ts';
import { isNarrow } from './narrow-question.ts';
import { planQuery, type QueryPlan, type QueryRow, queryArchive } from './query-archive.ts';
import { recordSearch } from './record-search.ts';

export type FindPart = Pick<Context, 'db' | 'blobs' | 'config' | 'log'>;

const models: Readonly<Record<string, FindModel>> = {
  '1.2.840.10008.5.1.4.1.2.1.1': { root: 'patient', levels: ['PATIENT', 'STUDY', 'SERIES', 'IMAGE'] },
  '1.2.840.10008.5.1.4.1.2.2.1': { root: 'study', levels: ['STUDY', 'SERIES', 'IMAGE'] },
  '1.2.840.10008.5.1.4.1.2.3.1': { root: 'patient', levels: ['PATIENT', 'STUDY'] },
};
const commentLimit = 64; // (0000,0902) is LO

export function findService(ctx: FindPart): DimseService {
  return {
    name: 'find',
    sopClasses: Object.keys(models).map((uid) => ({ uid, may: 'find' })),
    answerExtended,
    operations: { [commandField.cFindRq]: (exchange, caller) => find(ctx, exchange, caller) },
  };
}

/** What we accept of a peer's extended negotiation: relational, combined date and time, fuzzy names; nothing else. */
function answerExtended(sopClassUid: string, asked: Uint8Array): Buffer | null {
  if (models[sopClassUid] === undefined) return null;
  return Buffer.from(Array.from(asked.subarray(0, 3), (byte) => (byte === 1 ? 1 : 0)));
}

async function find(ctx: FindPart, exchange: Exchange, caller: DimseCaller): Promise<void> {
  const question = await readQuestion(ctx, exchange, caller);
  const charset = charsetOf(caller.node?.charset ?? question.charset);
  const { plan } = question;
  const pending = plan.unsupported.length === 0 ? status.pending : status.pendingWithWarning;
  let count = 0;
  let cancelled = false;
  try {
    for await (const row of queryArchive(ctx, plan)) {
      if (exchange.signal.aborted) break;
      cancelled = exchange.cancelSignal.aborted;
      if (cancelled) break;
      const dataset = encodeJson(
        answerOf(ctx, question, row, charset),
        exchange.context.transferSyntax,
        charset,
      );
      await exchange.respond({ status: pending }, dataset);
      count += 1;
    }
  } catch (error) {
    await audit(ctx, caller, question, { count, result: 'error' });
    throw toStatus(ctx, error);
  }
  await audit(ctx, caller, question, { count, result: 'ok', cancelled });
  if (!exchange.signal.aborted)
    await exchange.respond({ status: cancelled ? status.cancel : status.success });
}

type Question = FindQuestion & { plan: QueryPlan; charset: string | null };

async function readQuestion(ctx: FindPart, exchange: Exchange, caller: DimseCaller): Promise<Question> {
  const { abstractSyntax, transferSyntax } = exchange.context;
  const model = models[abstractSyntax];
  if (model === undefined) throw new StatusError(status.sopClassNotSupported, 'not a FIND class');
  const { json, charset } = await readJson(exchange.dataset, transferSyntax);
  await requireNarrow(ctx, json, caller);
  const rights = await nodeRights(ctx.db, caller.node?.id ?? null, 'dicom.query');
  const question = readFindIdentifier(json, model, termsOf(exchange), rights);
  try {
    return { ...question, plan: planQuery(question.ask), charset };
  } catch (error) {
    if (!isAppError(error)) throw error;
    throw new StatusError(
      status.datasetDoesNotMatchSopClass,
      `${String(error.details?.field ?? 'a key')} has a value that cannot be matched`.slice(0, commentLimit),
    );
  }
}

/** Spec DN-2. A refused question is in the trail: somebody may be reading out the archive. */
async function requireNarrow(ctx: FindPart, json: DicomJson, caller: DimseCaller): Promise<void> {
  const rule = caller.node === null ? undefined : rulesOf(caller.node).queries;
  if ((rule ?? (ctx.config.profile === 'demo' ? 'any' : 'narrow')) === 'any' || isNarrow(json)) return;
  await recordSearch(ctx.db, {
    actor: { kind: 'node', id: caller.callingAe, device: caller.callingAe, address: caller.address },
    result: 'denied',
    resultCode: 'too-broad',
    detail: { keys: Object.keys(json).map(nameOfTag) },
  });
  throw new StatusError(
    status.datasetDoesNotMatchSopClass,
    'give patient id, accession, study or at most 31 days',
  );
}

function termsOf({ association, context }: Exchange): FindTerms {
  const asked = association.peerUserInformation.extended.find(
    ({ sopClassUid }) => sopClassUid === context.abstractSyntax,
  )?.serviceClassApplication;
  return { relational: asked?.[0] === 1, combinedDateTime: asked?.[1] === 1, fuzzy: asked?.[2] === 1 };
}

function charsetOf(declared: string | null): AnswerCharset {
  return /GB18030|GBK|GB2312|ISO[ _]?(2022[ _])?IR[ _]58/i.test(declared ?? '') ? 'GB18030' : 'ISO_IR 192';
}

function answerOf(ctx: FindPart, question: Question, row: QueryRow, charset: AnswerCharset) {
  const json = answerValues(row, question.ask.answer);
  for (const tag of question.plan.unsupported) json[tag] = { vr: json[tag]?.vr ?? 'UN' };
  json['00080005'] = { vr: 'CS', Value: [charset] };
  json['00080052'] = { vr: 'CS', Value: [question.level] };
  json['00080054'] = { vr: 'AE', Value: [ctx.config.aeTitle] };
  json['00080056'] = { vr: 'CS', Value: ['ONLINE'] };
  return json;
}

function toStatus(ctx: FindPart, error: unknown): unknown {
  if (error instanceof StatusError) return error;
  if (isAppError(error)) return new StatusError(error.row.dimse, error.row.en.slice(0, commentLimit));
  ctx.log.error({ event: 'archive.find_failed', error });
  return new StatusError(status.cannotUnderstand, 'the query could not be performed');
}

async function audit(
  ctx: FindPart,
  { callingAe, address }: DimseCaller,
  question: Question,
  outcome: { count: number; result: 'ok' | 'error'; cancelled?: boolean },
): Promise<void> {
  await recordSearch(ctx.db, {
    actor: { kind: 'node', id: callingAe, device: callingAe, address },
    result: outcome.result,
    detail: {
      level: question.level,
      keys: question.tags.map(nameOfTag),
      count: outcome.count,
      cancelled: outcome.cancelled ?? false,
    },
  });
}
