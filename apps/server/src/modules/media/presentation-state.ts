// A Softcopy Presentation State (PS3.3 C.11.10, A.33) as what is done to a rendered frame: which images it is for, their
// window, inversion, rotation and mirroring, displayed area and graphic annotations. Masks, shutters, overlays and the
// modality LUT of the state itself are not applied.
import { type Dataset, getNumber, getNumbers, getSequence, getString, getStrings } from '@yunying/dicom';
import type { Finish, Graphic, Words } from './finish-picture.ts';
import type { RenderWish } from './render-query.ts';

export type Shown = { series: string; instance: string; frame: number };
export type Presentation = {
  images: Shown[];
  /** How one of them is shown. */
  of(shown: Shown): { window?: NonNullable<RenderWish['window']>; invert: boolean; finish: Finish };
};

const mostImages = 5000;
const mostAnnotations = 200;

export function readPresentation(dataset: Dataset): Presentation {
  return {
    images: imagesOf(dataset),
    of: (shown) => {
      const window = windowOf(forImage(getSequence(dataset, 'SoftcopyVOILUTSequence'), shown));
      return {
        ...(window === null ? {} : { window }),
        invert: getString(dataset, 'PresentationLUTShape') === 'INVERSE',
        finish: { ...spatial(dataset), ...area(dataset, shown), ...annotations(dataset, shown) },
      };
    },
  };
}

function imagesOf(dataset: Dataset): Shown[] {
  const images: Shown[] = [];
  for (const series of getSequence(dataset, 'ReferencedSeriesSequence')) {
    const seriesUid = getString(series, 'SeriesInstanceUID') ?? '';
    for (const image of getSequence(series, 'ReferencedImageSequence')) {
      const instance = getString(image, 'ReferencedSOPInstanceUID');
      if (instance === null) continue;
      const frames = getNumbers(image, 'ReferencedFrameNumber');
      for (const frame of frames.length === 0 ? [1] : frames) {
        if (images.length < mostImages) images.push({ series: seriesUid, instance, frame });
      }
    }
  }
  return images;
}

/** Items that name no image hold for all. */
function forImage(items: readonly Dataset[], { instance, frame }: Shown): Dataset[] {
  return items.filter((item) => {
    const references = getSequence(item, 'ReferencedImageSequence');
    if (references.length === 0) return true;
    return references.some((reference) => {
      const frames = getNumbers(reference, 'ReferencedFrameNumber');
      const isFrame = frames.length === 0 || frames.includes(frame);
      return getString(reference, 'ReferencedSOPInstanceUID') === instance && isFrame;
    });
  });
}

function windowOf(items: readonly Dataset[]): NonNullable<RenderWish['window']> | null {
  const [item] = items;
  if (item === undefined) return null;
  const center = getNumbers(item, 'WindowCenter')[0];
  const width = getNumbers(item, 'WindowWidth')[0];
  if (center === undefined || width === undefined || width <= 0) return null;
  const shape = getString(item, 'VOILUTFunction');
  if (shape === 'SIGMOID') return { center, width, shape: 'sigmoid' };
  return shape === 'LINEAR_EXACT' ? { center, width, shape: 'linear-exact' } : { center, width };
}

/** Rotation comes first and mirroring after it (C.10.6); we mirror first, which turns the other way round. */
function spatial(dataset: Dataset): Pick<Finish, 'mirror' | 'rotate'> {
  const mirror = getString(dataset, 'ImageHorizontalFlip') === 'Y';
  const asked = (((getNumber(dataset, 'ImageRotation') ?? 0) % 360) + 360) % 360;
  const angle = mirror ? (360 - asked) % 360 : asked;
  const rotate = angle === 90 || angle === 180 || angle === 270 ? angle : 0;
  return { mirror, rotate };
}

function area(dataset: Dataset, shown: Shown): Pick<Finish, 'region'> {
  const [item] = forImage(getSequence(dataset, 'DisplayedAreaSelectionSequence'), shown);
  if (item === undefined) return {};
  const [x1, y1] = getNumbers(item, 'DisplayedAreaTopLeftHandCorner');
  const [x2, y2] = getNumbers(item, 'DisplayedAreaBottomRightHandCorner');
  if (x1 === undefined || y1 === undefined || x2 === undefined || y2 === undefined) return {};
  const left = Math.max(0, Math.min(x1, x2) - 1);
  const top = Math.max(0, Math.min(y1, y2) - 1);
  const width = Math.max(x1, x2) - left;
  const height = Math.max(y1, y2) - top;
  if (width <= 0 || height <= 0) return {};
  return { region: { left, top, width, height, flipX: false, flipY: false } };
}

function annotations(dataset: Dataset, shown: Shown): Pick<Finish, 'graphics' | 'words'> {
  const items = forImage(getSequence(dataset, 'GraphicAnnotationSequence'), shown).slice(0, mostAnnotations);
  return {
    graphics: items.flatMap((item) => getSequence(item, 'GraphicObjectSequence').flatMap(graphicOf)),
    words: items.flatMap((item) => getSequence(item, 'TextObjectSequence').flatMap(wordsOf)),
  };
}

function unitsOf(dataset: Dataset, keyword: string): 'frame' | 'picture' {
  return getString(dataset, keyword) === 'DISPLAY' ? 'picture' : 'frame';
}

function graphicOf(item: Dataset): Graphic[] {
  const values = getNumbers(item, 'GraphicData');
  const points: [number, number][] = [];
  for (let at = 0; at + 1 < values.length; at += 2) points.push([values[at] ?? 0, values[at + 1] ?? 0]);
  if (points.length === 0) return [];
  const units = unitsOf(item, 'GraphicAnnotationUnits');
  const filled = getString(item, 'GraphicFilled') === 'Y';
  switch (getString(item, 'GraphicType')) {
    case 'POLYLINE':
    case 'INTERPOLATED':
      return [{ units, points, shape: filled ? 'polygon' : 'polyline' }];
    case 'CIRCLE':
      return [{ units, points, shape: 'circle' }];
    case 'ELLIPSE':
      return [{ units, points, shape: 'ellipse' }];
    case 'POINT':
      return [{ units, points, shape: 'point' }];
    default:
      return [];
  }
}

function wordsOf(item: Dataset): Words[] {
  const text = getStrings(item, 'UnformattedTextValue').join('\\').replace(/\r\n?/g, '\n').trim();
  const box = getNumbers(item, 'BoundingBoxTopLeftHandCorner');
  const isBox = box.length === 2;
  const [x, y] = isBox ? box : getNumbers(item, 'AnchorPoint');
  if (text === '' || x === undefined || y === undefined) return [];
  const units = unitsOf(item, isBox ? 'BoundingBoxAnnotationUnits' : 'AnchorPointAnnotationUnits');
  return [{ units, at: [x, y], text }];
}
