// /rendered over real HTTP requests: regions, words, presentation states, cines, documents.
import {
  createDataset,
  encodeDataset,
  newUid,
  patchDataset,
  setCharset,
  setValue,
  writePart10,
} from '@yunying/dicom';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MediaRig, openMediaRig, prepareAll, store } from './testing/media-rig.ts';

const sopClassUid = '1.2.840.10008.5.1.4.1.1.7';
const explicit = '1.2.840.10008.1.2.1';
const study = newUid();
const series = newUid();
const instance = newUid();
const cine = newUid();
const state = newUid();
const [columns, rows] = [400, 300];

/** Left half dark, right half bright; the top row of blocks brighter still. */
function picture(sopInstanceUid: string, frames = 1): Uint8Array {
  const dataset = createDataset();
  setCharset(dataset, 'ISO_IR 192');
  const pixels = new Uint8Array(columns * rows * frames);
  for (let at = 0; at < pixels.length; at += 1) {
    const frame = Math.floor(at / (columns * rows));
    pixels[at] = at % columns < columns / 2 ? 20 + frame * 10 : 200 - frame * 10;
  }
  const values = {
    SOPClassUID: sopClassUid,
    SOPInstanceUID: sopInstanceUid,
    StudyInstanceUID: study,
    SeriesInstanceUID: series,
    PatientName: 'Wang^XiaoDong=王^小东',
    PatientID: 'R1',
    Modality: 'OT',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: rows,
    Columns: columns,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    ...(frames > 1 ? { NumberOfFrames: String(frames), FrameTime: '40' } : {}),
    WindowCenter: '128',
    WindowWidth: '256',
  };
  for (const [keyword, value] of Object.entries(values)) setValue(dataset, keyword, value);
  setValue(dataset, '7FE00010', pixels, 'OB');
  return writePart10(
    { sopClassUid, sopInstanceUid, transferSyntaxUid: explicit },
    encodeDataset(dataset, explicit),
  );
}

function presentation(): Uint8Array {
  const dataset = createDataset();
  setCharset(dataset, 'ISO_IR 192');
  const item = (values: Record<string, Parameters<typeof setValue>[2]>) => {
    const made = createDataset(dataset);
    for (const [keyword, value] of Object.entries(values)) setValue(made, keyword, value);
    return made;
  };
  const uid = '1.2.840.10008.5.1.4.1.1.11.1';
  const values = {
    SOPClassUID: uid,
    SOPInstanceUID: state,
    StudyInstanceUID: study,
    SeriesInstanceUID: newUid(),
    PatientName: 'Wang^XiaoDong=王^小东',
    PatientID: 'R1',
    Modality: 'PR',
    PresentationLUTShape: 'INVERSE',
    ImageRotation: 90,
    ImageHorizontalFlip: 'N',
    ReferencedSeriesSequence: [
      item({
        SeriesInstanceUID: series,
        ReferencedImageSequence: [
          item({ ReferencedSOPClassUID: sopClassUid, ReferencedSOPInstanceUID: instance }),
        ],
      }),
    ],
    GraphicAnnotationSequence: [
      item({
        GraphicObjectSequence: [
          item({
            GraphicAnnotationUnits: 'PIXEL',
            GraphicDimensions: 2,
            NumberOfGraphicPoints: 2,
            GraphicData: [20, 150, 180, 150],
            GraphicType: 'POLYLINE',
          }),
        ],
        TextObjectSequence: [
          item({ AnchorPointAnnotationUnits: 'PIXEL', AnchorPoint: [30, 30], UnformattedTextValue: '病灶' }),
        ],
      }),
    ],
  };
  for (const [keyword, value] of Object.entries(values)) setValue(dataset, keyword, value);
  return writePart10(
    { sopClassUid: uid, sopInstanceUid: state, transferSyntaxUid: explicit },
    encodeDataset(dataset, explicit),
  );
}

