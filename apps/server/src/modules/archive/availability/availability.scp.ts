// Instance Availability Notification as SCP (PS3.4 annex R): keeps what another archive says it has. N-CREATE only,
// as the class wants.
import { isUid, newUid } from '@yunying/dicom';
import { commandField, type Exchange, StatusError, status } from '@yunying/dimse';
import type { Context } from '../../../context.ts';
import { readJson } from '../../../dimse/dataset-json.ts';
import type { DimseCaller, DimseService } from '../../../dimse/dimse-service.ts';
import { recordAudit } from '../../audit/index.ts';
import { keepNotice } from './keep-notice.ts';
import { availabilitySopClass, readNotice } from './notice.ts';

type Part = Pick<Context, 'db' | 'clock'>;

const limitBytes = 32 * 1024 * 1024;

/** Whoever may store may also say what there is to fetch. */
export function availabilityService(ctx: Part): DimseService {
  return {
    name: 'instance availability',
    sopClasses: [{ uid: availabilitySopClass, may: 'store' }],
    operations: { [commandField.nCreateRq]: (exchange, caller) => keep(ctx, exchange, caller) },
  };
}

async function keep(ctx: Part, exchange: Exchange, caller: DimseCaller): Promise<void> {
  const asked = exchange.command.affectedSopInstanceUid ?? '';
  if (asked !== '' && !isUid(asked)) throw new StatusError(status.invalidObjectInstance, 'not a UID');
  const sopInstanceUid = asked === '' ? newUid() : asked;
  const { json } = await readJson(exchange.dataset, exchange.context.transferSyntax, limitBytes);
  const notice = readNotice(json);
  const from = { aeTitle: caller.callingAe, nodeId: caller.node?.id ?? null };
  const isNew = await keepNotice(ctx, sopInstanceUid, notice, from);
  await recordAudit(ctx.db, {
    event: 'archive.availability_received',
    actor: { kind: 'node', id: caller.callingAe, device: caller.callingAe, address: caller.address },
    studyInstanceUid: notice.studyInstanceUid,
    result: isNew ? 'ok' : 'error',
    detail: { instances: notice.instanceCount },
  });
  await exchange.respond({
    status: isNew ? status.success : status.duplicateSopInstance,
    affectedSopInstanceUid: sopInstanceUid,
  });
}
