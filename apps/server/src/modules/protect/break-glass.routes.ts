// Break-glass for doctors, the answer to "may I still read this study" that an open reading room asks, and the patient's
// ledger of openings. Public listener.
import { AccessRequest, Id, NewBreakGlass, OpenGlass, OpenGlasses, OpeningNotice, Uid } from '@yunying/api';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { HttpPlugin } from '../../http/index.ts';
import { mayViewExam, type StaffViewer, viewerOf } from '../access/index.ts';
import { getStudy } from '../archive/index.ts';
import { recordAudit } from '../audit/index.ts';
import { getExam, getLooseFacts } from '../orders/index.ts';
import { breakGlass, endGlass, getOpenGlasses } from './break-glass.ts';
import { requestOwn } from './grants.ts';
import { getOpeningNotices } from './tell-patient.ts';

const Nothing = Type.Null();
const open = { permission: 'exam.break_glass', scope: 'person' } as const;

export function breakGlassRoutes(ctx: Pick<Context, 'db' | 'clock' | 'jobs'>): HttpPlugin {
  return {
    prefix: '/api',
    routes: async (app) => {
      app.get(
        '/break-glass',
        {
          config: { access: { ...open, scope: 'self', quiet: true } },
          schema: { response: { 200: OpenGlasses } },
        },
        async (req) => ({
          items: await getOpenGlasses(ctx, staffOf(req)),
          now: ctx.clock.now().toISOString(),
        }),
      );

      app.post(
        '/break-glass',
        {
          config: { access: { ...open, audit: 'break_glass.opened' } },
          schema: { body: NewBreakGlass, response: { 201: OpenGlass } },
        },
        async (req, reply) => reply.code(201).send(await breakGlass(ctx, staffOf(req), req.body, req)),
      );

      app.post(
        '/break-glass/:id/end',
        {
          config: { access: { ...open, audit: 'break_glass.ended' } },
          schema: { params: Type.Object({ id: Id }), response: { 204: Nothing } },
        },
        async (req, reply) => {
          await endGlass(ctx, staffOf(req), req.params.id, req);
          return reply.code(204).send(null);
        },
      );

      app.post(
        '/protection-requests',
        {
          config: { access: { ...open, audit: 'protection_grant.requested' } },
          schema: {
            description: 'A doctor asks for a time of access. Whoever the number is, the answer is the same.',
            body: AccessRequest,
            response: { 202: Nothing },
          },
        },
        async (req, reply) => {
          await requestOwn(ctx, staffOf(req), req.body, req);
          return reply.code(202).send(null);
        },
      );

      app.get(
        '/studies/:studyInstanceUid/still-open',
        {
          config: { access: { permission: 'image.view', scope: 'study', quiet: true } },
          schema: {
            description: 'Whether pictures of the study may be read now: 204, or 404. Asked by open rooms.',
            params: Type.Object({ studyInstanceUid: Uid }),
            response: { 204: Nothing },
          },
        },
        async (req, reply) => {
          const study = await getStudy(ctx.db, { studyInstanceUid: req.params.studyInstanceUid });
          const facts =
            study.exam_id === null
              ? await getLooseFacts(ctx.db, study.institution_id, study.patient_row_id)
              : await getExam(ctx.db, study.exam_id);
          const verdict = mayViewExam(viewerOf(req), facts, 'image.view', ctx.clock.now());
          if (!verdict.allowed) {
            // What the browser kept of the pictures goes too (over TLS; W3C Clear Site Data).
            void reply.header('clear-site-data', '"cache"');
            throw new AppError('request.not_found');
          }
          return reply.code(204).send(null);
        },
      );

      app.get(
        '/me/openings',
        {
          config: { access: { permission: 'session', scope: 'self', audit: 'ledger.viewed' } },
          schema: { response: { 200: Type.Array(OpeningNotice) } },
        },
        async (req) => {
          const viewer = viewerOf(req);
          // A session of one exam proved less than who the person is.
          if (viewer.kind !== 'patient' || viewer.examId !== null) throw new AppError('access.forbidden');
          const notices = await getOpeningNotices(ctx, viewer.personId);
          const detail = { count: notices.length };
          await recordAudit(ctx.db, { event: 'ledger.viewed', viewer, result: 'ok', detail, request: req });
          return notices;
        },
      );
    },
  };
}

function staffOf(req: FastifyRequest): StaffViewer {
  const viewer = viewerOf(req);
  if (viewer.kind !== 'staff') throw new AppError('access.forbidden');
  return viewer;
}
