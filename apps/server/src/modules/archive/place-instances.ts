// The rows of new instances: study, series, blob, instance, in this order and each sorted by its UID, so that two
// processes storing the same things wait for each other instead of deadlocking.
import type { Context } from '../../context.ts';
import { newId, type Tx } from '../../db/index.ts';
import { findInstitution } from '../mpi/index.ts';
import { type InstanceHead, searchText } from './instance-head.ts';
import { LostRace, type ReadyInstance } from './ready-instance.ts';
import * as repo from './repo.ts';
import type { FreshRows, RowCache } from './row-cache.ts';

export type Placement = {
  /** By SOP Instance UID; an instance whose series belongs to another study is not in it. */
  instanceIds: Map<string, string>;
  fresh: FreshRows;
};

/** `moved`: series that an edit took into another study, by UID; what arrives under the old study goes there too. */
type Fresh = FreshRows & { moved: Map<string, string> };

export async function placeInstances(
  ctx: Pick<Context, 'blobs'>,
  tx: Tx,
  cache: RowCache,
  arrivals: readonly ReadyInstance[],
): Promise<Placement> {
  const fresh: Fresh = { studies: new Map(), series: new Map(), moved: new Map() };
  const instanceIds = new Map<string, string>();
  if (arrivals.length === 0) return { instanceIds, fresh };
  await placeStudies(tx, cache, arrivals, fresh);
  const studyIdOf = (uid: string) => fresh.studies.get(uid) ?? cache.study(uid)?.id;
  await placeSeries(tx, cache, arrivals, fresh, studyIdOf);

  const rows: repo.NewInstance[] = [];
  for (const one of [...arrivals].sort((a, b) => (a.stored.sha256 < b.stored.sha256 ? -1 : 1))) {
    const { seriesInstanceUid, studyInstanceUid } = one.head;
    const series = fresh.series.get(seriesInstanceUid) ?? cache.series(seriesInstanceUid);
    const studyId = studyIdOf(studyInstanceUid);
    if (series === undefined || studyId === undefined) throw new LostRace('a study or series row is gone');
    if (series.studyId !== studyId && !fresh.moved.has(seriesInstanceUid)) continue;
    const { blobId } = await ctx.blobs.record(tx, one.stored);
    rows.push(instanceRow(one, { seriesId: series.id, studyId: series.studyId, blobId }));
  }
  if (rows.length === 0) return { instanceIds, fresh };
  rows.sort((a, b) => (a.sop_instance_uid < b.sop_instance_uid ? -1 : 1));
  for (const row of await repo.insertInstances(tx, rows)) instanceIds.set(row.sop_instance_uid, row.id);
  if (instanceIds.size < rows.length) throw new LostRace('another process stored one of these instances');
  return { instanceIds, fresh };
}

/** The usual case, in one statement: new instances of series that are known to be there. */
export async function insertKnownPlaces(
  ctx: Pick<Context, 'db' | 'blobs'>,
  cache: RowCache,
  arrivals: readonly ReadyInstance[],
): Promise<{ instanceIds: string[]; touched: Map<string, string> }> {
  const { creator, blobIds } = ctx.blobs.recordAlong(
    ctx.db,
    arrivals.map((one) => one.stored),
  );
  const touched = new Map<string, string>();
  const rows = arrivals.map((one, index): repo.KnownInstance => {
    const { studyInstanceUid, seriesInstanceUid } = one.head;
    const series = cache.series(seriesInstanceUid);
    const blobId = blobIds[index];
    if (series === undefined || blobId === undefined) throw new LostRace('a series is not known any more');
    if (!cache.isWarm(studyInstanceUid)) touched.set(studyInstanceUid, series.studyId);
    const ids = { seriesId: series.id, studyId: series.studyId, blobId };
    return { id: newId(), ...instanceRow(one, ids) };
  });
  await repo.insertKnownInstances(creator, rows, [...touched.values()].sort());
  return { instanceIds: rows.map((row) => row.id), touched };
}

async function placeStudies(
  tx: Tx,
  cache: RowCache,
  arrivals: readonly ReadyInstance[],
  fresh: FreshRows,
): Promise<void> {
  const unknown = new Map<string, ReadyInstance>();
  const stale = new Map<string, string>();
  for (const one of arrivals) {
    const uid = one.head.studyInstanceUid;
    const known = cache.study(uid);
    if (known === undefined) unknown.set(uid, one);
    else if (!cache.isWarm(uid)) stale.set(uid, known.id);
  }
  if (stale.size > 0) {
    await repo.touchStudies(tx, [...stale.values()].sort());
    for (const [uid, id] of stale) fresh.studies.set(uid, id);
  }
  if (unknown.size === 0) return;
  const rows: repo.NewStudy[] = [];
  for (const [, one] of [...unknown].sort(byUid)) rows.push(await studyRow(tx, one));
  for (const row of await repo.upsertStudies(tx, rows)) fresh.studies.set(row.study_instance_uid, row.id);
}

