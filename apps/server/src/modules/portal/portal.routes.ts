// HTTP edge of the portal: list, exam and manifest, for patients and doctors alike (packages/api exams.ts). Every
// read of a person's exam is written into the trail in the same request, also when it is refused.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { ExamDetail, ExamList, ExamQuery, Id, StudyManifest, Uid } from '@yunying/api';
import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { enforceExam, viewerOf } from '../access/index.ts';
import { getStudy } from '../archive/index.ts';
import { recordAudit } from '../audit/index.ts';
import { type Exam, getExam, getLooseFacts } from '../orders/index.ts';
import { getExamDetail, markOpened } from './exam-detail.ts';
import { listExams } from './find-exams.ts';
import { composeManifest } from './manifest.ts';
import type { GetStudyMedia } from './study-media.ts';

export function portalRoutes(
  ctx: Pick<Context, 'db' | 'clock'>,
  ports: { getStudyMedia: GetStudyMedia },
): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/api/exams',
      {
        config: { access: { permission: 'exam.list', scope: 'all', audit: 'exam.listed' } },
        schema: { querystring: ExamQuery, response: { 200: ExamList } },
      },
      async (req) => {
        const viewer = viewerOf(req);
        const list = await listExams(ctx, viewer, req.query);
        const detail = { count: list.items.length, total: list.total };
        await recordAudit(ctx.db, { event: 'exam.listed', viewer, result: 'ok', detail, request: req });
        return list;
      },
    );

    app.get(
      '/api/exams/:examId',
      {
        config: { access: { permission: 'exam.view', scope: 'exam', audit: 'exam.viewed' } },
        schema: { params: Type.Object({ examId: Id }), response: { 200: ExamDetail } },
      },
      async (req) => {
        const exam = await getExam(ctx.db, req.params.examId);
        const about = { event: 'exam.viewed', objectType: 'exam', objectId: exam.examId };
        const viewer = await enforceExam(ctx.db, req, exam, { ...about, permission: 'exam.view' });
        const detail = await getExamDetail(ctx, viewer, exam, ports.getStudyMedia);
        const reports = detail.reports.map((report) => `${report.reportId}:${report.version}`);
        const seen = { viewer, patientId: exam.patientRowId, detail: { reports }, request: req };
        await recordAudit(ctx.db, { ...about, ...seen, result: 'ok' });
        await markOpened(ctx, viewer, exam.examId);
        return detail;
      },
    );

    app.get(
      '/api/studies/:studyInstanceUid/manifest',
      {
        config: { access: { permission: 'image.view', scope: 'study', audit: 'study.opened' } },
        schema: { params: Type.Object({ studyInstanceUid: Uid }), response: { 200: StudyManifest } },
      },
      async (req) => {
        const { studyInstanceUid } = req.params;
        const study = await getStudy(ctx.db, { studyInstanceUid });
        const exam: Exam | null = study.exam_id === null ? null : await getExam(ctx.db, study.exam_id);
        const about = { event: 'study.opened', objectType: 'study', objectId: study.id, studyInstanceUid };
        const facts = exam ?? (await getLooseFacts(ctx.db, study.institution_id, study.patient_row_id));
        const viewer = await enforceExam(ctx.db, req, facts, { ...about, permission: 'image.view' });
        const manifest = await composeManifest(
          ctx,
          viewer,
          study,
          exam,
          await ports.getStudyMedia(ctx.db, study.id),
        );
        const patientId = exam?.patientRowId ?? study.patient_row_id;
        await recordAudit(ctx.db, { ...about, viewer, patientId, result: 'ok', request: req });
        return manifest;
      },
    );
  };
}
