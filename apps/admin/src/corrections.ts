// Study edits in words: what an attribute is called and how its value is written, who a study is of, what an edit did.
import type { StudyEdit, StudyFound } from '@yunying/api';
import type { Translate } from '@yunying/ui';
import { formatCount } from './measure.ts';
import { known } from './reasons.ts';

export const correctionsKey = ['corrections'] as const;

export const patientKeywords = [
  'PatientName',
  'PatientID',
  'IssuerOfPatientID',
  'PatientSex',
  'PatientBirthDate',
] as const;
export const studyKeywords = [
  ...patientKeywords,
  'AccessionNumber',
  'StudyDate',
  'StudyTime',
  'StudyDescription',
  'StudyID',
  'ReferringPhysicianName',
] as const;
export const seriesKeywords = [
  'SeriesNumber',
  'SeriesDescription',
  'BodyPartExamined',
  'Laterality',
  'ProtocolName',
] as const;
/** What the server shows with stars until it is asked to reveal. */
export const maskedKeywords: readonly string[] = ['PatientName', 'PatientID', 'PatientBirthDate'];

export function attributeWord(t: Translate, keyword: string): string {
  return known(t, `attribute.${keyword}`) ?? keyword;
}

/** 王^小明 as 王小明, 19800102 as 1980-01-02, 0930 as 09:30, M as a word; nothing as a dash. */
export function attributeValue(t: Translate, keyword: string, value: string | null | undefined): string {
  if (value === null || value === undefined || value === '') return '—';
  if (keyword === 'PatientSex') return known(t, `sex.${value}`) ?? value;
  if (keyword.endsWith('Date')) return dicomDay(value);
  if (keyword === 'StudyTime')
    return value.replace(/^(\d\d)(\d\d)(\d\d)?.*$/, (_, h, m, s) => [h, m, s].filter(Boolean).join(':'));
  if (keyword.endsWith('Name') && keyword !== 'ProtocolName') return personName(value);
  return value;
}

export function dicomDay(value: string | null): string {
  return value === null ? '—' : value.replace(/^(\d{4})(\d\d|\*\*)(\d\d|\*\*)$/, '$1-$2-$3');
}

/** Of the groups of a DICOM name the one that people read. */
function personName(value: string): string {
  const [alphabetic = '', ideographic = ''] = value.split('=');
  const name = ideographic === '' ? alphabetic : ideographic;
  return name.replaceAll('^', /\p{Script=Han}/u.test(name) ? '' : ' ').trim();
}

/** 王*明 · 男 · 4501****12 */
export function patientLine(t: Translate, study: StudyFound): string {
  const sex = study.patientSex === null ? '' : attributeValue(t, 'PatientSex', study.patientSex);
  return [study.patientName, sex, study.patientId].filter((part) => part !== '' && part !== '—').join(' · ');
}

export function pictureCount(t: Translate, count: number | null): string {
  return count === null ? '—' : t('corrections.pictures', { count: formatCount(count) });
}

export function isHiding(edit: Pick<StudyEdit, 'kind'>): boolean {
  return edit.kind === 'delete' || edit.kind === 'reject';
}

/** One line: what an edit did. */
export function editSummary(t: Translate, edit: StudyEdit): string {
  const { before, after } = edit;
  const count = typeof before.instances === 'number' ? formatCount(before.instances) : null;
  switch (edit.kind) {
    case 'merge':
      return t('corrections.did.merge');
    case 'split':
      return t('corrections.did.split', { count: count ?? '' });
    case 'delete':
      return t('corrections.did.delete', { count: count ?? '' });
    case 'reject':
      return t('corrections.did.reject', {
        count: count ?? '',
        title: known(t, `rejection.${String(after.title)}`) ?? String(after.title),
      });
    default:
      return Object.keys(after)
        .filter((keyword) => !keyword.endsWith('InstanceUID'))
        .map((keyword) =>
          t('corrections.did.attribute', {
            name: attributeWord(t, keyword),
            before: attributeValue(t, keyword, textOf(before[keyword])),
            after: attributeValue(t, keyword, textOf(after[keyword])),
          }),
        )
        .join(t('corrections.did.and'));
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
