// HTTP edge of the share module: the landing of a link (packages/api entry.ts) and links for printed reports.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Entry, Id, Proof, Proved, SmsCodeSent } from '@yunying/api';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { publicAccess } from '../../http/access-declaration.ts';
import { requireExam, setSessionCookie, viewerOf } from '../access/index.ts';
import { getExam } from '../orders/index.ts';
import { type EntryCall, openEntry, proveEntry, type SendLoginCode, sendSmsCode } from './entry.ts';
import { createShareLink } from './links.ts';

/** Too long or odd codes answer as unknown ones, so the schema only bounds them. */
const CodeParams = Type.Object({ code: Type.String({ maxLength: 200 }) });
const Empty = Type.Optional(Type.Union([Type.Object({}), Type.Null()]));

export function shareRoutes(
  ctx: Pick<Context, 'db' | 'clock' | 'config'>,
  ports: { sendLoginCode: SendLoginCode },
): FastifyPluginAsyncTypebox {
  return async (app) => {
    const entry = { access: { ...publicAccess, scope: 'share' as const, audit: 'share.opened' } };

    app.get(
      '/api/entry/:code',
      { config: entry, schema: { params: CodeParams, response: { 200: Entry } } },
      (req) => openEntry(ctx, callOf(req, req.params.code)),
    );

    app.post(
      '/api/entry/:code/sms-code',
      { config: entry, schema: { params: CodeParams, body: Empty, response: { 200: SmsCodeSent } } },
      (req) => sendSmsCode(ctx, callOf(req, req.params.code), ports.sendLoginCode),
    );

    app.post(
      '/api/entry/:code/proof',
      { config: entry, schema: { params: CodeParams, body: Proof, response: { 200: Proved } } },
      async (req, reply) => {
        const opened = await proveEntry(ctx, callOf(req, req.params.code), req.body);
        setSessionCookie(ctx, reply, opened.secret, opened.expiresAt);
        return opened.proved;
      },
    );

    app.post(
      '/api/exams/:examId/report-qr',
      {
        config: { access: { permission: 'report.download', scope: 'exam', audit: 'share.created' } },
        schema: {
          description: 'A link to print on a report as a QR code. The code is told once.',
          params: Type.Object({ examId: Id }),
          body: Empty,
          response: { 201: Type.Object({ url: Type.String() }) },
        },
      },
      async (req, reply) => {
        const viewer = viewerOf(req);
        const exam = await getExam(ctx.db, req.params.examId);
        requireExam(viewer.kind === 'patient' ? { kind: 'anonymous' } : viewer, exam, 'report.download');
        const { examId, personId } = exam;
        const link = await createShareLink(ctx, ctx.db, { kind: 'report-qr', examId, personId });
        return reply.code(201).send({ url: link.url });
      },
    );
  };
}

function callOf(req: FastifyRequest, code: string): EntryCall {
  return { code, viewer: viewerOf(req), request: req };
}
