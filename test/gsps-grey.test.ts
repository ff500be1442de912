// Presentation states as the viewer shows them, against DCMTK's dcmp2pgm: states that dcmpsmk makes of images of the corpus,
// and the same with VOI and presentation tables and with no window at all. Equal within one grey level. Sigmoid windows are
// not compared: dcmp2pgm draws them linear.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  encodeDataset,
  encodeFileMeta,
  explicitVrLittleEndian,
  fromDicomJson,
  parseDicom,
  toDicomJson,
} from '@yunying/dicom';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeFrame } from '../packages/codec/src/decode-frame.ts';
import { corpusAbsent, corpusRoot, readCorpusObject } from '../packages/codec/src/testing/corpus.ts';
import type { Pixels } from '../packages/viewer/src/frames/pixels.ts';
import type { JsonItem } from '../packages/viewer/src/geometry/dicom-json.ts';
import { frameFacts } from '../packages/viewer/src/geometry/frame-facts.ts';
import { readPresentation } from '../packages/viewer/src/saved/model/gsps-read.ts';
import { greySteps } from '../packages/viewer/src/saved/model/state-grey.ts';
import { curved, greyCurve, storedRange } from '../packages/viewer/src/voi/grey-curve.ts';

const isAbsent = corpusAbsent || !['dcmpsmk', 'dcmp2pgm'].every((tool) => existsSync(`/usr/bin/${tool}`));
const folder = mkdtempSync(join(tmpdir(), 'gsps-'));
afterAll(() => rmSync(folder, { recursive: true }));

const images = [
  'ct-mr-single/ele.dcm',
  'mr-series-ge-uncompressed/MR01.dcm',
  'transfer-syntaxes/more/MR_small_implicit.dcm',
  'photometric/vlut_04.dcm',
  'photometric/mlut_18.dcm',
  'dicomdir/77654033/CR1/6154',
  'projection-and-other/dx_image_small.dcm',
];

const sq = (...Value: object[]) => ({ vr: 'SQ', Value });
const words = (values: number[]) => ({
  vr: 'OW',
  InlineBinary: Buffer.from(Uint16Array.from(values).buffer).toString('base64'),
});
const us = (...Value: number[]) => ({ vr: 'US', Value });
/** A curve that is no straight line, of 12 bits. */
const bent = Array.from({ length: 1024 }, (_, at) => Math.round(4095 * Math.sqrt(at / 1023)));

const changes: Record<string, (state: JsonItem) => void> = {
  'as dcmpsmk makes it': () => undefined,
  'without a window': (state) => {
    delete state['00283110'];
  },
  'with a VOI table': (state) => {
    state['00283110'] = sq({
      '00283010': sq({ '00283002': us(1024, 100, 12), '00283006': words(bent) }),
    });
  },
  'with a presentation table': (state) => {
    delete state['20500020'];
    state['20500010'] = sq({ '00283002': us(1024, 0, 12), '00283006': words(bent) });
  },
};

const json = (path: string): JsonItem =>
  JSON.parse(JSON.stringify(toDicomJson(parseDicom(readFileSync(path)).dataset)));

function write(state: JsonItem, path: string): void {
  const uidOf = (tag: string) => String((state[tag]?.Value as unknown[] | undefined)?.[0]);
  const meta = encodeFileMeta({
    sopClassUid: uidOf('00080016'),
    sopInstanceUid: uidOf('00080018'),
    transferSyntaxUid: explicitVrLittleEndian,
  });
  const dataset = fromDicomJson(state as Parameters<typeof fromDicomJson>[0]);
  writeFileSync(path, Buffer.concat([meta, encodeDataset(dataset, explicitVrLittleEndian)]));
}

async function pixelsOf(path: string): Promise<Pixels> {
  const object = readCorpusObject(join('dicom', path));
  if (object === undefined) throw new Error(`${path} has no pixels`);
  const { bytes, bitOffset } = object.frame(0);
  const { pixels } = await decodeFrame(bytes, object.description, { bitOffset });
  const { rows, columns } = object.description;
  const samples = pixels as Pixels['samples'];
  return { samples, rows, columns, components: 1, step: 1, offset: 0, min: 0, max: 0 };
}

describe.skipIf(isAbsent)('grey of presentation states (needs the corpus of real files and DCMTK)', () => {
  it.each(images)('%s', async (path) => {
    const file = join(corpusRoot, 'dicom', path);
    const statePath = join(folder, 'state.dcm');
    execFileSync('dcmpsmk', [file, statePath], { stdio: 'pipe', timeout: 30_000 });
    const made = json(statePath);
    const pixels = await pixelsOf(path);
    const image = json(file);
    const uid = String((image['00080018']?.Value as unknown[] | undefined)?.[0]);
    const facts = frameFacts(image, uid, 1);
    const far: Record<string, number> = {};
    for (const [name, change] of Object.entries(changes)) {
      const state = structuredClone(made);
      change(state);
      write(state, statePath);
      const picture = join(folder, 'picture.pgm');
      execFileSync('dcmp2pgm', ['-p', statePath, file, picture], { stdio: 'pipe', timeout: 30_000 });
      const read = readPresentation(json(statePath));
      const curve = greyCurve(greySteps(read, facts), storedRange(pixels, facts.bitsStored));
      const theirs = readFileSync(picture);
      const ours = curved(pixels, curve).samples.map((grey) => (read.invert ? 255 - grey : grey));
      const start = theirs.length - ours.length;
      let most = 0;
      for (const [at, grey] of ours.entries())
        most = Math.max(most, Math.abs(grey - (theirs[start + at] ?? 0)));
      far[name] = most;
    }
    // Between two entries of a table dcmp2pgm cuts off where we round: seen where values have fractions.
    const limit = Number.isInteger(facts.rescale.slope) ? 1 : 3;
    expect(Object.entries(far).filter(([, most]) => most > limit)).toEqual([]);
  });
});
