// The manifest: everything a viewer must know to open a study, in one answer. Pictures come from media, the names
// from the exam (masked for patients); a study without exam, which only doctors reach, names itself.
import type { StudyManifest } from '@yunying/api';
import type { Context } from '../../context.ts';
import type { Viewer } from '../access/index.ts';
import type { StudyRow } from '../archive/index.ts';
import { ageAt, getInstitutions } from '../mpi/index.ts';
import type { Exam } from '../orders/index.ts';
import { shownName } from './exam-items.ts';
import { hangingOf } from './hanging/hanging.ts';
import type { StudyMedia } from './study-media.ts';
import { dayOf, mediaStateOf } from './study-summary.ts';

export async function composeManifest(
  ctx: Pick<Context, 'db'>,
  viewer: Viewer,
  study: StudyRow,
  exam: Exam | null,
  media: StudyMedia,
): Promise<StudyManifest> {
  const who = exam === null ? await describeStudy(ctx, study) : describeExam(exam);
  return {
    studyInstanceUid: study.study_instance_uid,
    examId: exam?.examId ?? null,
    title: exam?.itemName ?? study.study_description ?? '影像检查',
    ...who,
    patientName: shownName(viewer, who.patientName),
    studyDate: dayOf(study.study_date),
    mediaState: mediaStateOf(study),
    framesReady: media.framesReady,
    framesTotal: media.framesTotal,
    notForDiagnosis: viewer.kind === 'patient',
    series: media.series,
    hanging: viewer.kind === 'patient' ? null : await hangingOf(ctx.db, study),
  };
}

type Who = Pick<StudyManifest, 'patientName' | 'patientSex' | 'patientAge' | 'patientId' | 'institutionName'>;

function describeExam(exam: Exam): Who {
  return {
    patientName: exam.patientName,
    patientSex: exam.patientSex,
    patientAge: ageAt(exam.patientBirthDate, exam.examAt),
    patientId: exam.patientId,
    institutionName: exam.institutionName,
  };
}

async function describeStudy(ctx: Pick<Context, 'db'>, study: StudyRow): Promise<Who> {
  const institutions = await getInstitutions(ctx.db);
  const day = dayOf(study.study_date);
  return {
    patientName: study.patient_name,
    patientSex: sexes[study.patient_sex ?? ''] ?? '0',
    patientAge: ageAt(
      study.patient_birth_date,
      day === null ? study.received_at : new Date(`${day}T12:00:00+08:00`),
    ),
    patientId: study.patient_id,
    institutionName: institutions.find((one) => one.id === study.institution_id)?.name ?? '',
  };
}

/** PS3.3 (0010,0040) to GB/T 2261.1. */
const sexes: Record<string, string> = { M: '1', F: '2', O: '9' };
