// The engine against a filter written down plainly: random archives, random questions, the same answers in the same order,
// whichever stream drives the query and however it is cut into pages.
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../db/index.ts';
import { openTestContext, type TestContext } from '../../../testing/context.ts';
import { findInstitution } from '../../mpi/index.ts';
import { searchText } from '../instance-head.ts';
import type { Level } from './attributes.ts';
import { foldDays } from './fold-days.ts';
import { type Cursor, planQuery, queryArchive } from './query-archive.ts';

type SeriesRow = { id: string; modality: string | null; number: number; hidden: boolean };
type StudyRow = {
  id: string;
  name: string;
  forms: string[];
  patientId: string;
  accession: string | null;
  date: string | null;
  time: string | null;
  description: string | null;
  settled: boolean;
  hidden: boolean;
  series: SeriesRow[];
};
type Keys = Partial<Record<keyof typeof tags, string>>;

const tags = {
  PatientName: '00100010',
  PatientID: '00100020',
  AccessionNumber: '00080050',
  StudyDate: '00080020',
  StudyTime: '00080030',
  StudyDescription: '00081030',
  ModalitiesInStudy: '00080061',
  Modality: '00080060',
  SeriesNumber: '00200011',
} as const;
const names = [
  'Wei^Xiaomei=韦^小妹',
  '韦^小妹',
  'Wang^Xiaodong=王^小东',
  '王^小冬',
  'Wang^Dong=王^东',
  'Qin^Xiaomei=覃^小妹',
  'BUC^JEROME',
  'Buc^Jérôme Luc',
  '欧阳^小东',
  'O_Brien^100%',
  'SHAN^Da!n=单^丹',
  '',
];
const ids = ['P1', 'P2', 'P10', 'P_1', 'P%', '-', 'Q!1', '0007', '00070'];
const days = [null, '20250228', '20260228', '20260301', '20260302', '20260315'];
const times = [null, '08', '083000', '083000.123', '1400', '235959'];
const descriptions = [null, '胸部CT平扫 Chest', 'chest pa', '100% _!', 'ＣＨＥＳＴ'];
const modalities = ['CT', 'MR', 'SR', 'DX', null];

/** The same lists every run; the questions are what fast-check makes up. */
function makeStudies(count: number): StudyRow[] {
  let state = 7;
  const pick = <T>(list: readonly T[]): T => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return list[(state >>> 8) % list.length] as T;
  };
  return Array.from({ length: count }, () => {
    const name = pick(names);
    const written = (name.includes('=') ? (name.split('=')[1] ?? '') : name).replace(
      '^',
      east(name) ? '' : ' ',
    );
    return {
      id: newId(),
      name,
      forms: searchText(written, name)
        .split('|')
        .filter((form) => form !== ''),
      patientId: pick(ids),
      accession: pick([null, ...ids]),
      date: pick(days),
      time: pick(times),
      description: pick(descriptions),
      settled: pick([true, true, true, false]),
      hidden: pick([false, false, false, false, true]),
      series: Array.from({ length: pick([1, 1, 2, 3]) }, (_, index) => ({
        id: newId(),
        modality: pick(modalities),
        number: index + pick([1, 5]),
        hidden: pick([false, false, false, true]),
      })),
    };
  });
}

const east = (text: string) => /\p{Script=Han}/u.test(text);

/** The filter, as the standard says it. */
function expected(studies: readonly StudyRow[], level: Level, keys: Keys): string[] {
  const shown = studies.filter((study) => !study.hidden && studyMatches(study, keys));
  shown.sort((a, b) => compare(b.date ?? '', a.date ?? '') || compareIds(b.id, a.id));
  if (level === 'STUDY') return shown.map((study) => study.id);
  return shown.flatMap((study) =>
    study.series
      .filter((one) => !one.hidden && seriesMatches(one, keys))
      .sort((a, b) => compareIds(b.id, a.id))
      .map((one) => one.id),
  );
}

function studyMatches(study: StudyRow, keys: Keys): boolean {
  const visible = study.series.filter((one) => !one.hidden).map((one) => one.modality);
  return (
    nameMatches(study.forms, keys.PatientName) &&
    anyOf(study.patientId, keys.PatientID, false) &&
    anyOf(study.accession, keys.AccessionNumber, false) &&
    inRange(study.date, keys.StudyDate) &&
    inRange(study.time, keys.StudyTime) &&
    anyOf(study.description?.toLowerCase() ?? null, keys.StudyDescription, true) &&
    (isUniversal(keys.ModalitiesInStudy) ||
      visible.some((one) => anyOf(one, keys.ModalitiesInStudy?.toUpperCase(), false)))
  );
}

function seriesMatches(series: SeriesRow, keys: Keys): boolean {
  return (
    anyOf(series.modality, keys.Modality?.toUpperCase(), false) &&
    (keys.SeriesNumber === undefined || keys.SeriesNumber.split('\\').map(Number).includes(series.number))
  );
}

