// Videos: passed through by range for a <video> element, and a tile in lists that does not pretend to be a frame.
import {
  createDataset,
  encodeDataset,
  explicitVrLittleEndian,
  newUid,
  setValue,
  writePart10,
} from '@yunying/dicom';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MediaRig, openMediaRig, pathOf, store } from './testing/media-rig.ts';

const videoEndoscopic = '1.2.840.10008.5.1.4.1.1.77.1.1.1';
const stream = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7) & 255));

function video(transferSyntaxUid: string): { file: Uint8Array; sop: string; study: string } {
  const [sop, study] = [newUid(), newUid()];
  const dataset = createDataset();
  for (const [keyword, value] of Object.entries({
    SOPClassUID: videoEndoscopic,
    SOPInstanceUID: sop,
    StudyInstanceUID: study,
    SeriesInstanceUID: newUid(),
    Modality: 'ES',
    PatientID: 'V1',
    NumberOfFrames: 25,
    SamplesPerPixel: 3,
    PhotometricInterpretation: 'YBR_PARTIAL_420',
    Rows: 64,
    Columns: 64,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
  }))
    setValue(dataset, keyword, value);
  const head = Buffer.from('e07f10004f420000fffffffffeff00e000000000feff00e000000000', 'hex');
  head.writeUInt32LE(stream.length, head.length - 4);
  const end = Buffer.from('feffdde000000000', 'hex');
  const bytes = Buffer.concat([encodeDataset(dataset, explicitVrLittleEndian), head, stream, end]);
  return {
    file: writePart10({ sopClassUid: videoEndoscopic, sopInstanceUid: sop, transferSyntaxUid }, bytes),
    sop,
    study,
  };
}

describe('videos', () => {
  let rig: MediaRig;
  beforeAll(async () => {
    rig = await openMediaRig();
  });
  afterAll(() => rig.close());

  it.each([
    ['1.2.840.10008.1.2.4.100', 'video/mpeg'],
    ['1.2.840.10008.1.2.4.102', 'video/mp4'],
    ['1.2.840.10008.1.2.4.107', 'video/mp4'],
  ])('in %s are given as %s, whole and by range, bit for bit', async (syntax, mediaType) => {
    const { file, sop } = video(syntax);
    expect((await store(rig, file)).outcome).toBe('stored');
    const path = await pathOf(rig, sop);
    const whole = await rig.get(`${path}/rendered`, { accept: mediaType });
    expect([whole.statusCode, whole.headers['content-type']]).toEqual([200, mediaType]);
    expect(whole.headers['accept-ranges']).toBe('bytes');
    expect(whole.rawPayload.equals(stream)).toBe(true);
    const part = await rig.get(`${path}/rendered`, { accept: mediaType, range: 'bytes=1000-1999' });
    expect([part.statusCode, part.headers['content-range']]).toEqual([206, 'bytes 1000-1999/5000']);
    expect(part.rawPayload.equals(stream.subarray(1000, 2000))).toBe(true);
  });

  it('have a tile that says that it is no picture, for the instance and for a study of nothing else', async () => {
    const { file, sop, study } = video('1.2.840.10008.1.2.4.102');
    await store(rig, file);
    const path = await pathOf(rig, sop);
    for (const url of [`${path}/thumbnail`, `/dicom-web/studies/${study}/thumbnail`]) {
      for (const format of ['webp', 'jpeg', 'png']) {
        const answer = await rig.get(url, { accept: `image/${format}` });
        expect([url, answer.statusCode, answer.headers['content-type']]).toEqual([
          url,
          200,
          `image/${format}`,
        ]);
        expect(await sharp(answer.rawPayload).metadata()).toMatchObject({ width: 160, height: 120, format });
      }
    }
    // A frame is still refused: there is none to give.
    expect((await rig.get(`${path}/frames/1/rendered`, { accept: 'image/jpeg' })).statusCode).toBe(404);
  });
});
