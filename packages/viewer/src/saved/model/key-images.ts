// Key images as a Key Object Selection Document (PS3.3 C.17.6, PS3.16 TID 2010): which images, under which title, with a
// sentence. Written for the images of one study; read from any system.
import { itemsOf, type JsonItem, numbersOf, textOf } from '../../geometry/dicom-json.ts';
import { evidence, type FindImage, imageReference, placed } from './references.ts';
import type { ImageRef, KeyImages } from './saved-types.ts';
import { concepts } from './sr-codes.ts';
import { content, observer, type Predecessor, predecessorItems, root, textContent } from './sr-write.ts';
import { code, empty, items, uid } from './write-json.ts';

export const keyObjectSelection = '1.2.840.10008.5.1.4.1.1.88.59';
const mostImages = 5000;
const mostDeep = 16;

export type KeyImagesAsk = {
  studyInstanceUid: string;
  sopInstanceUid: string;
  images: readonly ImageRef[];
  description: string;
  authorName: string;
  find: FindImage;
  /** The selections that this one replaces: not of this IOD, and allowed as an extension (PS3.2 §3.11.4). */
  predecessors: readonly Predecessor[];
};

export function writeKeyImages(ask: KeyImagesAsk): JsonItem {
  const images = placed(ask.images, ask.find);
  const framesOf = Map.groupBy(ask.images, (image) => image.sopInstanceUid);
  const references = images.map((image) => ({
    ...content('CONTAINS', 'IMAGE', null),
    '00081199': items(
      imageReference(
        image,
        (framesOf.get(image.sopInstanceUid) ?? []).map((one) => one.frameNumber),
      ),
    ),
  }));
  const described =
    ask.description === '' ? [] : [textContent('CONTAINS', concepts.keyImageComment, ask.description)];
  const json: JsonItem = {
    '00080016': uid(keyObjectSelection),
    '00080018': uid(ask.sopInstanceUid),
    '00080060': code('KO'),
    '00081111': empty('SQ'),
    '0020000D': uid(ask.studyInstanceUid),
    '0040A375': items(evidence(ask.studyInstanceUid, images)),
    ...root(concepts.forReading, '2010'),
    '0040A730': items(...observer(ask.authorName), ...described, ...references),
  };
  if (ask.predecessors.length > 0)
    json['0040A360'] = predecessorItems(ask.studyInstanceUid, ask.predecessors);
  return json;
}

export function readKeyImages(json: JsonItem): KeyImages {
  const [title] = itemsOf(json, '0040A043');
  const found: KeyImages = {
    title: title === undefined ? '' : (textOf(title, '00080104') ?? ''),
    description: '',
    images: [],
  };
  walk(json, found, 0);
  return found;
}

function walk(item: JsonItem, found: KeyImages, depth: number): void {
  if (depth > mostDeep || found.images.length >= mostImages) return;
  for (const child of itemsOf(item, '0040A730')) {
    const type = textOf(child, '0040A040');
    if (type === 'TEXT' && found.description === '') found.description = textOf(child, '0040A160') ?? '';
    if (type === 'IMAGE' || type === 'COMPOSITE') {
      for (const reference of itemsOf(child, '00081199')) {
        const sopInstanceUid = textOf(reference, '00081155');
        if (sopInstanceUid === null) continue;
        for (const frameNumber of numbersOf(reference, '00081160') ?? [1])
          found.images.push({ sopInstanceUid, frameNumber });
      }
    }
    walk(child, found, depth + 1);
  }
}
