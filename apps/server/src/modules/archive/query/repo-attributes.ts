// Where each attribute of a query lies: its column, or how it is computed. Settled studies carry their counts; those of
// an open study are counted on the spot.
import { type RawBuilder, sql } from 'kysely';

const c = (name: string) => sql<string | null>`${sql.ref(name)}`;
const asText = (name: string) => sql<string | null>`${sql.ref(name)}::text`;

const settled = (kept: string, counted: RawBuilder<unknown>) =>
  sql<
    string | null
  >`(CASE WHEN study.settled_at IS NULL THEN (${counted})::text ELSE ${sql.ref(kept)}::text END)`;
const ofPatient = sql`p.institution_id = study.institution_id AND p.patient_id = study.patient_id AND p.hidden_at IS NULL`;

export const modalitiesInStudy = settled(
  'study.modalities',
  sql`SELECT string_agg(DISTINCT s.modality, '\\') FROM series s WHERE s.study_id = study.id AND s.hidden_at IS NULL`,
);

/** By tag. All as text; values of one attribute are separated by backslashes. */
export const expressions: Readonly<Record<string, RawBuilder<string | null>>> = {
  '00100010': c('study.patient_name_dicom'),
  '00100020': sql<string | null>`nullif(study.patient_id, '-')`,
  '00100021': c('study.issuer_of_patient_id'),
  '00100030': c('study.patient_birth_date'),
  '00100040': c('study.patient_sex'),
  '00201200': sql`(SELECT count(*) FROM study p WHERE ${ofPatient})::text`,
  '00201202': sql`(SELECT count(*) FROM study p JOIN series s ON s.study_id = p.id AND s.hidden_at IS NULL WHERE ${ofPatient})::text`,
  '00201204': sql`(SELECT count(*) FROM study p JOIN instance i ON i.study_id = p.id AND i.hidden_at IS NULL WHERE ${ofPatient})::text`,
  '0020000D': c('study.study_instance_uid'),
  '00080020': c('study.study_date'),
  '00080030': c('study.study_time'),
  '00080050': c('study.accession_number'),
  '00200010': c('study.study_id'),
  '00081030': c('study.study_description'),
  '00080090': c('study.referring_physician_name'),
  '00080061': modalitiesInStudy,
  '00080062': sql`(SELECT string_agg(DISTINCT i.sop_class_uid, '\\') FROM instance i WHERE i.study_id = study.id AND i.hidden_at IS NULL)`,
  '00201206': settled(
    'study.series_count',
    sql`SELECT count(*) FROM series s WHERE s.study_id = study.id AND s.hidden_at IS NULL`,
  ),
  '00201208': settled(
    'study.instance_count',
    sql`SELECT count(*) FROM instance i WHERE i.study_id = study.id AND i.hidden_at IS NULL`,
  ),
  '0020000E': c('series.series_instance_uid'),
  '00080060': c('series.modality'),
  '00200011': asText('series.series_number'),
  '0008103E': c('series.series_description'),
  '00080021': c('series.series_date'),
  '00080031': c('series.series_time'),
  '00180015': c('series.body_part_examined'),
  '00200060': c('series.laterality'),
  '00181030': c('series.protocol_name'),
  '00080070': c('series.manufacturer'),
  '00081010': c('series.station_name'),
  '00200052': c('series.frame_of_reference_uid'),
  '00201209': settled(
    'series.instance_count',
    sql`SELECT count(*) FROM instance i WHERE i.series_id = series.id AND i.hidden_at IS NULL`,
  ),
  '00080018': c('instance.sop_instance_uid'),
  '00080016': c('instance.sop_class_uid'),
  '00200013': asText('instance.instance_number'),
  '00080023': c('instance.content_date'),
  '00080033': c('instance.content_time'),
  '00280008': sql`CASE WHEN instance.number_of_frames > 1 THEN instance.number_of_frames::text END`,
  '00280010': asText('instance.rows'),
  '00280011': asText('instance.columns'),
  '00280101': asText('instance.bits_stored'),
  '00280004': c('instance.photometric_interpretation'),
  '00083002': c('instance.transfer_syntax_uid'),
};
