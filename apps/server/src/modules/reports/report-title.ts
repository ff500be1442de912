// What stands at the head of a report sheet, as hospitals name theirs.
import type { ExamType } from '@yunying/api';

const byModality: Readonly<Record<string, string>> = {
  CT: 'CT检查报告单',
  MR: '磁共振检查报告单',
  MRI: '磁共振检查报告单',
  CR: 'X线检查报告单',
  DX: 'X线检查报告单',
  DR: 'X线检查报告单',
  MG: '乳腺X线检查报告单',
  RF: '透视造影检查报告单',
  XA: '血管造影检查报告单',
};
const byType: Readonly<Record<ExamType, string>> = {
  RAD: '放射检查报告单',
  US: '超声检查报告单',
  ES: '内镜检查报告单',
  PATH: '病理检查报告单',
  ECG: '心电图检查报告单',
  DENT: '口腔影像检查报告单',
  PETCT: 'PET/CT检查报告单',
  NM: '核医学检查报告单',
  OPH: '眼科检查报告单',
  OTHER: '检查报告单',
};

export function reportTitle(examType: ExamType, modality: string | null): string {
  if (examType === 'RAD' && modality !== null) return byModality[modality.toUpperCase()] ?? byType.RAD;
  return byType[examType];
}

/** Headings of the parts, as the kind of exam calls them. */
export function sectionNames(examType: ExamType): { findings: string; impression: string } {
  switch (examType) {
    case 'US':
      return { findings: '超声所见', impression: '超声提示' };
    case 'ES':
      return { findings: '镜下所见', impression: '内镜诊断' };
    case 'PATH':
      return { findings: '病理所见', impression: '病理诊断' };
    case 'ECG':
      return { findings: '心电图特征', impression: '心电图诊断' };
    default:
      return { findings: '检查所见', impression: '诊断意见' };
  }
}
