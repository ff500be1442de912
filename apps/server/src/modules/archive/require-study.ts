// May this viewer read this study? The one question in front of every image door: the study's exam is asked, a
// refused study is answered like an absent one, and the refusal is recorded.
import type { Permission } from '@yunying/api';
import type { FastifyRequest } from 'fastify';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { enforceExam, viewerOf } from '../access/index.ts';
import { getExamFacts, getLooseFacts } from '../orders/index.ts';
import type { StudyRow } from './archive-types.ts';
import { findStudy } from './read-study.ts';

export async function requireStudy(
  ctx: Pick<Context, 'db'>,
  req: FastifyRequest,
  studyInstanceUid: string,
  permission: Permission,
): Promise<StudyRow> {
  const study = await findStudy(ctx.db, studyInstanceUid);
  if (study === null) throw new AppError('request.not_found');
  // An exam made from the study itself is for doctors; a patient sees the study once it is linked.
  const isOpen = study.link_state === 'linked' || viewerOf(req).kind !== 'patient';
  const facts =
    study.exam_id === null || !isOpen
      ? await getLooseFacts(ctx.db, study.institution_id, study.patient_row_id)
      : await getExamFacts(ctx.db, study.exam_id);
  await enforceExam(ctx.db, req, facts, {
    permission,
    event: 'study.opened',
    objectType: 'study',
    objectId: study.id,
    studyInstanceUid,
  });
  return study;
}
