// The studies of the query benchmark: the same for every archive, made from their number alone. One series and one tiny
// instance each; Chinese names with and without an alphabetic group, three years of days, the usual modalities.
import {
  createDataset,
  encodeDataset,
  encodeFileMeta,
  explicitVrLittleEndian,
  setValue,
} from '@yunying/dicom';
import { sql } from 'kysely';
import { type Db, newId } from '../apps/server/src/db/index.ts';
import { searchText } from '../apps/server/src/modules/archive/instance-head.ts';

export type BenchStudy = {
  study: string;
  series: string;
  instance: string;
  sopClass: string;
  modality: string;
  day: string;
  patientId: string;
  accession: string;
  alphabetic: string;
  ideographic: string;
};

const surnames =
  'Wei=韦 Huang=黄 Wang=王 Li=李 Qin=覃 Lu=陆 Nong=农 Liang=梁 Chen=陈 Liu=刘 Mo=莫 Pan=潘 Lan=蓝 Wu=吴 Zhou=周 He=何 Tang=唐 Xie=谢 Lin=林 Zhao=赵';
const givens =
  'xiao=小 mei=妹 dong=东 fang=芳 hua=华 jun=军 li=丽 ming=明 na=娜 ping=平 qiang=强 rong=荣 shan=珊 tao=涛 wen=文 xia=霞 yan=燕 ying=英 yu=玉 zhi=志 bin=斌 cheng=成 feng=凤 guo=国 hong=红 jian=建 kun=坤 lan=兰 ning=宁 qing=青';
const pairs = (text: string) => text.split(' ').map((pair) => pair.split('=') as [string, string]);
const [families, parts] = [pairs(surnames), pairs(givens)];
const kinds = [
  ['CT', '1.2.840.10008.5.1.4.1.1.2'],
  ['MR', '1.2.840.10008.5.1.4.1.1.4'],
  ['DX', '1.2.840.10008.5.1.4.1.1.1.1'],
  ['US', '1.2.840.10008.5.1.4.1.1.6.1'],
] as const;
const root = '1.2.826.0.1.3680043.10.1561.77';
export const days = 1095;

export function studyAt(index: number): BenchStudy {
  const mixed = Math.imul(index + 1, 2_654_435_761) >>> 0; // the same disorder every time
  const pick = <T>(list: readonly T[], shift: number) => list[(mixed >>> shift) % list.length] as T;
  const [family, first, second] = [pick(families, 3), pick(parts, 8), pick(parts, 15)];
  const [modality, sopClass] = pick(kinds, 5);
  return {
    study: `${root}.1.${index + 1}`,
    series: `${root}.2.${index + 1}`,
    instance: `${root}.3.${index + 1}`,
    sopClass,
    modality,
    day: dayAt(mixed % days),
    patientId: `P${String(index).padStart(8, '0')}`,
    accession: `ACC${String(mixed).padStart(10, '0')}`,
    alphabetic: index % 3 === 2 ? '' : `${family[0]}^${capital(first[0])}${second[0]}`,
    ideographic: `${family[1]}^${first[1]}${second[1]}`,
  };
}

