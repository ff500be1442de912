// Volumes over real HTTP requests: phantoms whose values and places are known, CT with a leaning gantry and pixels that
// are not square, PET with a scale of its own in every slice.
import { createDataset, encodeDataset, newUid, setValue, writePart10 } from '@yunying/dicom';
import sharp, { type OutputInfo } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MediaRig, openMediaRig, prepareAll, store } from '../testing/media-rig.ts';

const explicit = '1.2.840.10008.1.2.1';
const [columns, rows, slices] = [40, 32, 16];
const [rowMm, columnMm, stepMm, lean] = [0.8, 0.6, 2.5, (12 * Math.PI) / 180];
const [ct, pet, few] = [0, 1, 2].map(() => ({ study: newUid(), series: newUid() })) as [
  Series,
  Series,
  Series,
];
type Series = { study: string; series: string };
type Vector = readonly [number, number, number];

const hu = ([x, y, z]: Vector) => 8 * x - 5 * y + 6 * z;
const becquerel = ([, , z]: Vector) => 2000 + 100 * z;
const weightKg = 70;
const doseBq = 3.7e8;
const halfLife = 6586.2;

function placeOf(k: number, tilt: number): { origin: Vector; down: Vector } {
  return { origin: [-12, -10, stepMm * k], down: [0, Math.cos(tilt), Math.sin(tilt)] };
}

function slice(of: Series, k: number, kind: 'CT' | 'PT'): Uint8Array {
  const tilt = kind === 'CT' ? lean : 0;
  const { origin, down } = placeOf(k, tilt);
  const slope = kind === 'CT' ? 1 : 0.5 + 0.05 * k;
  const intercept = kind === 'CT' ? -1024 : 0;
  const pixels = new Int16Array(columns * rows);
  for (let at = 0; at < pixels.length; at += 1) {
    const [x, y] = [(at % columns) * columnMm, Math.floor(at / columns) * rowMm];
    const place: Vector = [origin[0] + x, origin[1] + y * down[1], origin[2] + y * down[2]];
    pixels[at] = Math.round(((kind === 'CT' ? hu(place) : becquerel(place)) - intercept) / slope);
  }
  const dataset = createDataset();
  const sopInstanceUid = newUid();
  const sopClassUid = kind === 'CT' ? '1.2.840.10008.5.1.4.1.1.2' : '1.2.840.10008.5.1.4.1.1.128';
  const values: Record<string, Parameters<typeof setValue>[2]> = {
    SOPClassUID: sopClassUid,
    SOPInstanceUID: sopInstanceUid,
    StudyInstanceUID: of.study,
    SeriesInstanceUID: of.series,
    PatientName: 'Phantom',
    PatientID: 'V1',
    Modality: kind,
    InstanceNumber: String(k + 1),
    ImagePositionPatient: origin.map(String),
    ImageOrientationPatient: [1, 0, 0, ...down].map((one) => one.toFixed(9)),
    PixelSpacing: [String(rowMm), String(columnMm)],
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: rows,
    Columns: columns,
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    PixelRepresentation: 1,
    RescaleSlope: String(slope),
    RescaleIntercept: String(intercept),
    WindowCenter: '40',
    WindowWidth: '400',
  };
  for (const [keyword, value] of Object.entries(values)) setValue(dataset, keyword, value);
  if (kind === 'PT') addPet(dataset);
  setValue(dataset, '7FE00010', new Uint8Array(pixels.buffer), 'OW');
  return writePart10(
    { sopClassUid, sopInstanceUid, transferSyntaxUid: explicit },
    encodeDataset(dataset, explicit),
  );
}

function addPet(dataset: ReturnType<typeof createDataset>): void {
  const dose = createDataset(dataset);
  setValue(dose, 'RadionuclideTotalDose', String(doseBq));
  setValue(dose, 'RadionuclideHalfLife', String(halfLife));
  setValue(dose, 'RadiopharmaceuticalStartTime', '090000');
  const values: Record<string, Parameters<typeof setValue>[2]> = {
    Units: 'BQML',
    CorrectedImage: ['ATTN', 'DECY'],
    DecayCorrection: 'START',
    PatientWeight: String(weightKg),
    SeriesDate: '20260301',
    SeriesTime: '100000',
    AcquisitionDate: '20260301',
    AcquisitionTime: '100000',
    RadiopharmaceuticalInformationSequence: [dose],
  };
  for (const [keyword, value] of Object.entries(values)) setValue(dataset, keyword, value);
}

