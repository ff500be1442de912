// The rows of the query benchmark, straight into the tables: the archive of a hospital that takes in 274 studies a day,
// so that 1,000,000 of them are ten years. Persons come from query-people.ts, everything else is made in SQL from the
// study's number. A large load goes without triggers and builds the indexes afterwards.
// Objects: one row for each series, whatever its count says (searches never open an object, and 100 million rows would
// need 80 GB); they all point to one blob.
import { sql } from 'kysely';
import { type Db, newId } from '../apps/server/src/db/index.ts';
import { personAt } from './query-people.ts';

/** The day of study 0; a larger archive has more days. */
const firstDay = '2016-11-25';
const studiesPerDay = 274;
const studiesPerPatient = 2.5;
const rowsPerStatement = 5000;
const largeLoad = 100_000;
const tables = [
  'study',
  'series',
  'instance',
  'study_name_key',
  'study_modality',
  'study_day_count',
  'patient',
  'patient_name_key',
  'patient_name_part',
  'exam_item',
  'exam',
];

/** The day of study n as DICOM writes it. */
export function dayOf(n: number): string {
  const day = Date.parse(firstDay) + Math.floor(n / studiesPerDay) * 86_400_000;
  return new Date(day).toISOString().slice(0, 10).replaceAll('-', '');
}

const patientsOf = (studies: number) => Math.ceil(studies / studiesPerPatient);

/** Studies `from` to `to` of `all`, settled, with patients and exams; day and patient depend on the number alone. */
export async function loadRows(
  db: Db,
  { from, to }: { from: number; to: number },
  progress: (text: string) => void,
): Promise<void> {
  await db.connection().execute(async (one) => {
    await sql`SET session_replication_role = replica`.execute(one); // no triggers, no foreign keys
    const dropped = to - from >= largeLoad ? await dropIndexes(one) : [];
    await loadPatients(one, patientsOf(from), patientsOf(to));
    progress('  patients');
    await sql`SET work_mem = '256MB'`.execute(one);
    await sql`SET maintenance_work_mem = '512MB'`.execute(one);
    const range = { from, to, blobId: newId() };
    await sql`INSERT INTO blob (id, sha256, size_bytes, media_type, sm3, created_at)
      VALUES (${range.blobId}, ${`bench${range.blobId}`}, 1, 'application/dicom', 'bench', now())`.execute(
      one,
    );
    await loadStudies(one, range);
    progress('  studies');
    await loadBelow(one, range);
    progress('  series and instances');
    await loadKeys(one, range);
    progress('  keys of names and modalities');
    for (const definition of dropped) await sql.raw(definition).execute(one);
    progress('  indexes');
    await sql`RESET session_replication_role`.execute(one);
    await sql`RESET work_mem`.execute(one);
    await sql`RESET maintenance_work_mem`.execute(one);
    // What autovacuum does in the night: statistics, and the marks that let an index answer alone.
    for (const table of tables) await sql`VACUUM (ANALYZE) ${sql.table(table)}`.execute(one);
    await sql`CHECKPOINT`.execute(one);
  });
}

/** Secondary indexes; answers how to make them again. */
async function dropIndexes(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string; definition: string }>`
    SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    WHERE t.relname = ANY(${tables}::text[]) AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
    ORDER BY c.relname`.execute(db);
  for (const { name } of rows) await sql`DROP INDEX ${sql.table(name)}`.execute(db);
  return rows.map((row) => row.definition);
}

async function loadPatients(db: Db, from: number, to: number): Promise<void> {
  await sql`CREATE TABLE IF NOT EXISTS bench_person (number bigint PRIMARY KEY, dicom text NOT NULL, search text NOT NULL)`.execute(
    db,
  );
  for (let at = from; at < to; at += rowsPerStatement) {
    const people = Array.from({ length: Math.min(rowsPerStatement, to - at) }, (_, index) => ({
      n: at + index,
      ...personAt(at + index),
    }));
    const text = (values: readonly (string | number)[]) => sql`${values}::text[]`;
    const numbers = sql`${people.map((one) => one.n)}::bigint[]`;
    await sql`INSERT INTO bench_person SELECT * FROM unnest(${numbers}, ${text(people.map((p) => p.dicom))}, ${text(people.map((p) => p.search))})`.execute(
      db,
    );
    await sql`INSERT INTO person (id, created_at) SELECT 1000 + n, now() FROM unnest(${numbers}) n`.execute(
      db,
    );
    await sql`INSERT INTO patient (id, institution_id, patient_id, person_id, name, name_pinyin, name_initials, sex, birth_date,
        name_source, created_at, updated_at)
      SELECT 1000 + n, (SELECT id FROM institution WHERE is_default), lpad((7000000 + n)::text, 10, '0'), 1000 + n, name, pinyin,
        initials, (1 + n % 2)::text, to_char(date '1940-01-01' + (n * 7919 % 27000)::integer, 'YYYYMMDD'), 'hl7', now(), now()
      FROM unnest(${numbers}, ${text(people.map((p) => p.written))}, ${text(people.map((p) => p.pinyin))},
        ${text(people.map((p) => p.initials))}) AS t(n, name, pinyin, initials)`.execute(db);
    const keys = people.flatMap((one) => one.keys.map((key) => ({ n: one.n, key })));
    await sql`INSERT INTO patient_name_key SELECT 1000 + n, key
      FROM unnest(${keys.map((one) => one.n)}::bigint[], ${text(keys.map((one) => one.key))}) AS t(n, key)`.execute(
      db,
    );
  }
}

