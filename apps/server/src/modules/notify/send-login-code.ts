// The log-in code of /r/:code, sent while the patient waits. Fails loudly: the page then offers the other factor.
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { SendLoginCode } from '../share/index.ts';
import { chooseGateway } from './gateway.ts';
import { sendSms } from './send-sms.ts';

export function loginCodeSender(ctx: Pick<Context, 'db' | 'clock' | 'config' | 'log'>): SendLoginCode {
  const gateway = chooseGateway(ctx);
  return async ({ codeId, phone, code, institutionName, examId, minutes }) => {
    const outcome = await sendSms(ctx, gateway, {
      dedupeKey: `login-code:${codeId}`,
      template: 'login-code',
      phone,
      examId,
      params: async () => ({ hospital: institutionName, code, minutes: String(minutes) }),
    });
    if (outcome.state === 'failed')
      throw new AppError(outcome.code === 'notify.gateway_absent' ? outcome.code : 'notify.gateway_failed');
  };
}
