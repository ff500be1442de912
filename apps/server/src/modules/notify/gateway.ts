// The port to an SMS gateway. `reference` is our message id: a gateway sends one reference once, so a repeated
// call after a lost answer does no harm. In profile demo the gateway is a table that /demo/outbox shows; production
// has none until one is configured, and says so instead of pretending.
import type { Context } from '../../context.ts';
import { insertDemoMessage } from './repo.ts';
import { type Params, renderText, type Template } from './templates.ts';

export interface SmsGateway {
  readonly name: string;
  send(message: {
    reference: string;
    phone: string;
    template: Template;
    params: Params;
  }): Promise<{ gatewayId: string }>;
}

export function chooseGateway(ctx: Pick<Context, 'db' | 'clock' | 'config'>): SmsGateway | null {
  return ctx.config.profile === 'demo' ? demoGateway(ctx) : null;
}

function demoGateway(ctx: Pick<Context, 'db' | 'clock'>): SmsGateway {
  return {
    name: 'demo',
    send: async ({ reference, phone, template, params }) => {
      await insertDemoMessage(ctx.db, {
        id: reference,
        phone,
        body: renderText(template, params),
        created_at: ctx.clock.now(),
      });
      return { gatewayId: `demo-${reference}` };
    },
  };
}