describe('volumes of phantoms', () => {
  let rig: MediaRig;
  const path = ({ study, series }: Series) => `/api/studies/${study}/series/${series}/volume`;
  const numbers = (text: unknown) => String(text).split('\\').map(Number);
  beforeAll(async () => {
    rig = await openMediaRig();
    for (let k = 0; k < slices; k += 1) {
      await store(rig, slice(ct, (k * 7) % slices, 'CT'));
      await store(rig, slice(pet, k, 'PT'));
      if (k < 2) await store(rig, slice(few, k, 'CT'));
    }
    await prepareAll(rig);
  });
  afterAll(() => rig.close());

  async function built(of: Series) {
    for (;;) {
      const answer = await rig.get(path(of));
      expect(answer.statusCode).toBe(200);
      if (answer.json().state === 'ready') return answer.json().volume;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it('say what they are: size, spacing along the normal, tilt', async () => {
    const volume = await built(ct);
    expect(volume).toMatchObject({ columns, rows, slices, unit: 'HU', missing: 0, uneven: false });
    expect(volume.tiltDegrees).toBeCloseTo(12, 1);
    expect(volume.spacingMm[2]).toBeCloseTo(stepMm * Math.cos(lean), 4);
  });

  it('have the true HU at any place, tilted and not square', async () => {
    for (const at of [
      [-5.3, -2.1, 20.7],
      [0, 0, 15],
      [6.1, 3.3, 30.2],
    ] as const) {
      const answer = await rig.get(`${path(ct)}/probe?at=${at.join(',')}`);
      expect(answer.json()).toMatchObject({ unit: 'HU', reduced: false });
      // Values were rounded to whole HU when the phantom was written.
      expect(Math.abs(answer.json().value - hu(at))).toBeLessThanOrEqual(0.51);
    }
    expect((await rig.get(`${path(ct)}/probe?at=500,0,0`)).json().value).toBeNull();
  });

  it('have the true SUV, though every slice has its own scale', async () => {
    await built(pet);
    const factor = (weightKg * 1000) / (doseBq * 2 ** (-3600 / halfLife));
    for (const z of [5, 17.5, 33]) {
      const { value, suv } = (await rig.get(`${path(pet)}/probe?at=0,0,${z}`)).json();
      expect(Math.abs(value - becquerel([0, 0, z])) / becquerel([0, 0, z])).toBeLessThan(0.001);
      expect(suv).toBeCloseTo(value * factor, 9);
    }
  });

  it('give planes their place, and pixels the grey of that place', async () => {
    for (const plane of ['axial', 'coronal', 'sagittal']) {
      const answer = await rig.get(`${path(ct)}/plane?plane=${plane}&window=100,401`, {
        accept: 'image/png',
      });
      expect(answer.statusCode).toBe(200);
      const [ox = 0, oy = 0, oz = 0] = numbers(answer.headers['x-image-position-patient']);
      const [rx = 0, ry = 0, rz = 0, dx = 0, dy = 0, dz = 0] = numbers(
        answer.headers['x-image-orientation-patient'],
      );
      const [spacing = 0] = numbers(answer.headers['x-pixel-spacing']);
      const { data, info } = await sharp(answer.rawPayload).raw().toBuffer({ resolveWithObject: true });
      const [column, row] = [Math.floor(info.width / 2), Math.floor(info.height / 2)];
      const at: Vector = [
        ox + spacing * (column * rx + row * dx),
        oy + spacing * (column * ry + row * dy),
        oz + spacing * (column * rz + row * dz),
      ];
      const grey = data[(row * info.width + column) * info.channels] ?? -1;
      const truth = Math.min(255, Math.max(0, ((hu(at) - 99.5) / 400 + 0.5) * 255));
      expect(Math.abs(grey - truth)).toBeLessThanOrEqual(1);
    }
  });

  it('keep lengths to 0.1 mm and angles to 0.1° on pictures of every plane', async () => {
    for (const plane of ['axial', 'coronal', 'sagittal']) {
      const probe = await rig.get(`${path(ct)}/plane?plane=${plane}&window=100,101`, { accept: 'image/png' });
      const place = placeOfPicture(probe.headers);
      const { info } = await sharp(probe.rawPayload).raw().toBuffer({ resolveWithObject: true });
      // A window that is not burnt out in the middle of this plane.
      const level = Math.round(hu(place.at(info.width / 2, info.height / 2)));
      const answer = await rig.get(`${path(ct)}/plane?plane=${plane}&window=${level},101`, {
        accept: 'image/png',
      });
      const picture = await sharp(answer.rawPayload).raw().toBuffer({ resolveWithObject: true });
      const [across, down] = slopeOf(picture.data, picture.info).map(
        (perPixel) => (perPixel * 100) / 255 / place.spacing,
      ) as [number, number];
      const truth = [place.right, place.down].map(([x, y, z]) => 8 * x - 5 * y + 6 * z) as [number, number];
      // What lies between two edges that are 80 HU apart, and how their line leans.
      expect(Math.abs(80 / Math.hypot(across, down) - 80 / Math.hypot(...truth))).toBeLessThanOrEqual(0.1);
      const degrees = ([a, b]: readonly [number, number]) => (Math.atan2(b, a) * 180) / Math.PI;
      expect(Math.abs(degrees([across, down]) - degrees(truth))).toBeLessThanOrEqual(0.1);
    }
  });

  it('take oblique planes and slabs, and turn', async () => {
    const oblique =
      'origin=-5,-5,10&right=1,0,0&down=0,0.7,0.7&spacing=0.5&width=32&height=24&slab=4&mode=average';
    const plane = await rig.get(`${path(ct)}/plane?${oblique}`, { accept: 'image/png' });
    expect(plane.statusCode).toBe(200);
    expect(await sharp(plane.rawPayload).metadata()).toMatchObject({ width: 32, height: 24 });
    for (const preset of ['soft', 'mip']) {
      const view = await rig.get(`${path(ct)}/rotation?preset=${preset}&yaw=30&pitch=10&size=96`);
      expect(view.headers['content-type']).toBe('image/jpeg');
      expect(await sharp(view.rawPayload).metadata()).toMatchObject({ width: 96, height: 96 });
    }
  });

  it('are refused with the reason in Chinese, or in English when asked', async () => {
    const answer = await rig.get(path(few));
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({
      code: 'media.not_reconstructable',
      details: { reason: 'too-few-slices', explanation: '层数不足，至少需要 3 层。' },
    });
    const english = await rig.get(`${path(few)}/rotation`, { 'accept-language': 'en' });
    expect(english.json().details.explanation).toBe('At least 3 slices are needed.');
  });

  it('refuse queries that mean nothing', async () => {
    for (const query of ['plane=axial&index=9999', 'window=1', 'origin=0,0,0', 'plane=axial&window=40,0'])
      expect((await rig.get(`${path(ct)}/plane?${query}`)).statusCode).toBe(400);
    expect((await rig.get(`${path(ct)}/rotation?clip=0.5,0,0,0.4,1,1`)).statusCode).toBe(400);
    expect((await rig.get(path({ study: ct.study, series: newUid() }))).statusCode).toBe(404);
  });

  it('are closed to strangers, and every look is in the trail', async () => {
    expect((await rig.app.inject({ method: 'GET', url: `${path(ct)}/plane?plane=axial` })).statusCode).toBe(
      401,
    );
    const seen = await rig.ctx.db
      .selectFrom('audit_event')
      .select('event_type')
      .where('study_instance_uid', '=', ct.study)
      .execute();
    expect(seen.map((one) => one.event_type)).toContain('image.viewed');
  });
});

/** Where a picture lies, out of its headers. */
function placeOfPicture(headers: Record<string, unknown>) {
  const numbers = (name: string) => String(headers[name]).split('\\').map(Number);
  const [ox = 0, oy = 0, oz = 0] = numbers('x-image-position-patient');
  const [rx = 0, ry = 0, rz = 0, dx = 0, dy = 0, dz = 0] = numbers('x-image-orientation-patient');
  const [spacing = 0] = numbers('x-pixel-spacing');
  const at = (column: number, row: number): Vector => [
    ox + spacing * (column * rx + row * dx),
    oy + spacing * (column * ry + row * dy),
    oz + spacing * (column * rz + row * dz),
  ];
  return { at, spacing, right: [rx, ry, rz] as Vector, down: [dx, dy, dz] as Vector };
}

/** Greys per pixel along rows and down columns: least squares over all that is neither black nor white. */
function slopeOf(greys: Uint8Array, { width, height, channels }: OutputInfo): [number, number] {
  let [n, c, r, g, cc, rr, cr, cg, rg] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1) {
      const grey = greys[(row * width + column) * channels] ?? 0;
      if (grey < 2 || grey > 253) continue;
      n += 1;
      c += column;
      r += row;
      g += grey;
      cc += column * column;
      rr += row * row;
      cr += column * row;
      cg += column * grey;
      rg += row * grey;
    }
  const [scc, srr, scr] = [cc - (c * c) / n, rr - (r * r) / n, cr - (c * r) / n];
  const [scg, srg] = [cg - (c * g) / n, rg - (r * g) / n];
  const whole = scc * srr - scr * scr;
  return [(scg * srr - srg * scr) / whole, (srg * scc - scg * scr) / whole];
}
