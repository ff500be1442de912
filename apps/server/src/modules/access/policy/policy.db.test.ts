// 2,000 random authorities over random exams: what one look decides, what a list shows and counts, and what the archive's
// search finds are the same as a small model says.
import { examTypes, type Permission } from '@yunying/api';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestContext, type TestContext } from '../../../testing/context.ts';
import { getExamFacts, getLooseFacts } from '../../orders/index.ts';
import type { ExamFacts } from '../may-view-exam.ts';
import type { Authority, Grant } from './authority.ts';
import { decide, pseudonymous } from './decide.ts';
import { examCondition, studyCondition } from './exam-condition.ts';
import { restrictions, securityTags } from './labels.ts';
import { isInHours, type Reach } from './reach.ts';

const now = new Date('2026-11-24T10:30:00+08:00'); // a Tuesday
const permissions: readonly Permission[] = ['exam.list', 'exam.view', 'report.view', 'image.original'];
const doctors = ['张医生', '李医生', '王医生'];

/** The model: says the policy once more, as plainly as it can be said. */
function model(authority: Authority, exam: ExamFacts, permission: Permission): 'full' | 'pseudonym' | 'no' {
  const within = (list: readonly string[] | undefined, value: string | null) =>
    list === undefined || (value !== null && list.includes(value));
  const results = authority.grants.map((grant) => {
    const { reach } = grant;
    if (!grant.permissions.has(permission)) return 'no';
    if (!within(reach.institutionIds, exam.institutionId)) return 'no';
    if (!within(reach.departmentIds, exam.departmentId)) return 'no';
    if (!within(reach.examTypes, exam.examType)) return 'no';
    if (!within(reach.personIds, exam.personId)) return 'no';
    if (!within(reach.examIds, exam.examId)) return 'no';
    if (reach.hours !== undefined && reach.hours.from !== '08:00') return 'no'; // made as: by day, or by night
    if (reach.days !== undefined) {
      if (exam.examAt === null) return 'no';
      if (now.getTime() - exam.examAt.getTime() > reach.days * 86_400_000) return 'no';
    }
    if (reach.ownPatients === true && !exam.orderingDoctors.some((name) => authority.doctorNames.has(name)))
      return 'no';
    let worst: 'full' | 'pseudonym' | 'no' = 'full';
    for (const label of exam.labels) {
      if (exam.personId !== null && authority.lifted.has(exam.personId)) continue;
      const isMarkOnly = label.restriction === 'none';
      if (label.level <= grant.level && (isMarkOnly || grant.tags.has(label.tag))) continue;
      if (exam.personId !== null && authority.broken.has(exam.personId) && label.restriction !== 'hidden')
        continue;
      if (label.restriction !== 'pseudonym') worst = 'no';
      else if (worst === 'full') worst = pseudonymous.has(permission) ? 'pseudonym' : 'no';
    }
    return worst;
  });
  if (results.includes('full')) return 'full';
  return results.includes('pseudonym') ? 'pseudonym' : 'no';
}

// mulberry32: the same cases on every machine
let state = 20261124;
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
}
const chance = (share: number) => random() < share;
const below = (limit: number) => Math.floor(random() * limit);
const some = <T>(list: readonly T[]): T[] => {
  const picked = list.filter(() => chance(0.4));
  return picked.length === 0 ? list.slice(0, 1) : picked;
};

function randomReach(): Reach {
  const reach: Reach = {};
  if (chance(0.3)) reach.institutionIds = some(['1', '2']);
  if (chance(0.3)) reach.departmentIds = some(['11', '12', '13']);
  if (chance(0.3)) reach.examTypes = some(examTypes.slice(0, 4));
  if (chance(0.1)) reach.personIds = some(['101', '102', '103', '104', '105']);
  if (chance(0.1)) reach.examIds = some(['1001', '1002', '1003', '1010', '1020']);
  if (chance(0.15)) reach.ownPatients = true;
  if (chance(0.2)) reach.days = 1 + below(60);
  if (chance(0.15))
    reach.hours = {
      ...(chance(0.7) ? { from: '08:00', to: '18:00' } : { from: '20:00', to: '06:00' }),
      weekdays: [2],
    };
  return reach;
}