const isUniversal = (asked: string | undefined) =>
  asked === undefined || asked.trim() === '' || /^\*+$/.test(asked.trim());

function anyOf(value: string | null, asked: string | undefined, fold: boolean): boolean {
  if (asked === undefined || isUniversal(asked)) return true;
  if (value === null) return false;
  const folded = asked.normalize('NFKC').trim();
  const text = fold ? folded.toLowerCase() : folded;
  if (/[*?]/.test(text)) return glob(value, text);
  return text.split('\\').some((one) => one.trim() === value);
}

function inRange(value: string | null, asked: string | undefined): boolean {
  if (asked === undefined || isUniversal(asked)) return true;
  if (value === null) return false;
  const [from, to] = asked.includes('-') ? asked.split('-') : [asked, asked];
  return (from === '' || value >= (from ?? '')) && (to === '' || value.slice(0, to?.length) <= (to ?? ''));
}

function nameMatches(forms: readonly string[], asked: string | undefined): boolean {
  if (asked === undefined || isUniversal(asked)) return true;
  return asked.split('=').every((group) => {
    const spaced = group
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[\^\s|]+/g, ' ')
      .trim();
    const folded = east(spaced) ? spaced.replaceAll(' ', '') : spaced;
    if (/^[* ]*$/.test(folded)) return true;
    return forms.some((form) => glob(form, folded) || glob(form, folded.replaceAll(' ', '')));
  });
}

