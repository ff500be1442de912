// What is printed on a report sheet that we lay out ourselves, from the version, its exam and its patient.
import type { Db } from '../../db/index.ts';
import { ageAt, getInstitutions, getPatient } from '../mpi/index.ts';
import { type Exam, getExam } from '../orders/index.ts';
import type { SheetFacts } from './compose-report.ts';
import * as repo from './repo.ts';
import { sectionNames } from './report-title.ts';

const correctedMark = '已修订';
const preliminaryMark = '初步报告';
const sexes: Readonly<Record<string, string>> = { '1': '男', '2': '女', '9': '未说明' };
const nothing = '—';

export async function sheetFacts(db: Db, row: repo.VersionRow, stamp: string | null): Promise<SheetFacts> {
  const report = await repo.reportById(db, row.reportId);
  const exam = report?.examId == null ? null : await getExam(db, report.examId);
  const institution = (await getInstitutions(db)).find((one) => one.id === report?.institutionId);
  const names = sectionNames(exam?.examType ?? 'OTHER');
  const sections = [
    { heading: names.findings, text: row.findings ?? '' },
    { heading: names.impression, text: row.impression ?? '' },
    {
      heading: row.findings === null && row.impression === null ? '报告内容' : '其他说明',
      text: row.body ?? '',
    },
  ].filter((section) => section.text.trim() !== '');
  return {
    institutionName: exam?.institutionName ?? institution?.name ?? nothing,
    title: row.title,
    particulars: await particulars(db, report, exam),
    itemName: exam?.itemName ?? nothing,
    sections: sections.length > 0 ? sections : [{ heading: '报告内容', text: nothing }],
    signatures: [
      ['报告医师', row.author ?? nothing],
      ['审核医师', row.verifier ?? nothing],
      ['报告时间', localTime(row.reportedAt)],
      ['审核时间', localTime(row.verifiedAt)],
    ],
    mark: row.state === 'corrected' ? correctedMark : row.state === 'preliminary' ? preliminaryMark : null,
    stamp,
    madeAt: row.createdAt,
  };
}

async function particulars(
  db: Db,
  report: repo.ReportRow | null,
  exam: Exam | null,
): Promise<[string, string][]> {
  const patient = report?.patientRowId == null ? null : await getPatient(db, report.patientRowId);
  const at = exam?.examAt ?? null;
  return [
    ['姓名', patient?.name ?? exam?.patientName ?? nothing],
    ['性别', sexes[patient?.sex ?? exam?.patientSex ?? ''] ?? nothing],
    [
      '年龄',
      (at === null ? null : ageAt(patient?.birthDate ?? exam?.patientBirthDate ?? null, at)) ?? nothing,
    ],
    ['检查号', report?.accessionNumber ?? nothing],
    ['患者号', patient?.patientId ?? exam?.patientId ?? nothing],
    ['检查时间', localTime(at)],
    ['申请科室', exam?.departmentName ?? nothing],
    ['申请医师', exam?.orderingDoctor ?? nothing],
    ['报告号', report?.reportNumber ?? nothing],
  ];
}

/** Beijing time, the one zone of the hospital. */
function localTime(at: Date | null): string {
  if (at === null) return nothing;
  return new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
}