function randomAuthority(): Authority {
  const grants = Array.from(
    { length: below(4) },
    (_, index): Grant => ({
      grantId: String(index),
      role: null,
      permissions: new Set(some(permissions)),
      reach: randomReach(),
      level: 3 + below(3),
      tags: new Set(chance(0.4) ? some(securityTags) : []),
    }),
  );
  const persons = ['101', '102', '103', '104', '105', '106'];
  return {
    grants,
    doctorNames: new Set(chance(0.5) ? some(doctors) : []),
    lifted: new Set(chance(0.2) ? some(persons) : []),
    broken: new Set(chance(0.2) ? some(persons) : []),
  };
}

describe('the policy over forty exams and two thousand authorities', () => {
  let ctx: TestContext;
  const facts: ExamFacts[] = [];
  const loose: { studyId: string; facts: ExamFacts }[] = [];
  beforeAll(async () => {
    ctx = await openTestContext();
    const { db } = ctx;
    await sql`INSERT INTO institution (id, code, name, created_at) VALUES (1, 'A', '甲', now()), (2, 'B', '乙', now())`.execute(
      db,
    );
    await sql`INSERT INTO department (id, institution_id, code, name) VALUES (11, 1, 'x', 'x'), (12, 1, 'y', 'y'), (13, 2, 'z', 'z')`.execute(
      db,
    );
    await sql`INSERT INTO person (id, created_at) SELECT g, now() FROM generate_series(101, 106) g`.execute(
      db,
    );
    // Two hospital numbers each: a person's labels and doctors hold for both.
    await sql`INSERT INTO patient (id, institution_id, patient_id, person_id, name, name_pinyin, name_initials, name_source, created_at, updated_at)
      SELECT g * 10 + i, i, 'P' || g, g, 'n', 'n', 'n', 'hl7', now(), now() FROM generate_series(101, 106) g, generate_series(1, 2) i`.execute(
      db,
    );
    for (let id = 1001; id <= 1040; id += 1) {
      const institution = 1 + below(2);
      const department = chance(0.2) ? null : institution === 2 ? 13 : 11 + below(2);
      await db
        .insertInto('exam')
        .values({
          id: String(id),
          institution_id: String(institution),
          patient_id: String((101 + below(6)) * 10 + institution),
          exam_type: examTypes[below(4)] ?? 'RAD',
          item_name: 'x',
          department_id: department === null ? null : String(department),
          ordering_doctor: chance(0.5) ? (doctors[below(3)] ?? null) : null,
          origin: 'order',
          status: 'verified',
          exam_at: new Date(now.getTime() - below(90) * 86_400_000 - 3_600_000),
          created_at: now,
          updated_at: now,
        })
        .execute();
    }
    for (let id = 1; id <= 24; id += 1)
      await db
        .insertInto('protection_label')
        .values({
          id: String(id),
          person_id: id <= 5 ? String(101 + below(6)) : null,
          exam_id: id <= 5 ? null : String(1001 + below(40)),
          tag: securityTags[below(securityTags.length)] ?? 'vip',
          level: 3 + below(3),
          restriction: restrictions[below(4)] ?? 'hidden',
          source: 'hand',
          valid_from: id % 8 === 0 ? new Date(now.getTime() + 86_400_000) : new Date(now.getTime() - 1000),
          valid_to: id % 7 === 0 ? now : null,
          created_at: now,
          removed_at: id % 9 === 0 ? now : null,
        })
        .execute();
    for (let id = 1001; id <= 1040; id += 1) {
      const of = await getExamFacts(db, String(id));
      facts.push({ ...of, labels: await labelsAt(String(id)) });
    }
    for (let at = 0; at < 4; at += 1) {
      const [institution, patient] = [
        String(1 + (at % 2)),
        at === 3 ? null : String((101 + at) * 10 + 1 + (at % 2)),
      ];
      await insertStudy(at, institution, patient, null);
      const of = await getLooseFacts(db, institution, patient);
      loose.push({ studyId: String(5000 + at), facts: of });
    }
    for (const exam of facts) await insertStudy(Number(exam.examId), exam.institutionId, null, exam.examId);
  });
  afterAll(() => ctx.close());

  // getExamFacts reads the labels of this moment; the test's moment is a fixed one.
  async function labelsAt(examId: string): Promise<ExamFacts['labels']> {
    const { rows } = await sql<ExamFacts['labels'][number]>`
      SELECT l.tag, l.level, l.restriction FROM protection_label l, exam e JOIN patient p ON p.id = e.patient_id
       WHERE e.id = ${examId} AND (l.exam_id = e.id OR l.person_id = p.person_id) AND l.removed_at IS NULL
         AND l.valid_from <= ${now} AND (l.valid_to IS NULL OR l.valid_to > ${now})`.execute(ctx.db);
    return rows;
  }
  async function insertStudy(
    at: number,
    institutionId: string,
    patientRowId: string | null,
    examId: string | null,
  ) {
    await ctx.db
      .insertInto('study')
      .values({
        id: String(examId === null ? 5000 + at : 10_000 + at),
        study_instance_uid: `2.25.${at}`,
        institution_id: institutionId,
        patient_row_id: patientRowId,
        exam_id: examId,
        patient_id: 'x',
        patient_name: 'x',
        link_state: examId === null ? 'unlinked' : 'linked',
        received_at: now,
        last_received_at: now,
      })
      .execute();
  }

  it('one look, a list, a search by name and the archive agree with the model', async () => {
    let open = 0;
    let veiled = 0;
    for (let round = 0; round < 2000; round += 1) {
      const authority = randomAuthority();
      const permission = permissions[below(permissions.length)] ?? 'exam.list';
      const expected = facts.map((exam) => model(authority, exam, permission));
      const decided = facts.map((exam) => {
        const decision = decide(authority, exam, permission, now);
        return decision.allowed ? decision.identity : 'no';
      });
      expect(decided).toEqual(expected);
      open += expected.filter((verdict) => verdict === 'full').length;
      veiled += expected.filter((verdict) => verdict === 'pseudonym').length;
      if (round % 4 !== 0) continue; // each is three statements
      const idsOf = (verdicts: readonly string[]) =>
        facts.flatMap((exam, at) => (verdicts.includes(expected[at] ?? 'no') ? [exam.examId] : []));
      const rights = { authority, permission, now };
      expect(await listed({ ...rights, pseudonyms: true })).toEqual(idsOf(['full', 'pseudonym']));
      expect(await listed({ ...rights, pseudonyms: false })).toEqual(idsOf(['full']));
      const loosely = loose.filter(({ facts: of }) => model(authority, of, permission) === 'full');
      expect(await searched({ ...rights, pseudonyms: false })).toEqual([
        ...loosely.map(({ studyId }) => studyId),
        ...idsOf(['full']).map((id) => String(10_000 + Number(id))),
      ]);
    }
    // The cases are worth something only when all three outcomes are common.
    expect(open).toBeGreaterThan(4000);
    expect(veiled).toBeGreaterThan(100);
  });

  async function listed(rights: Parameters<typeof examCondition>[0]): Promise<string[]> {
    const { rows } = await sql<{
      id: string;
    }>`SELECT e.id::text FROM exam e WHERE ${examCondition(rights, 'e')} ORDER BY e.id`.execute(ctx.db);
    return rows.map((row) => row.id);
  }
  async function searched(rights: Parameters<typeof studyCondition>[0]): Promise<string[]> {
    const { rows } = await sql<{
      id: string;
    }>`SELECT study.id::text FROM study WHERE ${studyCondition(rights)} ORDER BY study.id`.execute(ctx.db);
    return rows.map((row) => row.id);
  }
});

describe('hours of a grant', () => {
  const night: Reach = { hours: { from: '20:00', to: '06:00', weekdays: [5] } }; // from Friday evening
  it.each([
    ['2026-11-27T21:00:00+08:00', true], // Friday
    ['2026-11-28T05:59:00+08:00', true], // Saturday morning is still Friday's night
    ['2026-11-28T06:00:00+08:00', false],
    ['2026-11-28T21:00:00+08:00', false],
    ['2026-11-27T05:00:00+08:00', false], // Thursday's night was not granted
  ])('%s', (at, open) => {
    expect(isInHours(night, new Date(at))).toBe(open);
  });
});
