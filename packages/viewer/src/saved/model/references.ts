// References as PS3.3 demands them: complete by series and study, each object once, frames only for multi-frame images.
import type { JsonItem } from '../../geometry/dicom-json.ts';
import type { ImageRef, PlacedImage } from './saved-types.ts';
import { items, numbers, uid } from './write-json.ts';

export type FindImage = (sopInstanceUid: string) => PlacedImage | undefined;

/** SOP Instance Reference Macro (table 10-11). */
export function sopReference(image: Pick<PlacedImage, 'sopClassUid' | 'sopInstanceUid'>): JsonItem {
  return { '00081150': uid(image.sopClassUid), '00081155': uid(image.sopInstanceUid) };
}

/** Image SOP Instance Reference Macro (table 10-3): the frames only where there are several. */
export function imageReference(image: PlacedImage, frameNumbers: readonly number[]): JsonItem {
  const reference = sopReference(image);
  if (image.numberOfFrames > 1 && frameNumbers.length > 0)
    reference['00081160'] = numbers('IS', ...[...new Set(frameNumbers)].sort((a, b) => a - b));
  return reference;
}

/** Hierarchical SOP Instance Reference Macro (table C.17-3). */
export function evidence(studyInstanceUid: string, images: readonly PlacedImage[]): JsonItem {
  return {
    '0020000D': uid(studyInstanceUid),
    '00081115': bySeries(images, (image) => sopReference(image), '00081199'),
  };
}

/** Referenced Series Sequence of the Presentation State Relationship Module (C.11.11). */
export function seriesReferences(
  images: readonly PlacedImage[],
  framesOf: (sopInstanceUid: string) => number[],
): ReturnType<typeof items> {
  return bySeries(images, (image) => imageReference(image, framesOf(image.sopInstanceUid)), '00081140');
}

function bySeries(
  images: readonly PlacedImage[],
  reference: (image: PlacedImage) => JsonItem,
  tag: string,
): ReturnType<typeof items> {
  const groups = Map.groupBy(unique(images), (image) => image.seriesInstanceUid);
  return items(
    ...[...groups].map(([seriesInstanceUid, members]) => ({
      [tag]: items(...members.map(reference)),
      '0020000E': uid(seriesInstanceUid),
    })),
  );
}

/** The images behind some refs, each once; throws where one is unknown: a reference must be complete. */
export function placed(refs: readonly Pick<ImageRef, 'sopInstanceUid'>[], find: FindImage): PlacedImage[] {
  return unique(
    refs.map(({ sopInstanceUid }) => {
      const image = find(sopInstanceUid);
      if (image === undefined) throw new Error('an image of another study cannot be referred to');
      return image;
    }),
  );
}

function unique(images: readonly PlacedImage[]): PlacedImage[] {
  return [...new Map(images.map((image) => [image.sopInstanceUid, image])).values()];
}
