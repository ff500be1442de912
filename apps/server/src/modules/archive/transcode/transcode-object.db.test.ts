// Transcoding of real objects: what comes out is judged by GDCM and DCMTK, and by decoding it again ourselves.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeFileMeta, getElement, getString, newUid, parseDicom, patchDataset } from '@yunying/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getInstance } from '../read-study.ts';
import { storeMade } from '../testing/made-objects.ts';
import { corpus, corpusAbsent, corpusFiles, openRig, type Rig } from '../testing/rig.ts';
import { canTranscode, transcodeObject } from './transcode-object.ts';

const explicitLittle = '1.2.840.10008.1.2.1';
const implicitLittle = '1.2.840.10008.1.2';
const htj2k = '1.2.840.10008.1.2.4.202';
const lossless = ['.5', '.4.57', '.4.70', '.4.80', '.4.90', '.4.201', '.4.202'].map(
  (end) => `1.2.840.10008.1.2${end}`,
);
const noGdcm = !existsSync('/usr/bin/gdcmconv');
const noDcmtk = !existsSync('/usr/bin/dcmdump');
const largest = 4_000_000;

describe.skipIf(corpusAbsent)('transcoding (needs the corpus of real files)', () => {
  let rig: Rig;
  let folder: string;
  beforeAll(async () => {
    rig = await openRig();
    folder = mkdtempSync(join(tmpdir(), 'yunying-transcode-'));
  });
  afterAll(async () => {
    await rig.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The smallest file of each transfer syntax that has pixels, stored under a fresh UID. */
  async function storeSamples(syntaxes: readonly string[]) {
    const found = new Map<string, Buffer>();
    for (const path of corpusFiles()) {
      const bytes = readFileSync(join(corpus, path));
      if (bytes.length > largest) continue;
      try {
        const { dataset, transferSyntaxUid } = parseDicom(bytes);
        const known = found.get(transferSyntaxUid);
        const fits =
          syntaxes.includes(transferSyntaxUid) &&
          getElement(dataset, '7FE00010') !== undefined &&
          // GDCM writes one-bit pixels as bytes.
          getString(dataset, 'BitsStored') !== '1' &&
          getElement(dataset, 'SOPClassUID') !== undefined &&
          getElement(dataset, 'SOPInstanceUID') !== undefined;
        if (fits && (known === undefined || known.length > bytes.length)) found.set(transferSyntaxUid, bytes);
      } catch {
        // a broken file: other tests are about them
      }
    }
    const stored = [];
    for (const [syntax, bytes] of found) {
      const studyInstanceUid = newUid();
      const uids = {
        StudyInstanceUID: studyInstanceUid,
        SeriesInstanceUID: newUid(),
        SOPInstanceUID: newUid(),
      };
      await storeMade(rig, patchDataset(bytes, uids));
      const sopInstanceUid = uids.SOPInstanceUID;
      const instance = await getInstance(rig.ctx.db, { studyInstanceUid, sopInstanceUid });
      stored.push({ syntax, bytes, instance });
    }
    return stored;
  }

  async function write(instance: Awaited<ReturnType<typeof storeSamples>>[number]['instance'], to: string) {
    const made = await transcodeObject(rig.ctx, instance, to);
    const chunks: Uint8Array[] = [
      encodeFileMeta({
        sopClassUid: instance.sop_class_uid,
        sopInstanceUid: instance.sop_instance_uid,
        transferSyntaxUid: made.transferSyntaxUid,
      }),
    ];
    for await (const chunk of made.dataset) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  const pixelsOf = (file: Uint8Array): Buffer => {
    const element = getElement(parseDicom(file).dataset, '7FE00010');
    if (element?.kind !== 'value') throw new Error('the pixels are not native');
    return Buffer.from(element.value);
  };

  it.skipIf(noGdcm)('decodes every lossless syntax to the very pixels of GDCM', async () => {
    const samples = await storeSamples(lossless);
    expect(samples.length).toBeGreaterThan(4);
    let compared = 0;
    for (const { syntax, bytes, instance } of samples) {
      const ours = pixelsOf(await write(instance, explicitLittle));
      const [from, to] = [join(folder, 'in.dcm'), join(folder, 'out.dcm')];
      writeFileSync(from, bytes);
      try {
        execFileSync('gdcmconv', ['--raw', from, to], { stdio: 'pipe' });
      } catch {
        continue; // this GDCM does not know the syntax (HTJ2K)
      }
      expect(ours.equals(pixelsOf(readFileSync(to))), `${syntax}`).toBe(true);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(3);
  });

  it('compresses to HTJ2K and back without a changed bit, also big endian, deflated and RLE', async () => {
    const syntaxes = [
      explicitLittle,
      implicitLittle,
      '1.2.840.10008.1.2.2',
      '1.2.840.10008.1.2.1.99',
      ...lossless,
    ];
    for (const { syntax, instance } of await storeSamples(syntaxes)) {
      if (!canTranscode(syntax, htj2k)) continue;
      const file = await write(instance, htj2k).catch((error: Error) => error);
      if (file instanceof Error) {
        expect(file.message).toMatch(/not.acceptable|cannot|accept/i);
        continue;
      }
      const { dataset } = parseDicom(file);
      expect(getString(dataset, 'SOPInstanceUID')).toBe(instance.sop_instance_uid);
      const again = await storeMade(rig, patchDataset(file, { SOPInstanceUID: newUid() }));
      const back = await getInstance(rig.ctx.db, {
        studyInstanceUid: instance.study_instance_uid,
        sopInstanceUid: again.sopInstanceUid,
      });
      const plain = syntax === explicitLittle ? implicitLittle : explicitLittle;
      expect(pixelsOf(await write(back, plain)).equals(pixelsOf(await write(instance, plain))), syntax).toBe(
        true,
      );
    }
  });

  it.skipIf(noDcmtk || noGdcm)(
    'writes RLE, lossless JPEG, JPEG-LS and JPEG 2000 that DCMTK and GDCM decode to the source',
    async () => {
      const root = '1.2.840.10008.1.2.4.';
      const judges: [string, string, string[]][] = [
        ['1.2.840.10008.1.2.5', 'dcmdrle', []],
        [`${root}57`, 'dcmdjpeg', []],
        [`${root}70`, 'dcmdjpeg', []],
        [`${root}80`, 'dcmdjpls', []],
        [`${root}81`, 'dcmdjpls', []],
        [`${root}90`, 'gdcmconv', ['--raw']],
        [`${root}91`, 'gdcmconv', ['--raw']],
        ['1.2.840.10008.1.2.1.99', 'dcmconv', ['+te']],
      ];
      let compared = 0;
      for (const { syntax, instance } of await storeSamples([
        '1.2.840.10008.1.2.2',
        `${root}70`,
        `${root}201`,
      ])) {
        const truth = pixelsOf(await write(instance, explicitLittle));
        for (const [to, program, options] of judges) {
          if (!canTranscode(syntax, to)) continue;
          const [from, out] = [join(folder, 'ours.dcm'), join(folder, 'theirs.dcm')];
          writeFileSync(from, await write(instance, to));
          execFileSync(program, [...options, from, out], { stdio: 'pipe' });
          expect(pixelsOf(readFileSync(out)).equals(truth), `${syntax} to ${to}, ${program}`).toBe(true);
          if (program.startsWith('dcmdj') || program === 'dcmdrle') {
            execFileSync('gdcmconv', ['--raw', from, out], { stdio: 'pipe' });
            expect(pixelsOf(readFileSync(out)).equals(truth), `${syntax} to ${to}, GDCM`).toBe(true);
          }
          compared += 1;
        }
      }
      expect(compared).toBeGreaterThan(15);
    },
    60_000,
  );

  it.skipIf(noDcmtk)('writes files that DCMTK reads to the end', async () => {
    for (const { instance } of await storeSamples([
      explicitLittle,
      '1.2.840.10008.1.2.5',
      '1.2.840.10008.1.2.4.70',
    ])) {
      for (const to of [implicitLittle, explicitLittle, htj2k]) {
        if (to === instance.transfer_syntax_uid) continue;
        const path = join(folder, 'ours.dcm');
        writeFileSync(path, await write(instance, to));
        expect(execFileSync('dcmdump', ['-q', '+P', '7fe0,0010', path]).toString()).toMatch(
          /PixelData|7fe0,0010/,
        );
      }
    }
  });
});