async function placeSeries(
  tx: Tx,
  cache: RowCache,
  arrivals: readonly ReadyInstance[],
  fresh: Fresh,
  studyIdOf: (uid: string) => string | undefined,
): Promise<void> {
  const unknown = new Map<string, InstanceHead>();
  for (const { head } of arrivals) {
    if (cache.series(head.seriesInstanceUid) === undefined && !unknown.has(head.seriesInstanceUid)) {
      unknown.set(head.seriesInstanceUid, head);
    }
  }
  if (unknown.size === 0) return;
  const rows: repo.NewSeries[] = [];
  for (const [, head] of [...unknown].sort(byUid)) {
    const studyId = studyIdOf(head.studyInstanceUid);
    if (studyId === undefined) throw new LostRace('a study row is gone');
    rows.push(seriesRow(head, studyId));
  }
  await repo.insertSeries(tx, rows);
  for (const row of await repo.selectSeriesPlaces(tx, [...unknown.keys()])) {
    const { series_instance_uid: uid, study_id: studyId } = row;
    fresh.series.set(uid, { id: row.id, studyId });
    const asReceived = studyIdOf(unknown.get(uid)?.studyInstanceUid ?? '');
    if (asReceived !== studyId && asReceived === row.received_study_id) fresh.moved.set(uid, studyId);
  }
  if (fresh.moved.size > 0) await repo.touchStudies(tx, [...new Set(fresh.moved.values())].sort());
}

const byUid = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);

async function studyRow(tx: Tx, { head, source }: ReadyInstance): Promise<repo.NewStudy> {
  const { patient, study } = head;
  const institutionId =
    source.institutionId ?? (await findInstitution(tx, { aliases: [study.institutionName] })).id;
  return {
    study_instance_uid: head.studyInstanceUid,
    institution_id: institutionId,
    patient_id: patient.patientId ?? '-',
    issuer_of_patient_id: patient.issuerOfPatientId,
    patient_name: patient.name,
    patient_name_dicom: patient.nameDicom,
    patient_name_search: searchText(patient.name, patient.nameDicom),
    patient_sex: patient.sex,
    patient_birth_date: patient.birthDate,
    accession_number: study.accessionNumber,
    study_id: study.studyId,
    study_date: study.date,
    study_time: study.time,
    study_description: study.description,
    referring_physician_name: study.referringPhysicianName,
  };
}

function seriesRow({ seriesInstanceUid, series }: InstanceHead, studyId: string): repo.NewSeries {
  return {
    study_id: studyId,
    series_instance_uid: seriesInstanceUid,
    modality: series.modality,
    series_number: series.number,
    series_description: series.description,
    body_part_examined: series.bodyPartExamined,
    laterality: series.laterality,
    series_date: series.date,
    series_time: series.time,
    protocol_name: series.protocolName,
    manufacturer: series.manufacturer,
    station_name: series.stationName,
    frame_of_reference_uid: series.frameOfReferenceUid,
  };
}

function instanceRow(
  one: ReadyInstance,
  ids: { seriesId: string; studyId: string; blobId: string },
): repo.NewInstance {
  const { instance } = one.head;
  return {
    series_id: ids.seriesId,
    study_id: ids.studyId,
    sop_instance_uid: one.head.sopInstanceUid,
    sop_class_uid: one.head.sopClassUid,
    transfer_syntax_uid: one.head.transferSyntaxUid,
    instance_number: instance.number,
    kind: instance.kind,
    number_of_frames: instance.numberOfFrames,
    rows: instance.rows,
    columns: instance.columns,
    bits_stored: instance.bitsStored,
    photometric_interpretation: instance.photometricInterpretation,
    image_position: instance.imagePosition,
    image_orientation: instance.imageOrientation,
    slice_location: instance.sliceLocation,
    content_date: instance.contentDate,
    content_time: instance.contentTime,
    dataset_sha256: null,
    dataset_offset: one.datasetOffset,
    pixel_layout: one.pixelLayout,
    blob_id: ids.blobId,
    size_bytes: one.stored.sizeBytes,
    source: `${one.source.kind}:${one.source.name}`,
  };
}
