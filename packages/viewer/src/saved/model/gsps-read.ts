// A softcopy presentation state of any system: grey values, turns, shown area, shutters, overlays, drawings (PS3.3 C.10.4
// to C.10.6, C.11). What is not shown (masks, compound graphics, blending, false colours) is named, so that the reader is
// told and not misled.
import { itemsOf, type JsonItem, numberOf, numbersOf, textOf } from '../../geometry/dicom-json.ts';
import { type LookUpTable, readTable } from '../../voi/grey-curve.ts';
import type { VoiFunction } from '../../voi/window.ts';
import { readCover } from './gsps-cover.ts';
import { layerColors, readMarks, reference } from './gsps-drawings.ts';
import { fromDicomTurns } from './gsps-turns.ts';
import type { PresentationState, ShownArea, Unshown } from './saved-types.ts';

const pseudoColor = '1.2.840.10008.5.1.4.1.1.11.3';
const simple = [1, 2, 3, 5, 12].map((number) => `1.2.840.10008.5.1.4.1.1.11.${number}`);
const colorState = '1.2.840.10008.5.1.4.1.1.11.2';

export function readPresentation(json: JsonItem): PresentationState {
  const turns = fromDicomTurns(numberOf(json, '00700042') ?? 0, textOf(json, '00700041') === 'Y');
  const images = itemsOf(json, '00081115').flatMap((series) =>
    itemsOf(series, '00081140').flatMap(reference),
  );
  const areas = itemsOf(json, '0070005A').flatMap((item) => {
    const area = readArea(item);
    return area === null ? [] : [{ images: uidsOf(item), area }];
  });
  const { windows, tables, isBroken } = readVois(json);
  const modality = readModality(json);
  const [shaping] = itemsOf(json, '20500010');
  const presentationTable = shaping === undefined ? null : readTable(shaping);
  return {
    ...turns,
    label: textOf(json, '00700081') ?? textOf(json, '00700080') ?? '',
    images,
    windows,
    tables,
    modality: modality.step,
    presentationTable,
    isGrey: textOf(json, '00080016') !== colorState,
    invert: textOf(json, '20500020') === 'INVERSE',
    areas,
    cover: readCover(json, layerColors(json)),
    marks: readMarks(json, { images, areas, ...turns }),
    unshown: [
      ...unshownOf(json),
      ...(modality.isBroken ? ['modality-table' as const] : []),
      ...(isBroken ? ['voi-table' as const] : []),
      ...(shaping !== undefined && presentationTable === null ? ['presentation-table' as const] : []),
    ],
  };
}

/** No images named: all of the state. */
function uidsOf(item: JsonItem): string[] {
  return itemsOf(item, '00081140').flatMap((one) => textOf(one, '00081155') ?? []);
}

type Vois = Pick<PresentationState, 'windows' | 'tables'> & { isBroken: boolean };

/** A table goes before a window of the same item (C.11.8). */
function readVois(json: JsonItem): Vois {
  const found: Vois = { windows: [], tables: [], isBroken: false };
  for (const item of itemsOf(json, '00283110')) {
    const images = uidsOf(item);
    const [data] = itemsOf(item, '00283010');
    const table = data === undefined ? null : readTable(data);
    if (data !== undefined && table === null) found.isBroken = true;
    if (table !== null) found.tables.push({ images, table });
    const center = numberOf(item, '00281050');
    const width = numberOf(item, '00281051');
    if (table === null && center !== null && width !== null && width > 0)
      found.windows.push({ images, voi: { center, width }, shape: shapeOf(textOf(item, '00281056')) });
  }
  return found;
}

function shapeOf(text: string | null): VoiFunction {
  return text === 'SIGMOID' || text === 'LINEAR_EXACT' ? text : 'LINEAR';
}

function readModality(json: JsonItem): { step: PresentationState['modality']; isBroken: boolean } {
  const [data] = itemsOf(json, '00283000');
  const table: LookUpTable | null = data === undefined ? null : readTable(data);
  if (data !== undefined) return { step: table, isBroken: table === null };
  const slope = numberOf(json, '00281053');
  const intercept = numberOf(json, '00281052');
  const isGiven = slope !== null && slope !== 0 && intercept !== null;
  return { step: isGiven ? { slope, intercept } : null, isBroken: false };
}

function readArea(item: JsonItem): ShownArea | null {
  const first = numbersOf(item, '00700052');
  const last = numbersOf(item, '00700053');
  if (first?.[0] === undefined || first[1] === undefined || last?.[0] === undefined || last[1] === undefined)
    return null;
  const modes: Record<string, ShownArea['mode']> = { 'TRUE SIZE': 'true-size', MAGNIFY: 'magnify' };
  const [down, across] = numbersOf(item, '00700101') ?? [];
  return {
    topLeft: { x: first[0] - 1, y: first[1] - 1 },
    bottomRight: { x: last[0] - 1, y: last[1] - 1 },
    mode: modes[textOf(item, '00700100') ?? ''] ?? 'fit',
    magnification: numberOf(item, '00700103'),
    pixelMm: down === undefined || across === undefined || !(across > 0 && down > 0) ? null : across,
  };
}

const unshown: readonly [string, Unshown][] = [
  ['00286100', 'mask'],
  ['00700209', 'compound-graphic'],
  ['00700402', 'blending'],
];

function unshownOf(json: JsonItem): Unshown[] {
  const found = unshown.filter(([tag]) => json[tag] !== undefined).map(([, name]) => name);
  const sopClass = textOf(json, '00080016') ?? '';
  if (sopClass === pseudoColor) found.push('false-colours');
  else if (sopClass !== '' && !simple.includes(sopClass) && !found.includes('blending')) found.push('kind');
  // Planes of the image itself that the state switches on.
  const isOfImage = (tag: string) =>
    /^60[01][0-9A-F]1001$/.test(tag) && json[`${tag.slice(0, 4)}3000`] === undefined;
  if (Object.keys(json).some(isOfImage)) found.push('image-overlay');
  return found;
}
