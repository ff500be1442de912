// Studies of kinds that no freely licensed original was at hand for, made by the generators of the tests and stored
// through STOW-RS into the demo that is photographed: a whole slide, a video, a full mouth, four mammograms, ultrasound
// with regions, gated nuclear medicine.
import type { StudyManifest } from '@yunying/api';
import { mammogramFiles, mouthFiles, nuclearFile, ultrasoundFile } from '../../test/harness/made-kinds.ts';
import { newSlide, pyramid, slideFile } from '../../test/harness/slide.ts';
import { stow } from '../../test/harness/stow.ts';
import { makeStream, videoFile } from '../../test/harness/video.ts';

type Doors = { http: string; token: string };
type Made = { study: string; files: Iterable<AsyncIterable<Uint8Array>> };

export const madeKinds = {
  slide: (): Made => {
    const uids = newSlide();
    const levels = pyramid(6000, 4500);
    const [whole] = levels;
    if (whole === undefined) throw new Error('a pyramid has a base');
    return { study: uids.study, files: levels.map((level) => slideFile(uids, level, whole)) };
  },
  video: async (): Promise<Made> => {
    const stream = await makeStream({ encoder: 'libx264', container: 'mp4', frames: 50 });
    const { study, file } = videoFile(stream, { transferSyntaxUid: '1.2.840.10008.1.2.4.102', frames: 50 });
    return { study, files: [inOne(file)] };
  },
  mouth: (): Made => whole(mouthFiles()),
  mammograms: (): Made => whole(mammogramFiles()),
  ultrasound: (): Made => whole(ultrasoundFile()),
  nuclear: (): Made => whole(nuclearFile()),
} satisfies Record<string, () => Made | Promise<Made>>;

export type MadeKind = keyof typeof madeKinds;

const readyLimitMs = 120_000;

/** Stores it, waits until its pictures are prepared, and answers its Study Instance UID. */
export async function storeMade(kind: MadeKind, doors: Doors): Promise<string> {
  const { study, files } = await madeKinds[kind]();
  await stow(doors, files);
  const headers = { authorization: `Bearer ${doors.token}` };
  for (const until = Date.now() + readyLimitMs; Date.now() < until; ) {
    const answer = await fetch(`${doors.http}/api/studies/${study}/manifest`, { headers });
    if (answer.ok && ((await answer.json()) as StudyManifest).mediaState !== 'preparing') return study;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`the ${kind} was not prepared in time`);
}

function whole({ study, files }: { study: string; files: Uint8Array[] }): Made {
  return { study, files: files.map(inOne) };
}

async function* inOne(file: Uint8Array): AsyncGenerator<Uint8Array> {
  yield file;
}
