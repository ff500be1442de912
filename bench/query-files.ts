// The studies of the query benchmark as small Part 10 files, for an archive that must be fed by its door; several in one
// ZIP archive (stored, not compressed), which Orthanc takes in one request.
import { crc32 } from 'node:zlib';
import {
  createDataset,
  encodeDataset,
  encodeFileMeta,
  explicitVrLittleEndian,
  setValue,
} from '@yunying/dicom';
import { sql } from 'kysely';
import type { Db } from '../apps/server/src/db/index.ts';

type FileRow = Record<
  'study' | 'series' | 'instance' | 'modality' | 'day' | 'patientId' | 'accession' | 'name' | 'description',
  string
>;

const sopClassUid = '1.2.840.10008.5.1.4.1.1.2';

/** Studies `from` to `to`, one object each, as one ZIP archive. */
export async function zipOf(db: Db, from: number, to: number): Promise<Buffer> {
  const { rows } =
    await sql<FileRow>`SELECT DISTINCT ON (s.id) s.study_instance_uid AS study, e.series_instance_uid AS series,
      i.sop_instance_uid AS instance, e.modality, s.study_date AS day, s.patient_id AS "patientId",
      s.accession_number AS accession, s.patient_name_dicom AS name, s.study_description AS description
    FROM study s JOIN series e ON e.study_id = s.id JOIN instance i ON i.series_id = e.id
    WHERE s.id >= ${1_000_000 + from} AND s.id < ${1_000_000 + to} ORDER BY s.id, e.id`.execute(db);
  return zip(rows.map(fileOf));
}

function fileOf(one: FileRow): Buffer {
  const dataset = createDataset();
  const values: Record<string, string | number | Uint8Array> = {
    SpecificCharacterSet: 'ISO_IR 192',
    SOPClassUID: sopClassUid,
    SOPInstanceUID: one.instance,
    StudyDate: one.day,
    StudyTime: '101500',
    AccessionNumber: one.accession,
    Modality: one.modality,
    StudyDescription: one.description,
    PatientName: one.name,
    PatientID: one.patientId,
    StudyInstanceUID: one.study,
    SeriesInstanceUID: one.series,
    SeriesNumber: '1',
    InstanceNumber: '1',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: 1,
    Columns: 2,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    PixelData: new Uint8Array(2),
  };
  for (const [keyword, value] of Object.entries(values)) setValue(dataset, keyword, value);
  const meta = encodeFileMeta({
    sopClassUid,
    sopInstanceUid: one.instance,
    transferSyntaxUid: explicitVrLittleEndian,
  });
  return Buffer.concat([meta, encodeDataset(dataset, explicitVrLittleEndian)]);
}

function zip(files: readonly Buffer[]): Buffer {
  const [local, central]: Buffer[][] = [[], []];
  let at = 0;
  for (const [index, file] of files.entries()) {
    const name = Buffer.from(`${index}.dcm`);
    const about = Buffer.alloc(26); // versions to the length of the extra field, the same in both headers
    about.writeUInt16LE(20, 0);
    about.writeUInt32LE(crc32(file), 10);
    about.writeUInt32LE(file.length, 14);
    about.writeUInt32LE(file.length, 18);
    about.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    local?.push(Buffer.from('PK\x03\x04'), about, name, file);
    central?.push(Buffer.from('PK\x01\x02\x14\x00'), about, tail, name);
    at += 4 + about.length + name.length + file.length;
  }
  const directory = Buffer.concat(central ?? []);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...(local ?? []), directory, end]);
}
