import { newUid } from '@yunying/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFrameBytes, openInstanceBytes } from './open-instance.ts';
import { getInstance, getStudy, listInstances, listSeries } from './read-study.ts';
import { storeInstance } from './store-instance.ts';
import type { StoreSource } from './store-outcome.ts';
import {
  blobFiles,
  chunked,
  corpusAbsent,
  corpusFile,
  freshMr,
  openRig,
  type Rig,
  sha256,
  splitPart10,
} from './testing/rig.ts';

const source: StoreSource = { kind: 'stow', name: 'test', institutionId: null, onConflict: 'refuse' };

describe.skipIf(corpusAbsent)('storeInstance (needs the corpus of real files)', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(() => rig.close());

  const store = (bytes: Uint8Array, as: StoreSource = source) =>
    storeInstance(rig.ctx, chunked(bytes, 4096), as);
  const at = (bytes: Uint8Array) => splitPart10(bytes);
  const openQuarantine = () =>
    rig.ctx.db.selectFrom('quarantine').selectAll().where('resolved_at', 'is', null).orderBy('id').execute();
  const storedFiles = () => blobFiles(rig);

  it('calls what is coded as pictures an image, whatever its class is made for', async () => {
    const videoEndoscopic = '1.2.840.10008.5.1.4.1.1.77.1.1.1';
    const bytes = freshMr({ SOPClassUID: videoEndoscopic });
    expect(await store(bytes)).toMatchObject({ outcome: 'stored' });
    expect(await getInstance(rig.ctx.db, at(bytes))).toMatchObject({
      kind: 'image',
      sop_class_uid: videoEndoscopic,
    });
  });

  it('keeps a file bit for bit and remembers its head', async () => {
    const bytes = freshMr({ PatientName: '王^小东', PatientID: 'P-7', AccessionNumber: 'A-7' });
    expect(await store(bytes)).toMatchObject({ outcome: 'stored' });
    const row = await getInstance(rig.ctx.db, at(bytes));
    const { body, sizeBytes } = await openInstanceBytes(rig.ctx, row);
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(chunk);
    expect(sizeBytes).toBe(bytes.length);
    expect(sha256(Buffer.concat(chunks))).toBe(sha256(bytes));
    const study = await getStudy(rig.ctx.db, at(bytes));
    expect(study).toMatchObject({ patient_name: '王小东', patient_id: 'P-7', accession_number: 'A-7' });
    expect(study.patient_name_search).toContain('|wangxiaodong|');
    expect(row).toMatchObject({ kind: 'image', number_of_frames: 1, rows: 64, columns: 64 });
    expect(await listSeries(rig.ctx.db, study.id)).toMatchObject([{ modality: 'MR' }]);
    const frame = await openFrameBytes(rig.ctx, row, 1);
    expect(frame.length).toBe(64 * 64 * 2);
    expect(bytes.includes(frame)).toBe(true);
  });

  it('answers a second arrival of the same data set as a duplicate, also in another file wrapping', async () => {
    const bytes = freshMr();
    await store(bytes);
    const files = storedFiles();
    expect(await store(bytes)).toMatchObject({ outcome: 'duplicate' });
    const { sopClassUid, sopInstanceUid, transferSyntaxUid, dataset } = at(bytes);
    const hints = { sopClassUid, sopInstanceUid, transferSyntaxUid };
    const again = await storeInstance(
      rig.ctx,
      chunked(dataset),
      { ...source, kind: 'dimse', name: 'CT1' },
      hints,
    );
    expect(again).toMatchObject({ outcome: 'duplicate' });
    expect(storedFiles()).toBe(files);
  });

  it('keeps other content under the same UID aside, and answers as the rule of the node says', async () => {
    const bytes = freshMr();
    await store(bytes);
    const { sopInstanceUid, seriesInstanceUid, studyInstanceUid } = at(bytes);
    const uids = {
      SOPInstanceUID: sopInstanceUid,
      SeriesInstanceUID: seriesInstanceUid,
      StudyInstanceUID: studyInstanceUid,
    };
    const other = freshMr({ ...uids, PatientID: 'SOMEBODY-ELSE' });
    expect(await store(other)).toMatchObject({ outcome: 'conflict', accepted: false });
    expect(await store(other, { ...source, onConflict: 'accept' })).toMatchObject({
      outcome: 'conflict',
      accepted: true,
    });
    const aside = (await openQuarantine()).filter((row) => row.sop_instance_uid === sopInstanceUid);
    expect(aside).toMatchObject([{ reason_code: 'instance-conflict', size_bytes: String(other.length) }]);
    expect(
      (await listInstances(rig.ctx.db, { studyId: (await getStudy(rig.ctx.db, at(bytes))).id })).length,
    ).toBe(1);
  });

  it('keeps an instance aside whose series belongs to another study', async () => {
    const bytes = freshMr();
    await store(bytes);
    const stray = freshMr({ SeriesInstanceUID: at(bytes).seriesInstanceUid });
    expect(await store(stray)).toMatchObject({ outcome: 'refused', reason: 'instance-elsewhere' });
  });

  it('stores one of many equal instances that arrive at once, and calls the others duplicates', async () => {
    const bytes = freshMr();
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => store(bytes)));
    expect(outcomes.map((o) => o.outcome).sort()).toEqual([
      'duplicate',
      'duplicate',
      'duplicate',
      'duplicate',
      'duplicate',
      'stored',
    ]);
  });

  it('commits a crowd of instances of one study together', async () => {
    const StudyInstanceUID = newUid();
    const SeriesInstanceUID = newUid();
    const crowd = Array.from({ length: 40 }, () => freshMr({ StudyInstanceUID, SeriesInstanceUID }));
    const outcomes = await Promise.all(crowd.map((bytes) => store(bytes)));
    expect(outcomes.every((o) => o.outcome === 'stored')).toBe(true);
    const study = await getStudy(rig.ctx.db, { studyInstanceUid: StudyInstanceUID });
    expect(await listInstances(rig.ctx.db, { studyId: study.id })).toHaveLength(40);
  });

  it('keeps a cut file aside with a reason that says where it ends', async () => {
    const bytes = freshMr();
    const outcome = await store(bytes.subarray(0, 3000));
    expect(outcome).toMatchObject({ outcome: 'refused', reason: 'truncated' });
    const row = (await openQuarantine()).at(-1);
    expect(row?.reason).toMatch(/^文件不完整，末尾缺失：.*announced/);
    expect(row?.blob_id).not.toBeNull();
  });

  it('keeps what is not DICOM aside when sent, and leaves nothing of it when imported', async () => {
    const junk = Buffer.from('This is a letter and no picture. '.repeat(50));
    expect(await store(junk)).toMatchObject({ outcome: 'refused', reason: 'not-dicom' });
    const files = storedFiles();
    const imported = await store(Buffer.from(`${junk}!`), { ...source, kind: 'import' });
    expect(imported).toMatchObject({ outcome: 'refused', reason: 'not-dicom', quarantineId: null });
    expect(storedFiles()).toBe(files);
  });

  it('leaves nothing of a body that ends in an error', async () => {
    const bytes = freshMr();
    const files = storedFiles();
    async function* broken() {
      yield bytes.subarray(0, 2000);
      throw new Error('association aborted');
    }
    await expect(storeInstance(rig.ctx, broken(), source)).rejects.toThrow('association aborted');
    expect(storedFiles()).toBe(files);
  });

  it('refuses a data set that is not what the C-STORE command announced', async () => {
    const { sopClassUid, transferSyntaxUid, dataset } = at(freshMr());
    const hints = { sopClassUid, transferSyntaxUid, sopInstanceUid: newUid() };
    expect(await storeInstance(rig.ctx, chunked(dataset), source, hints)).toMatchObject({
      outcome: 'refused',
      reason: 'uid-mismatch',
    });
  });

  it('names a media directory and a colour palette as what they are', async () => {
    expect(await store(corpusFile('dicomdir/DICOMDIR'))).toMatchObject({ reason: 'dicomdir' });
    expect(await store(corpusFile('palettes/pet.dcm'))).toMatchObject({ reason: 'color-palette' });
  });
});
