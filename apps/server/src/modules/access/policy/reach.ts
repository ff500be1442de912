// How far a grant reaches: which exams it covers (tender 4.1①; spec AC-4). Every condition given must hold, a list means
// "one of", {} is everything. The same reach is judged here for one exam and written as SQL in exam-condition.ts.
import { GrantReach } from '@yunying/api';
import { Value } from 'typebox/value';
import { AppError } from '../../../errors.ts';

export const Reach = GrantReach;
export type Reach = GrantReach;

/** What a reach asks of an exam; of a study without an exam only the institution and perhaps the person are known. */
export type Reachable = {
  examId: string | null;
  personId: string | null;
  institutionId: string;
  departmentId: string | null;
  examType: string | null;
  examAt: Date | null;
  /** Every doctor that an order of this person names. */
  orderingDoctors: readonly string[];
};

const dayMs = 24 * 3_600_000;

export function readReach(text: string): Reach {
  const value: unknown = JSON.parse(text);
  if (!Value.Check(Reach, value)) throw new AppError('request.invalid', { field: 'reach' });
  return value;
}

export function reaches(reach: Reach, exam: Reachable, doctorNames: ReadonlySet<string>, now: Date): boolean {
  const isIn = (list: readonly string[] | undefined, value: string | null) =>
    list === undefined || (value !== null && list.includes(value));
  return (
    isInHours(reach, now) &&
    isIn(reach.institutionIds, exam.institutionId) &&
    isIn(reach.departmentIds, exam.departmentId) &&
    isIn(reach.examTypes, exam.examType) &&
    isIn(reach.personIds, exam.personId) &&
    isIn(reach.examIds, exam.examId) &&
    (reach.days === undefined || (exam.examAt !== null && exam.examAt >= earliest(reach.days, now))) &&
    (reach.ownPatients === undefined || exam.orderingDoctors.some((name) => doctorNames.has(name)))
  );
}

export function earliest(days: number, now: Date): Date {
  return new Date(now.getTime() - days * dayMs);
}

/** A range over midnight belongs to the weekday on which it began. */
export function isInHours({ hours }: Reach, now: Date): boolean {
  if (hours === undefined) return true;
  const local = new Date(now.getTime() + 8 * 3_600_000);
  const clock = local.toISOString().slice(11, 16);
  const overnight = hours.from > hours.to;
  const isTail = overnight && clock < hours.to;
  const weekday = ((local.getUTCDay() + (isTail ? 5 : 6)) % 7) + 1;
  if (!hours.weekdays.includes(weekday)) return false;
  return overnight ? clock >= hours.from || isTail : clock >= hours.from && clock < hours.to;
}