type Range = { from: number; to: number; blobId: string };

/** Number n of 0…1, different for each purpose. */
const chance = (purpose: number) =>
  sql`((hashint8extended(n, ${sql.lit(purpose)}) & 1048575) / 1048576.0::double precision)`;

/** One row for each study: everything that depends on its number. */
function studies({ from, to }: Range) {
  return sql`(SELECT n, 1000000 + n AS id, day, to_char(day, 'YYYYMMDD') AS date,
      make_interval(secs => floor(28800 + 43200 * ${chance(2)})) AS clock,
      1000 + floor(${chance(3)} * (n + 1) / ${sql.lit(studiesPerPatient)}::double precision)::bigint AS patient,
      CASE WHEN m < 0.36 THEN 'CT' WHEN m < 0.62 THEN 'DX' WHEN m < 0.80 THEN 'US' WHEN m < 0.92 THEN 'MR' WHEN m < 0.95 THEN 'MG'
           WHEN m < 0.975 THEN 'ES' WHEN m < 0.99 THEN 'XA' WHEN m < 0.997 THEN 'NM' ELSE 'PT' END AS modality,
      (ARRAY['胸部','头颅','腹部','腰椎','膝关节','颈椎','盆腔','甲状腺'])[1 + floor(${chance(4)} * 8)::integer] AS part,
      ${chance(5)} AS luck
    FROM (SELECT n, date ${sql.lit(firstDay)} + (n / ${sql.lit(studiesPerDay)})::integer AS day, ${chance(1)} AS m
      FROM generate_series(${sql.lit(from)}::bigint, ${sql.lit(to)}::bigint - 1) AS n) AS numbers)`;
}

/** Series of a study of that modality. */
const seriesOf = sql`(CASE modality WHEN 'CT' THEN 3 WHEN 'MR' THEN 5 WHEN 'MG' THEN 2 WHEN 'PT' THEN 4 ELSE 1 END)`;
const instancesOf = sql`(CASE modality WHEN 'CT' THEN 120 WHEN 'MR' THEN 30 WHEN 'XA' THEN 10 WHEN 'US' THEN 12 WHEN 'PT' THEN 250 ELSE 1 END)`;
const uid = (kind: number) =>
  sql`('1.2.840.113619.2.55.3.' || (hashint8extended(n, 9) & 4294967295) || '.${sql.raw(String(kind))}.' || n)`;

async function loadStudies(db: Db, range: Range): Promise<void> {
  await sql`INSERT INTO study (id, study_instance_uid, institution_id, patient_id, patient_name, patient_name_dicom,
      patient_name_search, patient_sex, patient_birth_date, accession_number, study_id, study_date, study_time,
      study_description, referring_physician_name, patient_row_id, exam_id, link_state, link_reason, modalities, series_count,
      instance_count, frame_count, size_bytes, media_state, received_at, last_received_at, settled_at)
    SELECT s.id, ${uid(1)}, p.institution_id, p.patient_id, p.name, b.dicom, b.search, CASE p.sex WHEN '1' THEN 'M' ELSE 'F' END,
      p.birth_date, modality || date || lpad((n % 10000)::text, 4, '0'), n::text, date, to_char(clock, 'HH24MISS'),
      part || modality || '检查', '李^医生', p.id, s.id, 'linked', 'by-accession',
      CASE WHEN modality = 'CT' AND luck < 0.3 THEN 'CT\\SR' ELSE modality END, ${seriesOf}, ${seriesOf} * ${instancesOf},
      ${seriesOf} * ${instancesOf}, ${seriesOf} * ${instancesOf} * 300000::bigint, 'ready', day + clock, day + clock, day + clock
    FROM ${studies(range)} s JOIN patient p ON p.id = s.patient JOIN bench_person b ON b.number = s.patient - 1000 ORDER BY n`.execute(
    db,
  );
  await sql`WITH forms AS MATERIALIZED (SELECT id, exam_search_text(id) AS text FROM patient)
    INSERT INTO exam (id, institution_id, patient_id, accession_number, exam_type, modality, item_name, origin, status,
      exam_at, search_text, created_at, updated_at)
    SELECT s.id, (SELECT id FROM institution WHERE is_default), s.patient, modality || date || lpad((n % 10000)::text, 4, '0'),
      CASE modality WHEN 'US' THEN 'US' WHEN 'ES' THEN 'ES' WHEN 'NM' THEN 'NM' WHEN 'PT' THEN 'PETCT' ELSE 'RAD' END, modality,
      part || modality || '检查', 'order', CASE WHEN luck < 0.9 THEN 'published' ELSE 'examined' END, day + clock,
      forms.text, day + clock, day + clock
    FROM ${studies(range)} s JOIN forms ON forms.id = s.patient ORDER BY n`.execute(db);
}

