// A settled study row as the archive leaves it, for tests of the lists and manifests above it.
import { Readable } from 'node:stream';
import type { Context } from '../../../context.ts';
import { type Db, newId } from '../../../db/index.ts';

export async function writeStudy(
  db: Db,
  of: { examId: string | null; patientRowId: string | null; uid: string; name: string },
): Promise<string> {
  const institution = await db.selectFrom('institution').select('id').executeTakeFirstOrThrow();
  const at = new Date('2026-11-20T02:05:00Z');
  await db
    .insertInto('study')
    .values({
      id: newId(),
      study_instance_uid: of.uid,
      institution_id: institution.id,
      patient_id: 'P',
      patient_name: of.name,
      patient_sex: 'F',
      study_date: '20261120',
      study_description: 'HEAD',
      exam_id: of.examId,
      patient_row_id: of.patientRowId,
      link_state: of.examId === null ? 'unlinked' : 'linked',
      series_count: 1,
      instance_count: 140,
      frame_count: '140',
      media_state: 'ready',
      received_at: at,
      last_received_at: at,
      settled_at: at,
    }) // prettier-ignore
    .execute();
  return of.uid;
}

/** One series with one instance under a study of writeStudy, with bytes in the store behind it. */
export async function writeInstance(
  ctx: Pick<Context, 'db' | 'blobs'>,
  studyUid: string,
): Promise<{ seriesUid: string; sopUid: string }> {
  const study = await ctx.db
    .selectFrom('study')
    .select('id')
    .where('study_instance_uid', '=', studyUid)
    .executeTakeFirstOrThrow();
  const bytes = Buffer.from(`not really an object of ${studyUid}`);
  const stored = await ctx.blobs.put(Readable.from([bytes]), {
    mediaType: 'application/dicom',
    kind: 'instance',
  });
  const { blobId } = await ctx.db.transaction().execute((tx) => ctx.blobs.record(tx, stored));
  const at = new Date('2026-11-20T02:05:00Z');
  const [seriesId, seriesUid, sopUid] = [newId(), `${studyUid}.1`, `${studyUid}.1.1`];
  await ctx.db
    .insertInto('series')
    .values({
      id: seriesId,
      study_id: study.id,
      series_instance_uid: seriesUid,
      modality: 'CT',
      received_at: at,
    })
    .execute();
  await ctx.db
    .insertInto('instance')
    .values({
      id: newId(),
      series_id: seriesId,
      study_id: study.id,
      sop_instance_uid: sopUid,
      sop_class_uid: '1.2.840.10008.5.1.4.1.1.2',
      transfer_syntax_uid: '1.2.840.10008.1.2.1',
      kind: 'image',
      number_of_frames: 1,
      dataset_sha256: stored.sha256,
      dataset_offset: 0,
      blob_id: blobId,
      size_bytes: stored.sizeBytes,
      source: 'import',
      received_at: at,
    }) // prettier-ignore
    .execute();
  return { seriesUid, sopUid };
}
