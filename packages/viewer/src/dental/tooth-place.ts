// Where an intraoral picture belongs in a full-mouth mount: read from the teeth it shows (ISO 3950 numbers, coded or
// in words), else from region, laterality and view words (PS3.3 C.8.7.8 Intra-Oral Image, CID 4018 and 4019). The mount
// is seen from in front: the patient's right at the left.
import { itemsOf, type JsonItem, textOf } from '../geometry/dicom-json.ts';

export const mountColumns = 7;
export type MountRow = 'upper' | 'bitewing' | 'lower';
export type MountPlace = { row: MountRow; column: number };

/** Columns by tooth of a quadrant, from the midline outwards: incisors, canine, premolars, molars. */
function columnOf(tooth: number, isRight: boolean): number {
  const out = tooth <= 2 ? 0 : tooth === 3 ? 1 : tooth <= 5 ? 2 : 3;
  return isRight ? 3 - out : 3 + out;
}

export type ToothFacts = { teeth: number[]; words: string; side: 'L' | 'R' | null };

export function toothFacts(instance: JsonItem): ToothFacts {
  const coded = ['00082218', '00082228', '00082230'].flatMap((tag) => itemsOf(instance, tag));
  const modifiers = coded.flatMap((item) => ['00082220', '00082230'].flatMap((tag) => itemsOf(item, tag)));
  const views = itemsOf(instance, '00540220');
  const teeth: number[] = [];
  const words: string[] = [];
  for (const item of [...coded, ...modifiers, ...views]) {
    const [value, scheme, meaning] = [
      textOf(item, '00080100'),
      textOf(item, '00080102'),
      textOf(item, '00080104'),
    ];
    if (scheme === 'ISO3950' || scheme === 'ISO 3950' || scheme === 'FDI')
      teeth.push(...numbersIn(value ?? ''));
    words.push(meaning ?? '');
  }
  const spoken = ['00204000', '0008103E', '00081030', '00185101', '00180015', '00181400'].map(
    (tag) => textOf(instance, tag) ?? '',
  );
  words.push(...spoken);
  const text = words.join(' ').toLowerCase();
  if (teeth.length === 0) teeth.push(...numbersIn(spoken.slice(0, 2).join(' ')), ...namedTeeth(words));
  const laterality = textOf(instance, '00200062') ?? textOf(instance, '00200060');
  return { teeth, words: text, side: laterality === 'L' || laterality === 'R' ? laterality : sideIn(text) };
}

/** Null: nothing says where the picture belongs. */
export function mountPlace({ teeth, words, side }: ToothFacts): MountPlace | null {
  const isBitewing = /bite.?wing|咬翼|\bbw\b/.test(words);
  const places = teeth.map((number) => placeOfTooth(number));
  const columns = places.map(({ column }) => column).sort((a, b) => a - b);
  const middle = columns[Math.floor((columns.length - 1) / 2)];
  if (isBitewing) {
    if (middle !== undefined) return { row: 'bitewing', column: bitewingColumn(middle) };
    if (side === null) return null;
    const isOuter = !/premolar|前磨牙/.test(words);
    return { row: 'bitewing', column: side === 'R' ? (isOuter ? 0 : 2) : isOuter ? 6 : 4 };
  }
  if (middle !== undefined) {
    const uppers = places.filter(({ row }) => row === 'upper').length;
    return { row: uppers * 2 >= places.length ? 'upper' : 'lower', column: middle };
  }
  const row = rowIn(words);
  const group = groupIn(words);
  if (row === null || group === null) return null;
  if (group === 1) return { row, column: 3 };
  return side === null ? null : { row, column: columnOf(group, side === 'R') };
}

function placeOfTooth(number: number): { row: 'upper' | 'lower'; column: number } {
  const quadrant = Math.floor(number / 10);
  // Milk teeth: quadrants 5 to 8 lie as 1 to 4; their molars stand where premolars will.
  const lying = quadrant > 4 ? quadrant - 4 : quadrant;
  const row = lying <= 2 ? 'upper' : 'lower';
  return { row, column: columnOf(number % 10, lying === 1 || lying === 4) };
}

function bitewingColumn(column: number): number {
  if (column <= 3) return column <= 0 ? 0 : 2;
  return column >= 6 ? 6 : 4;
}

/** Tooth numbers of two digits that stand alone: 16, "16-18", "11 21". */
function numbersIn(text: string): number[] {
  const found: number[] = [];
  for (const match of text.matchAll(/(?<![\d.])([1-8])([1-8])(?:\s*[-~–]\s*([1-8])([1-8]))?(?![\d.])/g)) {
    const [, quadrant, tooth, toQuadrant, toTooth] = match.map(Number);
    if (quadrant === undefined || tooth === undefined) continue;
    found.push(quadrant * 10 + tooth);
    if (toQuadrant === undefined || Number.isNaN(toQuadrant) || toTooth === undefined) continue;
    if (toQuadrant !== quadrant) {
      found.push(toQuadrant * 10 + toTooth);
      continue;
    }
    const [low, high] = [Math.min(tooth, toTooth), Math.max(tooth, toTooth)];
    for (let at = low; at <= high; at += 1) if (at !== tooth) found.push(quadrant * 10 + at);
  }
  return found;
}

/** Code meanings such as "Maxillary right second molar tooth". */
function namedTeeth(words: readonly string[]): number[] {
  return words.flatMap((word) => {
    const text = word.toLowerCase();
    const tooth = /central incisor/.test(text)
      ? 1
      : /lateral incisor/.test(text)
        ? 2
        : /canine/.test(text)
          ? 3
          : /first (premolar|bicuspid)/.test(text)
            ? 4
            : /second (premolar|bicuspid)/.test(text)
              ? 5
              : /first molar/.test(text)
                ? 6
                : /second molar/.test(text)
                  ? 7
                  : /third molar/.test(text)
                    ? 8
                    : null;
    const row = rowIn(text);
    const side = sideIn(text);
    if (tooth === null || row === null || side === null) return [];
    const quadrant = row === 'upper' ? (side === 'R' ? 1 : 2) : side === 'L' ? 3 : 4;
    return [quadrant * 10 + tooth];
  });
}

function rowIn(text: string): 'upper' | 'lower' | null {
  if (/maxill|upper|上/.test(text)) return 'upper';
  return /mandib|lower|下/.test(text) ? 'lower' : null;
}

function sideIn(text: string): 'L' | 'R' | null {
  if (/\bright\b|右/.test(text)) return 'R';
  return /\bleft\b|左/.test(text) ? 'L' : null;
}

function groupIn(text: string): number | null {
  if (/premolar|bicuspid|前磨牙|双尖牙/.test(text)) return 4;
  if (/molar|磨牙|posterior|后牙|后/.test(text)) return 6;
  if (/canine|cuspid|尖牙/.test(text)) return 3;
  return /incisor|anterior|切牙|门牙|前牙|前/.test(text) ? 1 : null;
}

export type Placed<T> = { picture: T; place: MountPlace | null };

/** The first picture of a place keeps it; a further one goes beside it where that is free, else below with the rest. */
export function layMount<T>(placed: readonly Placed<T>[]): { cells: Map<string, T>; rest: T[] } {
  const cells = new Map<string, T>();
  const rest: T[] = [];
  for (const { picture, place } of placed) {
    if (place === null || cells.has(cellOf(place))) rest.push(picture);
    else cells.set(cellOf(place), picture);
  }
  return { cells, rest };
}

export function cellOf({ row, column }: MountPlace): string {
  return `${row}/${column}`;
}
