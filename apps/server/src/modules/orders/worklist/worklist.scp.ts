// Modality Worklist as SCP: C-FIND (PS3.4 annex K). One Pending response for each waiting exam, in the character set
// that the node can show; ends with Success, Cancel, or 0xA700 when there is more than a modality could list.
import type { DicomJson } from '@yunying/dicom';
import { commandField, type Exchange, StatusError, status } from '@yunying/dimse';
import type { Context } from '../../../context.ts';
import { type AnswerCharset, encodeJson, readJson } from '../../../dimse/dataset-json.ts';
import type { DimseCaller, DimseService } from '../../../dimse/dimse-service.ts';
import { recordAudit } from '../../audit/index.ts';
import { describeItem, selectKeys, withoutCharacters } from './describe-item.ts';
import { findWorklist } from './find-worklist.ts';
import { readQuestion } from './worklist-question.ts';

export const worklistSopClass = '1.2.840.10008.5.1.4.31';
const standardMost = 1000;

type Part = Pick<Context, 'db' | 'clock'>;

export type WorklistLimits = { most?: number; pageSize?: number };

export function worklistService(ctx: Part, limits: WorklistLimits = {}): DimseService {
  return {
    name: 'worklist',
    sopClasses: [{ uid: worklistSopClass, may: 'worklist' }],
    operations: {
      [commandField.cFindRq]: (exchange, caller) => answerQuery(ctx, exchange, caller, limits),
    },
  };
}

async function answerQuery(
  ctx: Part,
  exchange: Exchange,
  caller: DimseCaller,
  { most = standardMost, pageSize }: WorklistLimits,
): Promise<void> {
  const { transferSyntax } = exchange.context;
  const { json: keys, charset } = await readJson(exchange.dataset, transferSyntax);
  if (Object.keys(keys).length === 0)
    throw new StatusError(status.datasetDoesNotMatchSopClass, 'the identifier has no keys');
  const question = readQuestion(keys);
  const answerIn = charsetFor(caller.node?.charset ?? null, charset);
  const station = question.stationAeTitle ?? caller.callingAe;
  let sent = 0;
  let end: number = status.success;
  for await (const exam of findWorklist(ctx, question, caller.node?.institution_id ?? null, pageSize)) {
    if (exchange.signal.aborted) break;
    if (exchange.cancelSignal.aborted) {
      end = status.cancel;
      break;
    }
    if (sent >= most) {
      end = status.outOfResources;
      break;
    }
    const answer = selectKeys(describeItem(exam, station), keys);
    await exchange.respond({ status: status.pending }, encodeAnswer(answer, transferSyntax, answerIn));
    sent += 1;
  }
  await recordAudit(ctx.db, {
    event: 'orders.worklist_answered',
    actor: { kind: 'node', id: caller.callingAe, device: caller.callingAe, address: caller.address },
    result: end === status.outOfResources ? 'error' : 'ok',
    detail: { items: sent, status: end },
  });
  if (exchange.signal.aborted) return;
  await exchange.respond({
    status: end,
    ...(end === status.outOfResources && { errorComment: `more than ${most} items: narrow the query` }),
  });
}

type Charset = AnswerCharset | 'ascii';

/** The node's own setting decides; else what the query was written in, when that can hold Chinese; else UTF-8. */
export function charsetFor(ofNode: string | null, ofQuery: string | null): Charset {
  if (ofNode !== null) {
    if (/gb/i.test(ofNode)) return 'GB18030';
    return /utf|192/i.test(ofNode) ? 'ISO_IR 192' : 'ascii';
  }
  return /GB18030|GBK/.test(ofQuery ?? '') ? 'GB18030' : 'ISO_IR 192';
}

function encodeAnswer(answer: DicomJson, transferSyntax: string, charset: Charset): Uint8Array {
  if (charset === 'ascii') return encodeJson(withoutCharacters(answer), transferSyntax, null);
  return encodeJson(answer, transferSyntax, charset);
}
