// The studies of the viewer benchmark as files: those of the demo as they are (compressed without loss), its CT
// uncompressed and lengthened to 300 slices, and 3,000 small slices made on the spot. Nobody is in them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newUid, patchDataset } from '@yunying/dicom';
import { type DemoCase, cases as demoCases } from '../demo/cases.ts';
import { objectsOf, studyInstanceUidOf } from '../demo/objects.ts';
import { writeStudies } from './store-objects.ts';
import { dcmtkEnvironment } from './store-peers.ts';

export type Case = { name: string; studyInstanceUid: string; slices: number; folder: string };

const demoKeys: Partial<Record<string, string>> = {
  ct140: 'ct-head',
  ct300: 'ct-head',
  mr160: 'mr-head',
  dr: 'dr-chest',
};

/** Whether the demo does not bring it itself. */
export const isMade = ({ name }: Case): boolean => name === 'ct300' || name === 'ct3000';

export async function makeCase(folder: string, name: string): Promise<Case> {
  const place = join(folder, name);
  mkdirSync(place);
  if (name === 'ct3000') return { name, ...writeLongStudy(place, 3000), slices: 3000, folder: place };
  const key = demoKeys[name];
  const demoCase = demoCases.find((one) => one.key === key);
  if (demoCase === undefined) throw new Error(`no case ${name}`);
  const slices = await writeObjects(demoCase, place);
  if (name !== 'ct300')
    return { name, studyInstanceUid: studyInstanceUidOf(demoCase), slices, folder: place };
  return { name, studyInstanceUid: lengthen(place, slices, 300), slices: 300, folder: place };
}

async function writeObjects(demoCase: DemoCase, place: string): Promise<number> {
  let count = 0;
  for await (const file of objectsOf(demoCase)) {
    writeFileSync(join(place, `${String(count).padStart(4, '0')}.dcm`), file);
    count += 1;
  }
  return count;
}

/** There and back through the slices, each with a place of its own. Answers the new study's UID. */
function lengthen(place: string, slices: number, wanted: number): string {
  const [StudyInstanceUID, SeriesInstanceUID] = [newUid(), newUid()];
  const names = Array.from({ length: slices }, (_, at) => join(place, `${String(at).padStart(4, '0')}.dcm`));
  const plain = names.map((name) => {
    const done = spawnSync('dcmdjpeg', [name, `${name}.raw`], { env: dcmtkEnvironment, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`dcmdjpeg: ${done.stderr.slice(-300)}`);
    const bytes = readFileSync(`${name}.raw`);
    rmSync(name);
    rmSync(`${name}.raw`);
    return bytes;
  });
  for (let at = 0; at < wanted; at += 1) {
    const turn = at % (2 * slices);
    const source = plain[turn < slices ? turn : 2 * slices - 1 - turn];
    if (source === undefined) continue;
    const made = patchDataset(source, {
      StudyInstanceUID,
      SeriesInstanceUID,
      SOPInstanceUID: newUid(),
      AccessionNumber: 'BENCH300',
      InstanceNumber: String(at + 1),
      ImagePositionPatient: ['-125', '-125', String(at)],
      ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
      SliceLocation: String(at),
    });
    writeFileSync(join(place, `${String(at).padStart(4, '0')}.dcm`), made);
  }
  return StudyInstanceUID;
}

/** 256 × 256: what is measured is how many there are, not how large they are. */
function writeLongStudy(place: string, slices: number): { studyInstanceUid: string; folder: string } {
  const made = writeStudies(place, 1, slices, 256);
  return { studyInstanceUid: made.studyInstanceUids[0] ?? '', folder: made.folders[0] ?? place };
}