function glob(text: string, pattern: string): boolean {
  if (pattern === '') return text === '';
  if (pattern[0] === '*')
    return glob(text, pattern.slice(1)) || (text !== '' && glob(text.slice(1), pattern));
  return (
    text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && glob(text.slice(1), pattern.slice(1))
  );
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const compareIds = (a: string, b: string) => (BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0);

/** Values that are in the archive, cut and blotted at random, so that many questions have answers. */
const blotted = (values: readonly (string | null)[]) =>
  fc
    .tuple(
      fc.constantFrom(...values.filter((value): value is string => value !== null && value !== '')),
      fc.nat(9),
      fc.nat(9),
      fc.constantFrom('', '*', '?', 'prefix', 'suffix', 'inner'),
    )
    .map(([value, one, two, how]) => {
      const letters = [...value];
      const at = one % letters.length;
      if (how === 'prefix') return `${letters.slice(0, at + 1).join('')}*`;
      if (how === 'suffix') return `*${letters.slice(at).join('')}`;
      if (how === 'inner') return `*${letters.slice(at, at + 1 + (two % 3)).join('')}*`;
      return how === '' ? value : [...letters.slice(0, at), how, ...letters.slice(at + 1)].join('');
    });
const lists = (values: readonly (string | null)[]) =>
  fc
    .array(fc.constantFrom(...values.filter((value): value is string => value !== null)), {
      minLength: 1,
      maxLength: 3,
    })
    .map((list) => list.join('\\'));
const ranges = (values: readonly (string | null)[]) => {
  const one = fc.constantFrom(...values.filter((value): value is string => value !== null));
  return fc.oneof(
    one,
    one.map((from) => `${from}-`),
    one.map((to) => `-${to}`),
    fc.tuple(one, one).map((ends) => ends.join('-')),
  );
};
const asked = [
  'wang*',
  'w*d*',
  'wxd',
  'qin*',
  'tan*',
  'tanxm',
  'wangxiao*',
  'ouyang*',
  '*小*',
  '小妹',
  'buc^j*',
  'wang*=王*',
  'ＷＡＮＧ*',
];
const questions = fc.record(
  {
    PatientName: fc.oneof(blotted(names.flatMap((name) => name.split('='))), fc.constantFrom(...asked)),
    PatientID: fc.oneof(blotted(ids.filter((id) => id !== '-')), lists(ids.filter((id) => id !== '-'))),
    AccessionNumber: fc.oneof(blotted(ids), lists(ids)),
    StudyDate: ranges([...days, '2026', '202603']),
    StudyTime: ranges([...times.filter((time) => time?.includes('.') !== true), '08', '1359']),
    StudyDescription: blotted(descriptions.filter((text) => text?.includes('\\') !== true)),
    ModalitiesInStudy: fc.oneof(lists(modalities), fc.constantFrom('C*', '?R', 'ct')),
    Modality: lists(modalities),
    SeriesNumber: fc.constantFrom('1', '2\\5', '06'),
  },
  { requiredKeys: [] },
);

describe('the matching engine and a plain filter', () => {
  let ctx: TestContext;
  const studies = makeStudies(160);
  beforeAll(async () => {
    ctx = await openTestContext();
    const { id } = await findInstitution(ctx.db);
    for (const study of studies) await insert(id, study);
  }, 60_000);
  afterAll(() => ctx.close());

  async function insert(institutionId: string, study: StudyRow): Promise<void> {
    const shown = study.series.flatMap((one) => (one.hidden || one.modality === null ? [] : [one.modality]));
    const hidden = (is: boolean) => (is ? new Date() : null);
    const at = new Date();
    await ctx.db
      .insertInto('study')
      .values({
        id: study.id,
        study_instance_uid: `1.2.${study.id}`,
        institution_id: institutionId,
        patient_id: study.patientId,
        patient_name: study.name,
        patient_name_dicom: study.name,
        patient_name_search: study.forms.length === 0 ? '' : `|${study.forms.join('|')}|`,
        accession_number: study.accession,
        study_date: study.date,
        study_time: study.time,
        study_description: study.description,
        modalities: study.settled ? [...new Set(shown)].join('\\') : null,
        settled_at: study.settled ? at : null,
        hidden_at: hidden(study.hidden),
        received_at: at,
        last_received_at: at,
      })
      .execute();
    for (const one of study.series)
      await ctx.db
        .insertInto('series')
        .values({
          id: one.id,
          study_id: study.id,
          series_instance_uid: `1.3.${one.id}`,
          modality: one.modality,
          series_number: one.number,
          hidden_at: hidden(one.hidden),
          received_at: at,
        })
        .execute();
  }

  async function found(level: Level, keys: Keys, more: { offset?: number; pageSize?: number } = {}) {
    const ask = {
      level,
      keys: Object.entries(keys).map(([keyword, value]) => ({
        tag: tags[keyword as keyof typeof tags],
        value,
      })),
      answer: ['0020000D'],
      scope: { kind: 'all' } as const,
      offset: more.offset ?? 0,
    };
    const rows: string[] = [];
    let after: Cursor | null = null;
    for await (const row of queryArchive(ctx, planQuery({ ...ask, after }), more.pageSize ?? 100)) {
      rows.push(row.seriesId ?? row.studyId);
      after = row.cursor;
    }
    return rows;
  }

  it('finds the same studies in the same order', { timeout: 120_000 }, async () => {
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(
        questions,
        fc.constantFrom(3, 100),
        async ({ Modality: _, SeriesNumber: __, ...keys }, pageSize) => {
          const rows = await found('STUDY', keys, { pageSize });
          expect(rows).toEqual(expected(studies, 'STUDY', keys));
          if (rows.length > 0 && Object.keys(keys).length > 1) answered += 1;
        },
      ),
      { numRuns: 300 },
    );
    expect(answered).toBeGreaterThan(10); // not only questions without an answer
  });

  it('finds the same series in the same order', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(questions, fc.constantFrom(3, 100), async (keys, pageSize) => {
        expect(await found('SERIES', keys, { pageSize })).toEqual(expected(studies, 'SERIES', keys));
      }),
      { numRuns: 200 },
    );
  });

  it('skips the same studies by offset', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(questions, fc.nat(40), async ({ Modality: _, SeriesNumber: __, ...keys }, offset) => {
        expect(await found('STUDY', keys, { offset, pageSize: 20 })).toEqual(
          expected(studies, 'STUDY', keys).slice(offset),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('finds the day of a far offset, also when studies were hidden, moved to another day and folded', async () => {
    const { id } = await findInstitution(ctx.db);
    const first = BigInt(newId());
    await sql`INSERT INTO study (id, study_instance_uid, institution_id, patient_id, patient_name, study_date, received_at, last_received_at)
      SELECT ${String(first)}::bigint + n, '1.4.' || n, ${id}, 'F', '', to_char(date '2020-01-01' + n / 40, 'YYYYMMDD'), now(), now()
      FROM generate_series(1, 1500) n`.execute(ctx.db);
    await sql`UPDATE study SET hidden_at = now() WHERE patient_id = 'F' AND id % 7 = 0`.execute(ctx.db);
    await sql`UPDATE study SET study_date = '20200109' WHERE patient_id = 'F' AND id % 5 = 0`.execute(ctx.db);
    await sql`DELETE FROM study WHERE patient_id = 'F' AND id % 11 = 0`.execute(ctx.db);
    const all = await found('STUDY', {});
    for (const offset of [1000, 1201, all.length - 1, all.length, 5000])
      expect(await found('STUDY', {}, { offset })).toEqual(all.slice(offset));
    const ranged = { StudyDate: '20200103-20200205' };
    const ofDays = await found('STUDY', ranged);
    await foldDays(ctx);
    const rows = await ctx.db.selectFrom('study_day_count').select('day').execute();
    expect(new Set(rows.map(({ day }) => day)).size).toBe(rows.length);
    expect(await found('STUDY', ranged, { offset: 1003 })).toEqual(ofDays.slice(1003));
    expect(await found('STUDY', {}, { offset: 1100 })).toEqual(all.slice(1100));
  });
});