async function loadBelow(db: Db, range: Range): Promise<void> {
  const series = sql`(SELECT s.*, k, n * 8 + k AS m FROM ${studies(range)} s, generate_series(1, ${seriesOf}) AS k)`;
  await sql`INSERT INTO series (id, study_id, series_instance_uid, modality, series_number, series_description,
      body_part_examined, series_date, series_time, protocol_name, manufacturer, station_name, instance_count, frame_count, received_at)
    SELECT 1000000 + m, id, ${uid(2)} || '.' || k, CASE WHEN modality = 'CT' AND luck < 0.3 AND k = 3 THEN 'SR' ELSE modality END, k,
      part || ' ' || k, 'BODY', date, to_char(clock, 'HH24MISS'), part, 'GE MEDICAL SYSTEMS', modality || '01',
      ${instancesOf}, ${instancesOf}, day + clock
    FROM ${series} s ORDER BY m`.execute(db);
  await sql`INSERT INTO instance (id, series_id, study_id, sop_instance_uid, sop_class_uid, transfer_syntax_uid, instance_number,
      kind, number_of_frames, rows, columns, bits_stored, photometric_interpretation, image_position, image_orientation,
      slice_location, content_date, content_time, dataset_sha256, dataset_offset, pixel_layout, blob_id, size_bytes, source,
      media_state, received_at)
    SELECT 1000000 + m, 1000000 + m, id, ${uid(3)} || '.' || k, '1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.1.2.1', 1, 'image', 1,
      512, 512, 12, 'MONOCHROME2', '-125\\-125\\' || k, '1\\0\\0\\0\\1\\0', k::text, date, to_char(clock, 'HH24MISS'),
      repeat('0', 64), 352, '{"offset":1842,"length":524288}', ${sql.lit(range.blobId)}::bigint, 526490, 'dimse:CT01', 'ready', day + clock
    FROM ${series} s ORDER BY m`.execute(db);
}

/** What the triggers of study keep. */
async function loadKeys(db: Db, { from, to }: Range): Promise<void> {
  const ids = sql`s.id >= ${sql.lit(1_000_000 + from)} AND s.id < ${sql.lit(1_000_000 + to)}`;
  await sql`CREATE TEMP TABLE name_keys AS
    SELECT number, key FROM bench_person, study_name_keys(search) AS key WHERE number < ${patientsOf(to)}`.execute(
    db,
  );
  await sql`ANALYZE name_keys`.execute(db);
  await sql`INSERT INTO study_name_key (study_id, key, day) SELECT s.id, k.key, s.study_date
    FROM study s JOIN name_keys k ON k.number = s.patient_row_id - 1000 WHERE ${ids}`.execute(db);
  await sql`DROP TABLE name_keys`.execute(db);
  await sql`INSERT INTO study_modality (study_id, modality, day) SELECT s.id, modality, s.study_date
    FROM study s, unnest(string_to_array(s.modalities, '\\')) AS modality WHERE ${ids}`.execute(db);
  await sql`INSERT INTO exam_item SELECT DISTINCT item_name FROM exam ON CONFLICT DO NOTHING`.execute(db);
  await sql`INSERT INTO patient_name_part SELECT id, part FROM patient, patient_name_parts(name) AS part
    WHERE id >= ${1000 + patientsOf(from)}`.execute(db);
  await sql`INSERT INTO study_day_count (day, studies)
    SELECT s.study_date, count(*) FROM study s WHERE ${ids} GROUP BY 1`.execute(db);
}
