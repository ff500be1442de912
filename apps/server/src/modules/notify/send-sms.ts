// Sends one SMS once. The message row is locked while the gateway is called, so the same dedupe key is never sent
// by two at a time; a sent one is never sent again. Without a gateway, or when it fails, the row says `failed` and
// why. The body with its codes exists only in memory and at the gateway.
import type { Context } from '../../context.ts';
import { newId, type Tx } from '../../db/index.ts';
import { AppError, type ErrorCode } from '../../errors.ts';
import { recordAudit } from '../audit/index.ts';
import type { SmsGateway } from './gateway.ts';
import * as repo from './repo.ts';
import { type Params, renderKept, type Template } from './templates.ts';

export type Sms = {
  dedupeKey: string;
  template: Template;
  phone: string;
  /** Null: about no exam. */
  examId: string | null;
  /** Made only when the message is really about to be sent, in the same transaction. */
  params: (tx: Tx) => Promise<Params>;
};

export type SmsOutcome = { state: 'sent' | 'already-sent' } | { state: 'failed'; code: ErrorCode };

const sendLimitMs = 15_000;

export async function sendSms(
  ctx: Pick<Context, 'db' | 'clock' | 'log'>,
  gateway: SmsGateway | null,
  sms: Sms,
): Promise<SmsOutcome> {
  return ctx.db.transaction().execute(async (tx) => {
    const row = await repo.lockMessage(tx, {
      id: newId(),
      dedupe_key: sms.dedupeKey,
      template: sms.template,
      exam_id: sms.examId,
      phone: sms.phone,
      body: '',
      state: 'queued',
      created_at: ctx.clock.now(),
    });
    if (row.state === 'sent') return { state: 'already-sent' };
    const params = await sms.params(tx);
    await repo.updateBody(tx, row.id, renderKept(sms.template, params));
    if (gateway === null) return fail(tx, row.id, 'notify.gateway_absent');
    try {
      const call = gateway.send({ reference: row.id, phone: sms.phone, template: sms.template, params });
      const { gatewayId } = await withLimit(call);
      const sent_at = ctx.clock.now();
      await repo.updateMessage(tx, row.id, {
        state: 'sent',
        gateway: gateway.name,
        gateway_id: gatewayId,
        error: null,
        sent_at,
      });
    } catch (error) {
      ctx.log.error({ event: 'notify.send_failed', messageId: row.id, examId: sms.examId, error });
      return fail(tx, row.id, 'notify.gateway_failed');
    }
    const about = {
      objectType: 'sms',
      objectId: row.id,
      detail: { template: sms.template, examId: sms.examId },
    };
    await recordAudit(tx, { ...about, event: 'sms.sent', actor: { kind: 'system' }, result: 'ok' });
    return { state: 'sent' };
  });
}

async function fail(tx: Tx, id: string, code: ErrorCode): Promise<SmsOutcome> {
  await repo.updateMessage(tx, id, { state: 'failed', error: code });
  return { state: 'failed', code };
}

async function withLimit<T>(call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new AppError('platform.timeout')), sendLimitMs);
  });
  try {
    return await Promise.race([call, limit]);
  } finally {
    clearTimeout(timer);
  }
}
