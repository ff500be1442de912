import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestContext, type TestContext } from '../../testing/context.ts';
import { findInstitution, upsertPatient } from '../mpi/index.ts';
import { findExams, readText } from './find-exams.ts';
import { countMatched, type ExamSource, pageOfExams } from './find-exams-repo.ts';
import type { ExamScope } from './types.ts';

const all: ExamScope = { kind: 'all' };

describe('the worklist over twenty thousand exams', () => {
  let ctx: TestContext;
  let person: { patientId: string; personId: string };
  beforeAll(async () => {
    ctx = await openTestContext();
    const institutionId = (await findInstitution(ctx.db)).id;
    const upsert = (patientId: string, name: string) =>
      ctx.db.transaction().execute((tx) => {
        const facts = {
          sex: '1',
          birthDate: null,
          identityType: null,
          identityNo: null,
          phone: null,
          address: null,
        };
        return upsertPatient(tx, { ...facts, institutionId, patientId, name, source: 'hl7' });
      });
    person = await upsert('Q1', '覃小妹');
    const percent = await upsert('100%_x', 'Buc Jérôme');
    await sql`INSERT INTO person SELECT g, NULL, now() FROM generate_series(1, 2000) g`.execute(ctx.db);
    await sql`
      INSERT INTO patient (id, institution_id, patient_id, person_id, name, name_pinyin, name_initials, name_source, created_at, updated_at)
      SELECT g, ${institutionId}, 'N' || g, g, '王' || g, 'wang' || g, 'w' || g, 'hl7', now(), now() FROM generate_series(1, 2000) g`.execute(
      ctx.db,
    );
    await sql`INSERT INTO patient_name_key SELECT g, 'wang' || g FROM generate_series(1, 2000) g`.execute(
      ctx.db,
    );
    await sql`
      INSERT INTO exam (id, institution_id, patient_id, accession_number, exam_type, modality, item_name, origin, status, exam_at, created_at, updated_at)
      SELECT g, ${institutionId}, CASE WHEN g % 4000 = 0 THEN ${person.patientId}::bigint ELSE 1 + g % 2000 END, 'ACC' || g,
        CASE g % 3 WHEN 0 THEN 'US' ELSE 'RAD' END, CASE g % 3 WHEN 0 THEN 'US' WHEN 1 THEN 'CT' ELSE 'MR' END,
        CASE g % 2 WHEN 0 THEN '头颅CT平扫' ELSE '胸部CT平扫' END, 'order', CASE g % 5 WHEN 0 THEN 'verified' ELSE 'examined' END,
        timestamptz '2026-11-20 00:00+08' - make_interval(mins => g / 3), now(), now()
      FROM generate_series(1, 20000) g`.execute(ctx.db);
    await ctx.db.updateTable('exam').set({ patient_id: percent.patientId }).where('id', '=', '7').execute();
    await ctx.db
      .updateTable('exam')
      .set({ published_at: new Date() })
      .where('patient_id', '=', person.patientId)
      .where('id', '<>', '4000')
      .execute();
    await sql`ANALYZE`.execute(ctx.db);
  });
  afterAll(() => ctx.close());

  const ids = async (query: Parameters<typeof findExams>[2], scope: ExamScope = all) =>
    (await findExams(ctx.db, scope, query)).items.map((exam) => exam.examId);

  it('pages through everything once, newest first, also where many share one minute', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await findExams(ctx.db, all, {
        limit: 200,
        from: '2026-11-19',
        to: '2026-11-19',
        ...(cursor === undefined ? {} : { cursor }),
      });
      seen.push(...page.items.map((exam) => exam.examId));
      expect(page.total).toBe(4320 - 0);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(4320);
    expect(new Set(seen).size).toBe(4320);
    expect(Number(seen[0])).toBeLessThan(10);
  });

  it.each([
    ['覃小妹', 5],
    ['小妹', 5],
    ['qin', 5],
    ['tanxm', 5],
    ['QXM', 5],
    ['Q1', 5],
    ['ACC12345', 1],
    ['wang1999', 10],
    ['bucj', 1],
    ['100%', 1],
    ['%', 0],
    ['_', 0],
    ["'; DROP TABLE exam; --", 0],
    ['胸部', 10_000],
  ])('%s finds %i', async (q, count) => {
    expect((await findExams(ctx.db, all, { q, limit: 1 })).total).toBe(count);
  });

  it('filters by kind, status, modality and local day together', async () => {
    const page = await findExams(ctx.db, all, {
      examType: 'US,PATH',
      status: 'verified',
      modality: 'us',
      from: '2026-11-18',
      to: '2026-11-19',
    });
    expect(page.items.every((exam) => exam.examType === 'US' && exam.status === 'verified')).toBe(true);
    expect(page.total).toBe(576);
    await expect(findExams(ctx.db, all, { examType: 'US,XX' })).rejects.toThrow('request.invalid');
    await expect(findExams(ctx.db, all, { cursor: 'nonsense' })).rejects.toThrow('request.invalid');
  });

  it("shows a patient their own published exams and nobody else's, whatever the query says", async () => {
    const scope: ExamScope = { kind: 'person', personId: person.personId, examId: null };
    expect(await ids({}, scope)).toEqual(['8000', '12000', '16000', '20000']);
    expect(await ids({ patientId: '5', q: 'ACC' }, scope)).toEqual(['8000', '12000', '16000', '20000']);
    expect(await ids({ q: 'wang' }, scope)).toEqual([]);
    expect(await ids({}, { ...scope, examId: '12000' })).toEqual(['12000']);
    expect(await ids({}, { ...scope, examId: '4000' })).toEqual([]);
    expect(await ids({}, { ...scope, examId: '13' })).toEqual([]);
  });

  it('goes through the list for a name that many have, and does not count them', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let turn = 0; turn < 3; turn += 1) {
      const page = await findExams(ctx.db, all, {
        q: 'WANG',
        limit: 40,
        ...(cursor === undefined ? {} : { cursor }),
      });
      expect(page.totalIsFloor).toBe(true);
      seen.push(...page.items.map((exam) => exam.examId));
      cursor = page.nextCursor ?? undefined;
    }
    // Three exams share a minute; one of the first has another patient.
    const newest = Array.from({ length: 150 }, (_, at) => at + 1).sort(
      (a, b) => Math.floor(a / 3) - Math.floor(b / 3) || b - a,
    );
    expect(seen).toEqual(
      newest
        .filter((id) => id !== 7)
        .slice(0, 120)
        .map(String),
    );
  });

  it('finds the same by patients, numbers and items as by going through the list', async () => {
    const named = [
      '覃小妹',
      'qinxiaomei',
      'tanxmei',
      'Q1',
      '王17',
      'wang1999',
      'N200',
      'ACC1234',
      '100%_x',
      'Buc Jérôme',
    ];
    const questions = fc
      .tuple(fc.constantFrom(...named, '头颅CT平扫', '胸部'), fc.nat(6), fc.nat(6))
      .map(([text, from, length]) => text.slice(from % text.length, (from % text.length) + length + 1));
    const filter = {
      rights: null,
      institutionId: null,
      personId: null,
      publishedOnly: false,
      examId: null,
      examTypes: [],
      statuses: [],
      modality: 'CT',
      from: new Date('2026-11-18T00:00:00+08:00'),
      to: null,
      text: null,
    };
    await fc.assert(
      fc.asyncProperty(questions, async (q) => {
        const text = readText(q);
        if (text === null) return;
        const { items } = await countMatched(ctx.db, text, 1000);
        const found = async (source: ExamSource) =>
          (await pageOfExams(ctx.db, filter, source, null, 100)).rows.map((row) => row.id);
        expect(await found({ kind: 'named', text, items })).toEqual(await found({ kind: 'compared', text }));
      }),
      { numRuns: 60 },
    );
  });

  it('follows a new name and a merge', async () => {
    const scope: ExamScope = { kind: 'person', personId: person.personId, examId: null };
    const rename = (name: string) =>
      ctx.db.transaction().execute(async (tx) => {
        await tx.updateTable('patient').set({ name }).where('id', '=', person.patientId).execute();
        await sql`INSERT INTO patient_name_key (patient_id, key) VALUES (${person.patientId}, 'newkey') ON CONFLICT DO NOTHING`.execute(
          tx,
        );
      });
    const merge = (into: string | null) =>
      ctx.db
        .updateTable('patient')
        .set({ merged_into_id: into })
        .where('id', '=', person.patientId)
        .execute();
    await rename('岑大壮');
    expect(await ids({ q: '大壮' }, scope)).toHaveLength(4);
    expect(await ids({ q: '大壮' })).toHaveLength(5);
    expect(await ids({ q: 'NEWK' }, scope)).toHaveLength(4);
    await merge('5');
    expect(await ids({ q: 'wang5' }, scope)).toHaveLength(4);
    await merge(null);
    await rename('覃小妹');
    expect(await ids({ q: 'wang5' }, scope)).toHaveLength(0);
    expect(await ids({ q: '小妹' }, scope)).toHaveLength(4);
  });

  it('shows all exams of the person behind a patient row', async () => {
    expect(await ids({ patientId: person.patientId })).toEqual(['4000', '8000', '12000', '16000', '20000']);
  });
});
