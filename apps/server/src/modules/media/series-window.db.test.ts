// The choice of a series' window: the rules on their own, then series of real slices without a window.
import { decodeFrame, type PixelDescription, type Tones } from '@yunying/codec';
import { newUid, patchDataset } from '@yunying/dicom';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFrameSource } from '../archive/index.ts';
import { corpusAbsent, corpusFile, corpusFiles } from '../archive/testing/rig.ts';
import { getStudyMedia } from './get-study-media.ts';
import { emissionWindow, percentileWindow, takesSeriesWindow } from './series-window.ts';
import { instanceOf, type MediaRig, openMediaRig, pathOf, prepareAll, store } from './testing/media-rig.ts';

const rising = (from: number, to: number, count = 1000): Tones => ({
  count,
  floor: 0,
  quantiles: Array.from({ length: 257 }, (_, step) => from + ((to - from) * step) / 256),
});
/** What the LINEAR window turns black and white. */
const ends = (window: { center: number; width: number } | null) =>
  window === null ? null : [window.center - window.width / 2, window.center + window.width / 2 - 1];

describe('the one window of a series', () => {
  it('spans the percentiles of all frames together', () => {
    expect(ends(percentileWindow([rising(100, 1100)]))).toEqual(
      [109, 1095].map((end) => expect.closeTo(end, -1)),
    );
    const [low = 0, high = 0] = ends(percentileWindow([rising(0, 100), rising(900, 1000)])) ?? [];
    expect([low < 10, high > 980]).toEqual([true, true]);
  });

  it('is not moved by a nearly empty slice', () => {
    const with_ = ends(percentileWindow([rising(0, 1000, 100_000), rising(0, 30, 50)])) ?? [];
    expect(with_[1]).toBeGreaterThan(900);
  });

  it('begins at zero for emission pictures, and air does not count', () => {
    const air = rising(0, 20, 1_000_000);
    const [low, high = 0] = ends(emissionWindow([air, rising(500, 1000)])) ?? [];
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(950);
  });

  it('keeps parametric values below one apart', () => {
    const [low = 1, high = 0] = ends(percentileWindow([rising(0.001, 0.009)])) ?? [];
    expect([low < 0.0012, high > 0.0085]).toEqual([true, true]);
  });

  it('is none when there is nothing but background', () => {
    expect(percentileWindow([])).toBeNull();
    expect(emissionWindow([{ count: 0, floor: 0, quantiles: [] }])).toBeNull();
  });

  it('is for grey frames without a transformation of their own', () => {
    const grey = { samplesPerPixel: 1, bitsStored: 12 } as PixelDescription;
    const takes = (
      change: Partial<PixelDescription>,
      replaces: 'nothing' | 'own-windows' | 'full-range' = 'nothing',
    ) => takesSeriesWindow({ ...grey, ...change }, { replaces });
    expect(takes({})).toBe(true);
    expect(takes({ samplesPerPixel: 3 })).toBe(false);
    expect(takes({ windowCenter: [40], windowWidth: [80] })).toBe(false);
    expect(takes({ windowCenter: [40], windowWidth: [80] }, 'own-windows')).toBe(true);
    expect(takes({ voiLut: { descriptor: [1, 0, 8], values: new Uint8Array(1) } })).toBe(false);
    expect(takes({ bitsStored: 8 })).toBe(false);
    expect(takes({ bitsStored: 8, rescaleSlope: 2 })).toBe(true);
    expect(takes({ bitsStored: 8 }, 'full-range')).toBe(true);
  });
});

describe.skipIf(corpusAbsent)('film of a series without a window (needs the corpus of real files)', () => {
  let rig: MediaRig;
  const paths: string[] = [];
  const studyUid = newUid();
  const slices = corpusFiles()
    .filter((path) => path.startsWith('mr-series-ge-uncompressed/'))
    .slice(0, 8);

  const storeSlice = async (path: string): Promise<string> => {
    const sop = newUid();
    await store(
      rig,
      patchDataset(corpusFile(path), {
        StudyInstanceUID: studyUid,
        SeriesInstanceUID: `${studyUid}.1`,
        SOPInstanceUID: sop,
        WindowCenter: '',
        WindowWidth: '',
      }),
    );
    return pathOf(rig, sop);
  };

  beforeAll(async () => {
    rig = await openMediaRig();
    for (const path of slices.slice(0, 6)) paths.push(await storeSlice(path));
    await prepareAll(rig);
  }, 120_000);
  afterAll(async () => {
    await rig?.close();
  });

  const windowsOf = async () => {
    const study = (await instanceOf(rig, paths[0] ?? '')).study_id;
    return (await getStudyMedia(rig.ctx.db, study)).series[0]?.windows ?? [];
  };
  const film = async (path: string, query = 'viewport=512,512') =>
    sharp((await rig.get(`${path}/frames/1/rendered?${query}`, { accept: 'image/webp' })).rawPayload)
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true });

  it('shows every slice with the same window, which the manifest names', async () => {
    const [window, ...others] = await windowsOf();
    expect(others).toEqual([]);
    expect(window).toMatchObject({ label: '', center: expect.any(Number), width: expect.any(Number) });
    const { center, width } = window ?? { center: 0, width: 1 };
    for (const path of paths) {
      const source = await openFrameSource(rig.ctx, await instanceOf(rig, path));
      const { bytes, description } = await source.read(1);
      const { pixels } = await decodeFrame(bytes, description);
      const { data, info } = await film(path);
      expect([info.width, info.height]).toEqual([description.columns, description.rows]);
      let wrong = 0;
      for (const [at, stored] of pixels.entries()) {
        const unit = Math.max(0, Math.min(1, (stored - (center - 0.5)) / (width - 1) + 0.5));
        if (Math.abs(255 * unit - (data[at * info.channels] ?? 0)) > 40) wrong += 1;
      }
      expect(wrong / pixels.length).toBeLessThan(0.01);
    }
  });

  it('uses it for other sizes and for what comes late', async () => {
    const before = await windowsOf();
    const mean = ({ data }: { data: Buffer }) => data.reduce((sum, value) => sum + value, 0) / data.length;
    const small = await film(paths[2] ?? '', 'viewport=128,128');
    expect(mean(small)).toBeCloseTo(mean(await film(paths[2] ?? '')), -0.6);
    for (const path of slices.slice(6)) paths.push(await storeSlice(path));
    await prepareAll(rig);
    expect(await windowsOf()).toEqual(before);
    const rows = await rig.ctx.db
      .selectFrom('rendition')
      .select('derived')
      .where('kind', '=', 'film')
      .execute();
    const used = new Set(rows.map((row) => JSON.stringify(JSON.parse(row.derived).seriesWindow)));
    expect([rows.length, used.size]).toEqual([8, 1]);
  });

  it('draws a 64 × 64 matrix up to the long side of the film, with zero black', async () => {
    const sop = newUid();
    await store(
      rig,
      patchDataset(corpusFile('nm-pet/NM-MONO2-16-13x-heart.dcm'), {
        StudyInstanceUID: newUid(),
        SeriesInstanceUID: newUid(),
        SOPInstanceUID: sop,
      }),
    );
    await prepareAll(rig);
    const { info, data } = await film(await pathOf(rig, sop));
    expect([info.width, info.height]).toEqual([512, 512]);
    expect(data[0]).toBeLessThan(6);
    const small = await rig.get(`${await pathOf(rig, sop)}/thumbnail`, { accept: 'image/webp' });
    expect((await sharp(small.rawPayload).metadata()).width).toBe(160);
  });
});
