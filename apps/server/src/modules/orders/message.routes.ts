// Administration listener: received HL7 messages with what became of them. HTTP only. The list holds no content; the
// content itself shows a patient, so it needs the right to resolve and every look is audited. `routes` are the messages
// of the modules above, by MSH-9, as the MLLP door has them.
import { Id, type MessageItem, MessageOutcome, MessagePage, MessageState } from '@yunying/api';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import type { Db, Tx } from '../../db/index.ts';
import { type ErrorCode, errorTable, sentence } from '../../errors.ts';
import type { HttpPlugin } from '../../http/index.ts';
import { attachment, chooseMedia, octets } from '../../http/media.ts';
import { languageOf } from '../../http/problem.ts';
import { viewerOf } from '../access/index.ts';
import { type AuditDetail, recordAudit } from '../audit/index.ts';
import { getMessage, listMessages, type MessageRow, type StateChange } from './list-messages.ts';
import type { MessageRoutes } from './message-route.ts';
import { messageText } from './message-text.ts';
import { ownRoutes } from './orders.mllp.ts';
import { retryMessage } from './retry-message.ts';

const Params = Type.Object({ id: Id });
const Query = Type.Object({
  state: Type.Optional(MessageState),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
  cursor: Type.Optional(Id),
});

const view = { permission: 'quarantine.view', scope: 'none' } as const;
const content = { permission: 'quarantine.resolve', scope: 'all', audit: 'message.content_read' } as const;
const retry = { permission: 'quarantine.resolve', scope: 'all', audit: 'message.retried' } as const;

export function hl7MessageRoutes(
  ctx: Pick<Context, 'db' | 'blobs' | 'config' | 'log'>,
  more: MessageRoutes = {},
): HttpPlugin {
  const routes: MessageRoutes = { ...ownRoutes, ...more };
  return {
    prefix: '/api',
    routes: async (app) => {
      app.get(
        '/messages',
        { config: { access: view }, schema: { querystring: Query, response: { 200: MessagePage } } },
        async (req) => {
          const { state = 'failed', limit = 50, cursor = null } = req.query;
          const page = await listMessages(ctx.db, { state, cursor, limit });
          const language = languageOf(req.headers['accept-language']);
          return { ...page, items: page.items.map((row) => toItem(row, language)) };
        },
      );

      // The bytes as they came; as text/plain, decoded, one segment on a line.
      app.get(
        '/messages/:id/content',
        { config: { access: content }, schema: { params: Params } },
        async (req, reply) => {
          const form = chooseMedia(req, [octets, 'text/plain']);
          const message = await getMessage(ctx.db, req.params.id);
          await audit(ctx.db, req, content.audit, message.id, { decoded: form !== octets });
          reply.header('cache-control', 'no-store').header('vary', 'accept');
          if (form !== octets)
            return reply.type('text/plain; charset=utf-8').send(messageText(message.raw, message.charset));
          reply.header('content-disposition', attachment(`message-${message.id}.hl7`));
          return reply.type(octets).send(message.raw);
        },
      );

      app.post(
        '/messages/:id/retry',
        { config: { access: retry }, schema: { params: Params, response: { 200: MessageOutcome } } },
        async (req) => {
          const { id } = req.params;
          const outcome = await retryMessage(ctx, routes, id, (tx, { state, errorCode }) =>
            audit(tx, req, retry.audit, id, { outcome: state, code: errorCode }),
          );
          return { ...outcome, reason: reasonOf(outcome, languageOf(req.headers['accept-language'])) };
        },
      );
    },
  };
}

function audit(db: Db | Tx, req: FastifyRequest, event: string, id: string, detail: AuditDetail) {
  return recordAudit(db, {
    event,
    viewer: viewerOf(req),
    objectType: 'hl7_message',
    objectId: id,
    result: 'ok',
    detail,
    request: req,
  });
}

function toItem(row: MessageRow, language: 'zh' | 'en'): MessageItem {
  const { nodeId: _, receivedAt, ...facts } = row;
  return { ...facts, receivedAt: receivedAt.toISOString(), reason: reasonOf(row, language) };
}

/** Codes of the hl7 package and the notes of ignored messages have no row: `error` or the console's own words say it. */
function reasonOf({ errorCode }: Pick<StateChange, 'errorCode'>, language: 'zh' | 'en'): string | null {
  return errorCode !== null && isErrorCode(errorCode) ? sentence(errorCode, language) : null;
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTable, code);
}
