// Lossy objects on their way out, and what lies around the pixels: judged by DCMTK and GDCM.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createDataset,
  type Dataset,
  encodeDataset,
  encodeFileMeta,
  explicitVrLittleEndian,
  getElement,
  getNumber,
  getSequence,
  getString,
  getStrings,
  newUid,
  parseDicom,
  setValue,
  writePart10,
} from '@yunying/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getInstance } from '../read-study.ts';
import { storeMade } from '../testing/made-objects.ts';
import { openRig, type Rig } from '../testing/rig.ts';
import { type TranscodeOptions, transcodeObject } from './transcode-object.ts';

const root = '1.2.840.10008.1.2.4.';
const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7';
const noPeers = !['dcmdjpeg', 'dcmdjpls', 'gdcmconv'].every((one) => existsSync(`/usr/bin/${one}`));
const [rows, columns] = [120, 180];

/** Waves over most of the range. */
function waves(bits: number, frames = 1): Uint16Array {
  return Uint16Array.from({ length: rows * columns * frames }, (_, i) => {
    const [x, y] = [i % columns, Math.floor(i / columns)];
    return Math.floor(2 ** bits * (0.5 + 0.4 * Math.sin(x / 25) * Math.cos(y / 19)));
  });
}

function grey(bits: 8 | 12, change: (dataset: Dataset) => void = () => undefined): Buffer {
  const dataset = createDataset();
  const words = waves(bits);
  const pixels = bits === 8 ? Uint8Array.from(words) : new Uint8Array(words.buffer);
  const values: [string, string | number | string[]][] = [
    ['SOPClassUID', secondaryCapture],
    ['SOPInstanceUID', newUid()],
    ['StudyInstanceUID', newUid()],
    ['SeriesInstanceUID', newUid()],
    ['Modality', 'OT'],
    ['ImageType', ['ORIGINAL', 'PRIMARY', 'AXIAL']],
    ['PatientID', 'T1'],
    ['SamplesPerPixel', 1],
    ['PhotometricInterpretation', 'MONOCHROME2'],
    ['Rows', rows],
    ['Columns', columns],
    ['BitsAllocated', bits === 8 ? 8 : 16],
    ['BitsStored', bits],
    ['HighBit', bits - 1],
    ['PixelRepresentation', 0],
  ];
  for (const [keyword, value] of values) setValue(dataset, keyword, value);
  setValue(dataset, '7FE00010', pixels, bits === 8 ? 'OB' : 'OW');
  change(dataset);
  const about = {
    sopClassUid: secondaryCapture,
    sopInstanceUid: getString(dataset, 'SOPInstanceUID') ?? '',
    transferSyntaxUid: explicitVrLittleEndian,
  };
  return Buffer.from(writePart10(about, encodeDataset(dataset, explicitVrLittleEndian)));
}

