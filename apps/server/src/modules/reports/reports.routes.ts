// HTTP edge of reports: one page as JPEG, and the PDF. URLs name the version, so answers are immutable; who may see is
// asked each time. A patient sees only the current version, and only when it is final or corrected: a superseded or
// withdrawn text must not be read as the truth.

import { Id } from '@yunying/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { HttpPlugin } from '../../http/index.ts';
import { sendBlob } from '../../http/media.ts';
import { requireExam, viewerOf } from '../access/index.ts';
import { auditRefusal, recordAudit } from '../audit/index.ts';
import { type Exam, getExam, getLooseFacts } from '../orders/index.ts';
import { getReportPage, getReportPdf } from './open-report.ts';
import { currentVersionOf } from './read-reports.ts';
import type { Report } from './types.ts';

type Part = Pick<Context, 'db' | 'blobs'>;
type Asked = { reportId: string; version: number };

const VersionParams = Type.Object({ reportId: Id, version: Type.Integer({ minimum: 1, maximum: 100_000 }) });
const PageParams = Type.Object({
  ...VersionParams.properties,
  page: Type.Integer({ minimum: 1, maximum: 10_000 }),
});
const immutable = 'private, max-age=31536000, immutable';

export function reportRoutes(ctx: Part): HttpPlugin {
  return {
    prefix: '/api/reports',
    routes: async (app) => {
      app.get(
        '/:reportId/versions/:version/pages/:page',
        {
          schema: { params: PageParams, summary: 'One page of a report version, image/jpeg' },
          config: { access: { permission: 'report.view', scope: 'report', audit: 'report.page_viewed' } },
        },
        async (req, reply) => {
          const { exam } = await requireReport(ctx, req, req.params, 'report.view');
          const part = await getReportPage(ctx, req.params.reportId, req.params.version, req.params.page);
          await audit(ctx, req, 'report.page_viewed', req.params, exam, { page: req.params.page });
          return sendBlob(req, reply, { ...part, cacheControl: immutable });
        },
      );

      app.get(
        '/:reportId/versions/:version/report.pdf',
        {
          schema: { params: VersionParams, summary: 'A report version as PDF' },
          config: { access: { permission: 'report.download', scope: 'report', audit: 'report.pdf_opened' } },
        },
        async (req, reply) => {
          const { exam, report } = await requireReport(ctx, req, req.params, 'report.download');
          const part = await getReportPdf(ctx, req.params.reportId, req.params.version);
          await audit(ctx, req, 'report.pdf_opened', req.params, exam, {});
          return sendBlob(req, named(reply, fileNameOf(report, exam)), { ...part, cacheControl: immutable });
        },
      );
    },
  };
}

/** Throws what an absent report throws, whatever the reason. */
async function requireReport(
  ctx: Part,
  req: FastifyRequest,
  asked: Asked,
  permission: 'report.view' | 'report.download',
): Promise<{ report: Report; exam: Exam | null }> {
  const viewer = viewerOf(req);
  const { report, current, ...loose } = await currentVersionOf(ctx.db, asked.reportId, asked.version);
  const exam = report.examId === null ? null : await getExam(ctx.db, report.examId);
  try {
    requireExam(
      viewer,
      exam ?? (await getLooseFacts(ctx.db, loose.institutionId, loose.patientRowId)),
      permission,
    );
    if (viewer.kind === 'patient' && !isForPatients(report, current)) throw new AppError('request.not_found');
  } catch (error) {
    await auditRefusal(ctx.db, {
      event: permission === 'report.view' ? 'report.page_viewed' : 'report.pdf_opened',
      viewer,
      objectType: 'report',
      objectId: asked.reportId,
      patientId: exam?.patientRowId,
      resultCode: 'request.not_found',
      request: req,
    });
    throw error;
  }
  return { report, exam };
}

function isForPatients(report: Report, currentVersion: number): boolean {
  return report.version === currentVersion && (report.state === 'final' || report.state === 'corrected');
}

function audit(
  ctx: Part,
  req: FastifyRequest,
  event: string,
  asked: Asked,
  exam: Exam | null,
  detail: Record<string, number>,
): Promise<void> {
  return recordAudit(ctx.db, {
    event,
    viewer: viewerOf(req),
    objectType: 'report',
    objectId: asked.reportId,
    patientId: exam?.patientRowId,
    result: 'ok',
    detail: { version: asked.version, ...detail },
    request: req,
  });
}

/** Shown in the browser; saved under a name that says what it is, and not whose. */
function named(reply: FastifyReply, fileName: string): FastifyReply {
  const encoded = encodeURIComponent(fileName).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return reply.header('content-disposition', `inline; filename="report.pdf"; filename*=UTF-8''${encoded}`);
}

function fileNameOf(report: Report, exam: Exam | null): string {
  const day = new Date((exam?.examAt ?? report.createdAt).getTime() + 8 * 3_600_000)
    .toISOString()
    .slice(0, 10);
  const item = (exam?.itemName ?? report.title).replace(/[\\/:*?"<>|\p{Cc}]/gu, ' ').slice(0, 60);
  return `${day} ${item} 报告.pdf`;
}