async function grey(bytes: Buffer, x: number, y: number): Promise<number> {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return data[(y * info.width + x) * info.channels] ?? -1;
}

describe('rendered pictures', () => {
  let rig: MediaRig;
  const at = (uid: string, more = '/rendered', of = series) =>
    `/dicom-web/studies/${study}/series/${of}/instances/${uid}${more}`;
  let stateSeries = '';
  beforeAll(async () => {
    rig = await openMediaRig();
    for (const file of [picture(instance), picture(cine, 4), presentation()]) {
      const outcome = await store(rig, file);
      if (outcome.outcome === 'stored' && outcome.sopInstanceUid === state)
        stateSeries = outcome.seriesInstanceUid;
    }
    await prepareAll(rig);
  });
  afterAll(() => rig.close());

  it('cuts a region out, mirrors it, and keeps its shape in the viewport', async () => {
    const png = { accept: 'image/png' };
    const plain = await rig.get(`${at(instance)}?viewport=200,200,100,0,200,100`, png);
    expect(plain.statusCode).toBe(200);
    expect(await sharp(plain.rawPayload).metadata()).toMatchObject({ width: 200, height: 100 });
    expect(await grey(plain.rawPayload, 10, 50)).toBeLessThan(60);
    expect(await grey(plain.rawPayload, 190, 50)).toBeGreaterThan(150);
    const mirrored = await rig.get(`${at(instance)}?viewport=200,200,100,0,-200,100`, png);
    expect(await grey(mirrored.rawPayload, 10, 50)).toBeGreaterThan(150);
  });

  it('sends what a study opens with by the address of the study alone', async () => {
    const first = `/api/studies/${study}/first-picture`;
    const answer = await rig.get(first);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('image/webp');
    const film = String(answer.headers['content-location']);
    expect((await rig.get(film)).rawPayload.equals(answer.rawPayload)).toBe(true);
    const second = await rig.get(`${first}?series=${series}&frame=2`);
    expect(second.headers['content-location']).not.toBe(film);
    expect((await rig.get(`${first}?series=${newUid()}`)).statusCode).toBe(404);
    expect((await rig.app.inject({ url: first })).statusCode).toBe(401);
  });

  it('burns in the words asked for, and does not let them be kept for ever', async () => {
    const plain = await rig.get(at(instance), { accept: 'image/png' });
    const said = await rig.get(`${at(instance)}?annotation=patient,technique`, { accept: 'image/png' });
    expect(said.statusCode).toBe(200);
    expect(said.headers['cache-control']).toContain('no-cache');
    expect(said.rawPayload.equals(plain.rawPayload)).toBe(false);
    const { data } = await sharp(said.rawPayload)
      .extract({ left: 0, top: 0, width: 150, height: 60 })
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(Math.max(...data)).toBeGreaterThan(240);
  });

  it('shows the image of a presentation state turned, inverted and annotated', async () => {
    const answer = await rig.get(at(state, '/rendered', stateSeries), { accept: 'image/png' });
    expect(answer.statusCode).toBe(200);
    expect(await sharp(answer.rawPayload).metadata()).toMatchObject({ width: rows, height: columns });
    // Turned clockwise, the dark left half is on top; inverted, it is bright.
    expect(await grey(answer.rawPayload, 250, 20)).toBeGreaterThan(150);
    expect(await grey(answer.rawPayload, 250, 380)).toBeLessThan(100);
  });

  it('gives a cine as GIF, frames as multipart, a series as multipart', async () => {
    const gif = await rig.get(`${at(cine)}?viewport=100,100`, { accept: 'image/gif' });
    expect(await sharp(gif.rawPayload, { animated: true }).metadata()).toMatchObject({
      pages: 4,
      format: 'gif',
    });
    const some = await rig.get(at(cine, '/frames/1,3/rendered'), { accept: 'image/jpeg' });
    expect(some.headers['content-type']).toContain('multipart/related; type="image/jpeg"');
    const all = await rig.get(`/dicom-web/studies/${study}/series/${series}/rendered`, {
      accept: 'multipart/related; type="image/jpeg"',
    });
    expect(all.rawPayload.toString('latin1').match(/content-type: image\/jpeg/gi)).toHaveLength(5);
    const whole = await rig.get(`/dicom-web/studies/${study}/rendered?viewport=64,64`);
    expect(whole.statusCode).toBe(200);
  });

  it('answers 404 for a frame that is not there and 406 for a type that cannot be made', async () => {
    expect((await rig.get(at(cine, '/frames/9/rendered'))).statusCode).toBe(404);
    expect((await rig.get(at(instance), { accept: 'video/mp4' })).statusCode).toBe(406);
    expect((await rig.get(at(instance), { accept: 'application/pdf' })).statusCode).toBe(406);
  });

  it('has a window of another shape, and says that colours are sRGB', async () => {
    const sigmoid = await rig.get(`${at(instance)}?window=100,50,sigmoid&iccprofile=srgb`, {
      accept: 'image/png',
    });
    expect(sigmoid.statusCode).toBe(200);
    expect((await sharp(sigmoid.rawPayload).metadata()).hasProfile).toBe(true);
  });

  it('gives the document inside an object as PDF', async () => {
    const uid = '1.2.840.10008.5.1.4.1.1.104.1';
    const document = newUid();
    const bytes = Buffer.from('%PDF-1.4\n%%EOF\n');
    const file = patchDataset(picture(document), {
      SOPClassUID: uid,
      PixelData: null,
      MIMETypeOfEncapsulatedDocument: 'application/pdf',
      '00420011': new Uint8Array(bytes),
    });
    await store(rig, file);
    const answer = await rig.get(at(document), { accept: 'application/pdf' });
    expect(answer.statusCode).toBe(200);
    expect(answer.rawPayload.subarray(0, bytes.length).equals(bytes)).toBe(true);
  });

  const wado = (more: string, objectUID = instance) =>
    rig.get(`/wado?requestType=WADO&studyUID=${study}&seriesUID=${series}&objectUID=${objectUID}${more}`);

  it('answers WADO-URI with pictures, their parts and windows, and with the object', async () => {
    const usual = await wado('');
    expect([usual.statusCode, usual.headers['content-type']]).toEqual([200, 'image/jpeg']);
    const part = await wado(
      '&contentType=image/png&rows=100&columns=100&region=0.5,0,1,1&windowCenter=128&windowWidth=256',
    );
    expect(await sharp(part.rawPayload).metadata()).toMatchObject({ format: 'png', width: 67, height: 100 });
    expect(await grey(part.rawPayload, 5, 50)).toBeGreaterThan(150);
    const cineObject = await wado('', cine);
    expect(cineObject.headers['content-type']).toContain('application/dicom');
    const file = await wado('&contentType=application/dicom');
    expect(file.rawPayload.equals(Buffer.from(picture(instance)))).toBe(true);
    const state3 = await wado(
      `&contentType=image/png&presentationUID=${state}&presentationSeriesUID=${stateSeries}`,
    );
    expect(await sharp(state3.rawPayload).metadata()).toMatchObject({ width: rows, height: columns });
  });

  it.each([
    ['&anonymize=yes', 501],
    ['&frameNumber=2', 404],
    ['&contentType=text/html', 406],
    ['&region=0.5,0,0.2,1', 400],
    ['&windowCenter=1', 400],
    ['&presentationUID=1.2', 400],
    ['&presentationUID=1.2&presentationSeriesUID=1.3', 404],
    ['&contentType=application/dicom&transferSyntax=1.2.840.10008.1.2.4.100', 406],
  ])('answers WADO-URI with %s by %i', async (more, status) => {
    expect((await wado(more)).statusCode).toBe(status);
  });
});
