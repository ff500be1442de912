// Exams as list rows (packages/api ExamListItem). Names are masked for patients and whole for those who treat them
// (spec PI-9). A list is never N+1: studies, reports and read marks come in one query each.
import type { ExamListItem } from '@yunying/api';
import type { Db } from '../../db/index.ts';
import { mayViewExam, type Viewer } from '../access/index.ts';
import { ageAt, maskName } from '../mpi/index.ts';
import type { Exam } from '../orders/index.ts';
import { getReportSummaries, type ReportState } from '../reports/index.ts';
import * as repo from './repo.ts';

export async function toListItems(db: Db, viewer: Viewer, exams: readonly Exam[]): Promise<ExamListItem[]> {
  const ids = exams.map((exam) => exam.examId);
  const [studies, reports, opened] = await Promise.all([
    repo.selectStudiesOfExams(db, ids),
    getReportSummaries(db, ids),
    viewer.kind === 'patient' ? repo.selectOpened(db, viewer.personId, ids) : null,
  ]);
  const studiesOf = Map.groupBy(studies, (study) => study.examId);
  return exams.map((exam) => {
    const own = studiesOf.get(exam.examId) ?? [];
    const pictured = own.find((study) => study.hasThumbnail);
    const veiled = mayViewExam(viewer, exam, 'exam.list').identity === 'pseudonym';
    if (veiled) return veiledItem(exam);
    return {
      id: exam.examId,
      examType: exam.examType,
      modality: exam.modality,
      itemName: exam.itemName,
      examAt: localTime(exam.examAt),
      status: exam.status,
      institutionName: exam.institutionName,
      departmentName: exam.departmentName,
      accessionNumber: exam.accessionNumber,
      patientName: shownName(viewer, exam.patientName),
      patientId: exam.patientId,
      patientSex: exam.patientSex,
      patientAge: ageAt(exam.patientBirthDate, exam.examAt),
      hasReport: (reports.get(exam.examId) ?? []).some((report) => showsReport(viewer, report.state)),
      imageCount: own.reduce((sum, study) => sum + study.pictures, 0),
      studyInstanceUids: own.map((study) => study.studyInstanceUid),
      keyImageUrl:
        pictured === undefined ? null : `/dicom-web/studies/${pictured.studyInstanceUid}/thumbnail`,
      isNew: opened !== null && !opened.has(exam.examId),
    };
  });
}

/** Of a protected person: that there is such an exam, not whose. */
function veiledItem(exam: Exam): ExamListItem {
  return {
    id: exam.examId,
    examType: exam.examType,
    modality: exam.modality,
    itemName: exam.itemName,
    examAt: localTime(exam.examAt),
    status: exam.status,
    institutionName: exam.institutionName,
    departmentName: exam.departmentName,
    accessionNumber: null,
    patientName: protectedName,
    patientId: '-',
    patientSex: '0',
    patientAge: null,
    hasReport: false,
    imageCount: 0,
    studyInstanceUids: [],
    keyImageUrl: null,
    isNew: false,
  };
}

const protectedName = '受保护患者';

export function shownName(viewer: Viewer, name: string): string {
  return viewer.kind === 'patient' ? maskName(name) : name;
}

/** A patient reads signed reports only; a withdrawn text is shown to nobody but those who treat them. */
export function showsReport(viewer: Viewer, state: ReportState): boolean {
  if (viewer.kind === 'patient') return state === 'final' || state === 'corrected';
  return true;
}

/** ISO 8601 with the hospital's offset (China: one zone, no summer time). */
export function localTime(at: Date): string {
  return `${new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
}
