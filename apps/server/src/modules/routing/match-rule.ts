// Does a rule mean a study? Pure: every condition that is given must hold. Modality, source and SOP class hold when
// one object of the study has all of them, so that a CT rule does not send for the sake of a report in it.
import type { RuleRow } from './repo.ts';

export type StudyPart = { modality: string | null; source: string; sopClassUid: string };
export type StudyPlace = { institutionId: string; departmentId: string | null };

type Conditions = Pick<
  RuleRow,
  | 'modalities'
  | 'source_ae_titles'
  | 'institution_id'
  | 'department_id'
  | 'sop_class_uids'
  | 'from_minute'
  | 'to_minute'
>;

/** `nodeName`: what came from the rule's own node does not go back to it. */
export function matchesRule(
  rule: Conditions,
  nodeName: string,
  parts: readonly StudyPart[],
  place: StudyPlace,
  minuteOfDay: number,
): boolean {
  if (rule.institution_id !== null && rule.institution_id !== place.institutionId) return false;
  if (rule.department_id !== null && rule.department_id !== place.departmentId) return false;
  if (!isWithin(minuteOfDay, rule.from_minute, rule.to_minute)) return false;
  const modalities = wordsOf(rule.modalities, ' ');
  const sources = wordsOf(rule.source_ae_titles, '\\');
  const classes = wordsOf(rule.sop_class_uids, ' ');
  return parts.some(
    (part) =>
      part.source !== sourceOf(nodeName) &&
      (modalities === null || (part.modality !== null && modalities.has(part.modality))) &&
      (sources === null || [...sources].some((title) => part.source === sourceOf(title))) &&
      (classes === null || classes.has(part.sopClassUid)),
  );
}

/** As the archive writes where an instance came from. */
export function sourceOf(aeTitle: string): string {
  return `dimse:${aeTitle}`;
}

/** Minutes of the day; a window that ends before it begins runs past midnight. */
export function isWithin(minute: number, from: number | null, to: number | null): boolean {
  const start = from ?? 0;
  const end = to ?? 24 * 60;
  if (from === null && to === null) return true;
  return start <= end ? minute >= start && minute < end : minute >= start || minute < end;
}

function wordsOf(text: string | null, separator: string): ReadonlySet<string> | null {
  return text === null ? null : new Set(text.split(separator).filter((word) => word !== ''));
}
