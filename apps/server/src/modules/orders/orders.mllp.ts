// The HL7 v2 edge: an MLLP listener on YUNYING_MLLP. It frames and answers; receive-message.ts does the rest. Modules
// above add what their messages do: mllpDoor(ctx, { ...reportMessages }).
import { createMllpServer, type MllpProblem } from '@yunying/hl7';
import type { Context } from '../../context.ts';
import type { Door } from '../../roles.ts';
import { applyOrders } from './apply-order.ts';
import { mergePatient, registerPatient } from './apply-patient.ts';
import type { MessageRoutes } from './message-route.ts';
import { receiveMessage, refusedFrame } from './receive-message.ts';

export const ownRoutes: MessageRoutes = {
  'ADT^A01': registerPatient,
  'ADT^A04': registerPatient,
  'ADT^A05': registerPatient,
  'ADT^A08': registerPatient,
  'ADT^A28': registerPatient,
  'ADT^A31': registerPatient,
  'ADT^A40': mergePatient,
  'ORM^O01': applyOrders,
  'OMG^O19': applyOrders,
  'OMI^O23': applyOrders,
};

/** `more` holds the messages of the modules above, by MSH-9. */
export function mllpDoor(ctx: Omit<Context, 'codec' | 'jobs'>, more: MessageRoutes = {}): Door {
  const routes: MessageRoutes = { ...ownRoutes, ...more };
  return {
    start: async () => {
      const server = createMllpServer({
        onMessage: (bytes, peer) => receiveMessage(ctx, routes, bytes, peer),
        onProblem: (problem: MllpProblem, peer) => {
          ctx.log.warn({ event: 'hl7.transport', reason: problem, peer: peer.address });
        },
        onRefused: (_problem, head) => refusedFrame(head, ctx.clock.now()),
      });
      const { host, port } = await server.listen(ctx.config.mllp);
      ctx.log.info({ event: 'hl7.listening', address: `${host}:${port}` });
      return {
        address: `${host.includes(':') ? `[${host}]` : host}:${port}`,
        stop: (limitMs) => server.close({ drainMs: limitMs }),
      };
    },
  };
}