describe('objects compressed with loss', () => {
  let rig: Rig;
  let folder: string;
  beforeAll(async () => {
    rig = await openRig();
    folder = mkdtempSync(join(tmpdir(), 'yunying-lossy-'));
  });
  afterAll(async () => {
    await rig.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function stored(file: Buffer) {
    const object = await storeMade(rig, file);
    expect(object.outcome).toBe('stored');
    return getInstance(rig.ctx.db, object);
  }

  async function write(instance: Awaited<ReturnType<typeof stored>>, to: string, options?: TranscodeOptions) {
    const made = await transcodeObject(rig.ctx, instance, to, options);
    const chunks: Uint8Array[] = [
      encodeFileMeta({
        sopClassUid: instance.sop_class_uid,
        sopInstanceUid: made.sopInstanceUid ?? instance.sop_instance_uid,
        transferSyntaxUid: made.transferSyntaxUid,
      }),
    ];
    for await (const chunk of made.dataset) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  it('say so: flag, ratio, method, derived, a UID of their own that is the same each time', async () => {
    const instance = await stored(
      grey(8, (dataset) => {
        setValue(dataset, 'LossyImageCompression', '01');
        setValue(dataset, 'LossyImageCompressionRatio', ['4.5']);
        setValue(dataset, 'LossyImageCompressionMethod', ['ISO_10918_1']);
        setValue(dataset, 'DerivationDescription', 'cut out');
      }),
    );
    const [first, second] = [
      await write(instance, `${root}203`, { lossy: { ratio: 8 } }),
      await write(instance, `${root}203`, { lossy: { ratio: 8 } }),
    ];
    expect(first.equals(second)).toBe(true);
    const { dataset } = parseDicom(first);
    expect(getString(dataset, 'LossyImageCompression')).toBe('01');
    const [before, after] = getStrings(dataset, 'LossyImageCompressionRatio').map(Number);
    expect(before).toBe(4.5);
    expect(after).toBeGreaterThanOrEqual(7.9);
    expect(getStrings(dataset, 'LossyImageCompressionMethod')).toEqual(['ISO_10918_1', 'ISO_15444_15']);
    expect(getStrings(dataset, 'ImageType')).toEqual(['DERIVED', 'PRIMARY', 'AXIAL']);
    expect(getString(dataset, 'DerivationDescription')).toMatch(
      /^cut out; Lossy compression ISO_15444_15, ratio/,
    );
    const [code] = getSequence(dataset, '00089215');
    expect(code === undefined ? null : getString(code, 'CodeValue')).toBe('113040');
    const [predecessor] = getSequence(dataset, '00082112');
    expect(predecessor === undefined ? null : getString(predecessor, '00081155')).toBe(
      instance.sop_instance_uid,
    );
    const uid = getString(dataset, 'SOPInstanceUID');
    expect(uid).not.toBe(instance.sop_instance_uid);
    expect(getString(dataset, 'SeriesInstanceUID')).toBe(instance.series_instance_uid);
    const other = parseDicom(await write(instance, `${root}203`, { lossy: { ratio: 4 } }));
    expect(getString(other.dataset, 'SOPInstanceUID')).not.toBe(uid);
  });

  it.skipIf(noPeers)('are decoded by DCMTK and GDCM near the source and as by us', async () => {
    const judges: [string, 8 | 12, string, string[]][] = [
      ['50', 8, 'dcmdjpeg', []],
      ['50', 8, 'gdcmconv', ['--raw']],
      ['51', 12, 'dcmdjpeg', []],
      ['51', 12, 'gdcmconv', ['--raw']],
      ['81', 8, 'dcmdjpls', []],
      ['81', 12, 'dcmdjpls', []],
      ['81', 12, 'gdcmconv', ['--raw']],
      ['91', 8, 'gdcmconv', ['--raw']],
      ['91', 12, 'gdcmconv', ['--raw']],
    ];
    for (const [end, bits, program, options] of judges) {
      const instance = await stored(grey(bits));
      const [ours, theirs] = [join(folder, 'ours.dcm'), join(folder, 'theirs.dcm')];
      const file = await write(instance, root + end, { lossy: { ratio: 6 } });
      writeFileSync(ours, file);
      execFileSync(program, [...options, ours, theirs], { stdio: 'pipe' });
      const pixels = samplesOf(readFileSync(theirs), bits);
      const again = await storeMade(rig, file);
      const back = await getInstance(rig.ctx.db, again);
      const own = samplesOf(await write(back, explicitVrLittleEndian), bits);
      const label = `.${end} ${bits} bits ${program}`;
      const truth = waves(bits);
      expect(worst(pixels, own), `${label}: peer against us`).toBeLessThanOrEqual(end === '81' ? 0 : 2);
      expect(worst(pixels, truth), `${label}: peer against source`).toBeLessThan(2 ** bits / 16);
    }
  });

  it('are not made of what cannot be held so, and not without a ratio', async () => {
    const instance = await stored(grey(12));
    const lossy = { lossy: { ratio: 8 } };
    for (const [to, options] of [
      ['50', lossy],
      ['50', {}],
      ['90', lossy],
    ] as const)
      await expect(write(instance, root + to, options)).rejects.toMatchObject({
        code: 'request.not_acceptable',
      });
    const exact = parseDicom(await write(instance, `${root}91`)).dataset;
    expect(getString(exact, 'LossyImageCompression')).toBeNull();
    expect(getString(exact, 'SOPInstanceUID')).toBe(instance.sop_instance_uid);
  });

  it('lift an overlay out of the unused bits, whole and in its place', async () => {
    const bit = 13;
    const isDrawn = (i: number) => i % 7 === 0 || i % 180 < 5;
    const file = grey(12, (dataset) => {
      setValue(dataset, '60000010', rows, 'US');
      setValue(dataset, '60000011', columns, 'US');
      setValue(dataset, '60000040', 'G', 'CS');
      setValue(dataset, '60000050', [1, 1], 'SS');
      setValue(dataset, '60000100', 16, 'US');
      setValue(dataset, '60000102', bit, 'US');
      const cells = waves(12).map((value, i) => (isDrawn(i) ? value | (1 << bit) : value));
      setValue(dataset, '7FE00010', new Uint8Array(cells.buffer), 'OW');
    });
    const { dataset } = parseDicom(await write(await stored(file), `${root}202`));
    expect(getNumber(dataset, '60000100')).toBe(1);
    expect(getNumber(dataset, '60000102')).toBe(0);
    const element = getElement(dataset, '60003000');
    const packed = element?.kind === 'value' ? element.value : new Uint8Array(0);
    for (let i = 0; i < rows * columns; i++)
      if ((((packed[i >> 3] ?? 0) >> (i & 7)) & 1) !== (isDrawn(i) ? 1 : 0))
        throw new Error(`overlay at ${i}`);
  });

  it('keep the picture of an icon in the head', async () => {
    const file = grey(8, (dataset) => {
      const icon = createDataset(dataset);
      for (const [keyword, value] of Object.entries({ Rows: 4, Columns: 4, BitsAllocated: 8, BitsStored: 8 }))
        setValue(icon, keyword, value);
      setValue(
        icon,
        '7FE00010',
        Uint8Array.from({ length: 16 }, (_, i) => i),
        'OB',
      );
      setValue(dataset, '00880200', [icon]);
    });
    const instance = await stored(file);
    for (const to of [`${root}202`, '1.2.840.10008.1.2']) {
      const [icon] = getSequence(parseDicom(await write(instance, to)).dataset, '00880200');
      const pixels = icon === undefined ? undefined : getElement(icon, '7FE00010');
      expect(pixels?.kind === 'value' ? pixels.value[15] : null).toBe(15);
    }
  });

  it('keep what stands behind the pixels, but no padding and no signature', async () => {
    const file = grey(8, (dataset) => {
      setValue(dataset, '7FE10010', 'MAKER', 'LO');
      setValue(dataset, '7FE11001', 'kept', 'LO');
      setValue(dataset, 'FFFAFFFA', [createDataset(dataset)]);
      setValue(dataset, 'FFFCFFFC', new Uint8Array(20), 'OB');
    });
    const instance = await stored(file);
    for (const to of [`${root}202`, '1.2.840.10008.1.2', '1.2.840.10008.1.2.5']) {
      const { dataset } = parseDicom(await write(instance, to));
      const element = getElement(dataset, '7FE11001');
      expect(element?.kind === 'value' ? Buffer.from(element.value).toString() : null, to).toBe('kept');
      expect(getElement(dataset, 'FFFAFFFA')).toBeUndefined();
      expect(getElement(dataset, 'FFFCFFFC')).toBeUndefined();
    }
  });
});

function samplesOf(file: Uint8Array, bits: number): ArrayLike<number> {
  const element = getElement(parseDicom(file).dataset, '7FE00010');
  if (element?.kind !== 'value') throw new Error('the pixels are not native');
  const bytes = new Uint8Array(element.value);
  return bits === 8 ? bytes : new Uint16Array(bytes.buffer, 0, bytes.length >> 1);
}

function worst(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < rows * columns; i++) most = Math.max(most, Math.abs((a[i] ?? 0) - (b[i] ?? 0)));
  return most;
}