export function dayAt(offset: number): string {
  return new Date(Date.UTC(2023, 0, 1) + offset * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
}

function dicomName({ alphabetic, ideographic }: BenchStudy): string {
  return alphabetic === '' ? ideographic : `${alphabetic}=${ideographic}`;
}

/** As a Part 10 file for an archive that must be fed by its door. */
export function fileOf(one: BenchStudy): Buffer {
  const dataset = createDataset();
  const values: Record<string, string | number | Uint8Array> = {
    SpecificCharacterSet: 'ISO_IR 192',
    SOPClassUID: one.sopClass,
    SOPInstanceUID: one.instance,
    StudyDate: one.day,
    StudyTime: '101500',
    AccessionNumber: one.accession,
    Modality: one.modality,
    PatientName: dicomName(one),
    PatientID: one.patientId,
    StudyInstanceUID: one.study,
    SeriesInstanceUID: one.series,
    SeriesNumber: '1',
    InstanceNumber: '1',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: 8,
    Columns: 8,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    PixelData: new Uint8Array(64),
  };
  for (const [keyword, value] of Object.entries(values)) setValue(dataset, keyword, value);
  const meta = encodeFileMeta({
    sopClassUid: one.sopClass,
    sopInstanceUid: one.instance,
    transferSyntaxUid: explicitVrLittleEndian,
  });
  return Buffer.concat([meta, encodeDataset(dataset, explicitVrLittleEndian)]);
}

const rowsPerStatement = 2000;

/** Rows of studies `from` to `to`, as settled ones; the objects behind them are one blob that nobody opens. */
export async function loadRows(db: Db, from: number, to: number): Promise<void> {
  const institution = await sql<{ id: string }>`SELECT id FROM institution WHERE is_default`.execute(db);
  const institutionId = institution.rows[0]?.id ?? '0';
  const blobId = newId();
  await sql`INSERT INTO blob (id, sha256, size_bytes, media_type, sm3, created_at)
    VALUES (${blobId}, ${`bench${blobId}`}, 1, 'application/dicom', 'bench', now())`.execute(db);
  const forms = new Map<string, string>();
  for (let at = from; at < to; at += rowsPerStatement) {
    const list = Array.from({ length: Math.min(rowsPerStatement, to - at) }, (_, index) => {
      const one = studyAt(at + index);
      const [name, written] = [dicomName(one), one.ideographic.replace('^', '')];
      const search = forms.get(name) ?? searchText(written, name);
      forms.set(name, search);
      return { ...one, name, written, search, ids: [newId(), newId(), newId()] };
    });
    await insertStudies(db, list, institutionId, blobId);
  }
  await sql`ANALYZE study, series, instance, study_name_key`.execute(db);
}

type Row = BenchStudy & { name: string; written: string; search: string; ids: string[] };

async function insertStudies(
  db: Db,
  list: readonly Row[],
  institutionId: string,
  blobId: string,
): Promise<void> {
  const text = (pick: (row: Row) => string) => sql`${list.map(pick)}::text[]`;
  const ids = (index: number) => sql`${list.map((row) => row.ids[index] ?? '')}::bigint[]`;
  await sql`WITH r AS (SELECT * FROM unnest(${ids(0)}, ${ids(1)}, ${ids(2)}, ${text((r) => r.study)},
      ${text((r) => r.series)}, ${text((r) => r.instance)}, ${text((r) => r.sopClass)}, ${text((r) => r.modality)},
      ${text((r) => r.day)}, ${text((r) => r.patientId)}, ${text((r) => r.accession)}, ${text((r) => r.name)},
      ${text((r) => r.written)}, ${text((r) => r.search)})
      AS t(a, b, c, study, series, instance, sop_class, modality, day, patient, accession, name, written, search)),
    s AS (INSERT INTO study (id, study_instance_uid, institution_id, patient_id, patient_name, patient_name_dicom,
      patient_name_search, accession_number, study_date, study_time, modalities, series_count, instance_count,
      link_state, received_at, last_received_at, settled_at)
      SELECT a, study, ${institutionId}::bigint, patient, written, name, search, accession, day, '101500', modality, 1, 1,
      'unlinked', now(), now(), now() FROM r RETURNING id),
    e AS (INSERT INTO series (id, study_id, series_instance_uid, modality, series_number, instance_count, received_at)
      SELECT b, a, series, modality, 1, 1, now() FROM r RETURNING id)
    INSERT INTO instance (id, series_id, study_id, sop_instance_uid, sop_class_uid, transfer_syntax_uid, instance_number,
      kind, number_of_frames, dataset_offset, blob_id, size_bytes, source, media_state, received_at)
      SELECT c, b, a, instance, sop_class, '1.2.840.10008.1.2.1', 1, 'image', 1, 0, ${blobId}::bigint, 1, 'bench', 'none', now()
      FROM r`.execute(db);
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
