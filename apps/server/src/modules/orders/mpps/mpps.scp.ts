// Modality Performed Procedure Step as SCP: N-CREATE and N-SET (PS3.4 §F.7), and N-GET of the retrieve class (§F.8).
// The edge: read, call, answer. A step that is final is answered 0x0110 with Error ID 0xA710 (§F.7.2.2.2).
import { isUid, newUid } from '@yunying/dicom';
import { commandField, type Exchange, type ResponseFields, StatusError, status } from '@yunying/dimse';
import type { Context } from '../../../context.ts';
import { encodeJson, readJson } from '../../../dimse/dataset-json.ts';
import type { DimseCaller, DimseService } from '../../../dimse/dimse-service.ts';
import { recordAudit } from '../../audit/index.ts';
import { changeStep, createStep, getStepAttributes } from './perform-step.ts';
import { AttributeRefusal } from './step-attributes.ts';

export const performedStepSopClass = '1.2.840.10008.3.1.2.3.3';
export const performedStepRetrieveSopClass = '1.2.840.10008.3.1.2.3.4';

const finalComment = 'Performed Procedure Step Object may no longer be updated';
const finalErrorId = 0xa710;
const limitBytes = 16 * 1024 * 1024;

type Part = Pick<Context, 'db' | 'clock'>;

export function mppsService(ctx: Part): DimseService {
  return {
    name: 'mpps',
    sopClasses: [
      { uid: performedStepSopClass, may: 'mpps' },
      { uid: performedStepRetrieveSopClass, may: 'mpps' },
    ],
    operations: {
      [commandField.nCreateRq]: (exchange, caller) => create(ctx, exchange, caller),
      [commandField.nSetRq]: (exchange, caller) => change(ctx, exchange, caller),
      [commandField.nGetRq]: (exchange, caller) => get(ctx, exchange, caller),
    },
  };
}

async function create(ctx: Part, exchange: Exchange, caller: DimseCaller): Promise<void> {
  requireClass(exchange, performedStepSopClass);
  const asked = exchange.command.affectedSopInstanceUid ?? '';
  if (asked !== '' && !isUid(asked)) throw new StatusError(status.invalidObjectInstance, 'not a UID');
  const uid = asked === '' ? newUid() : asked; // the SCP names the instance when the SCU does not (PS3.7 §10.1.5.1.4)
  const { json } = await readJson(exchange.dataset, exchange.context.transferSyntax, limitBytes);
  await answering(exchange, async () => {
    const { outcome, examIds } = await createStep(ctx, uid, json, {
      callingAe: caller.callingAe,
      nodeId: caller.node?.id ?? null,
      institutionId: caller.node?.institution_id ?? null,
    });
    const code = outcome === 'duplicate' ? status.duplicateSopInstance : status.success;
    await audit(ctx, caller, 'orders.step_created', uid, code, { exams: examIds });
    return { status: code, affectedSopInstanceUid: uid };
  });
}

async function change(ctx: Part, exchange: Exchange, caller: DimseCaller): Promise<void> {
  requireClass(exchange, performedStepSopClass);
  const uid = exchange.command.requestedSopInstanceUid ?? '';
  const { json } = await readJson(exchange.dataset, exchange.context.transferSyntax, limitBytes);
  await answering(exchange, async () => {
    const result = await changeStep(ctx, uid, json);
    const detail = result.outcome === 'changed' ? { state: result.state, exams: result.examIds } : {};
    const answer = changeAnswer(result.outcome);
    await audit(ctx, caller, 'orders.step_changed', uid, answer.status, detail);
    return answer;
  });
}

function changeAnswer(outcome: 'changed' | 'unknown' | 'final'): ResponseFields {
  switch (outcome) {
    case 'changed':
      return { status: status.success };
    case 'unknown':
      return { status: status.noSuchObjectInstance };
    case 'final':
      return { status: status.processingFailure, errorComment: finalComment, errorId: finalErrorId };
  }
}

async function get(ctx: Part, exchange: Exchange, caller: DimseCaller): Promise<void> {
  requireClass(exchange, performedStepRetrieveSopClass);
  const uid = exchange.command.requestedSopInstanceUid ?? '';
  const known = await getStepAttributes(ctx, uid);
  await audit(ctx, caller, 'orders.step_read', uid, known === null ? status.noSuchObjectInstance : 0, {});
  if (known === null) throw new StatusError(status.noSuchObjectInstance, 'no such performed procedure step');
  const asked = new Set(
    (exchange.command.attributeIdentifierList ?? []).map((tag) =>
      tag.toString(16).toUpperCase().padStart(8, '0'),
    ),
  );
  const answer = Object.fromEntries(
    Object.entries(known).filter(([tag]) => asked.size === 0 || asked.has(tag)),
  );
  await exchange.respond(
    { status: status.success },
    encodeJson(answer, exchange.context.transferSyntax, 'ISO_IR 192'),
  );
}

function requireClass(exchange: Exchange, sopClassUid: string): void {
  if (exchange.context.abstractSyntax !== sopClassUid)
    throw new StatusError(status.sopClassNotSupported, 'not an operation of this SOP class');
}

async function answering(exchange: Exchange, act: () => Promise<ResponseFields>): Promise<void> {
  try {
    await exchange.respond(await act());
  } catch (error) {
    if (!(error instanceof AttributeRefusal)) throw error;
    await exchange.respond({
      status: error.status,
      errorComment: error.message,
      offendingElement: [error.tag],
    });
  }
}

async function audit(
  ctx: Part,
  caller: DimseCaller,
  event: string,
  uid: string,
  code: number,
  detail: { state?: string; exams?: string[] },
): Promise<void> {
  await recordAudit(ctx.db, {
    event,
    actor: { kind: 'node', id: caller.callingAe, device: caller.callingAe, address: caller.address },
    objectType: 'performed_step',
    objectId: uid,
    result: code === status.success ? 'ok' : 'error',
    ...(code === status.success ? {} : { resultCode: code.toString(16).padStart(4, '0') }),
    detail,
  });
}
