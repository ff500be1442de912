import { describe, expect, it } from 'vitest';
import type { JsonItem } from '../geometry/dicom-json.ts';
import { cellOf, layMount, mountPlace, toothFacts } from './tooth-place.ts';

const is = (...Value: unknown[]) => ({ Value });
const code = (value: string, scheme: string, meaning: string): JsonItem => ({
  '00080100': is(value),
  '00080102': is(scheme),
  '00080104': is(meaning),
});
const placeOf = (instance: JsonItem) => {
  const place = mountPlace(toothFacts(instance));
  return place === null ? null : cellOf(place);
};

describe('the place of an intraoral picture', () => {
  it.each([
    ['18', 'upper/0'],
    ['16-18', 'upper/0'],
    ['14 15', 'upper/1'],
    ['13', 'upper/2'],
    ['11 21', 'upper/3'],
    ['23', 'upper/4'],
    ['24,25', 'upper/5'],
    ['26-28', 'upper/6'],
    ['46 47', 'lower/0'],
    ['41 31', 'lower/3'],
    ['36', 'lower/6'],
    ['54 55', 'upper/1'],
  ])('of the teeth %s', (comment, wanted) => {
    expect(placeOf({ '00204000': is(comment) })).toBe(wanted);
  });

  it('is read from codes of ISO 3950 and from their meanings', () => {
    expect(placeOf({ '00082228': is(code('47', 'ISO3950', 'tooth 47')) })).toBe('lower/0');
    expect(placeOf({ '00082228': is(code('x', 'SCT', 'Maxillary left canine tooth')) })).toBe('upper/4');
  });

  it('is read from region, side and group where no tooth is named', () => {
    expect(placeOf({ '00082218': is(code('x', 'SCT', 'Mandible')), '0008103E': is('Left molar') })).toBe(
      'lower/6',
    );
    expect(placeOf({ '0008103E': is('右上后牙') })).toBe('upper/0');
    expect(placeOf({ '0008103E': is('下前牙') })).toBe('lower/3');
  });

  it('of a bitewing is between the jaws, at its side', () => {
    expect(placeOf({ '0008103E': is('Bitewing'), '00200062': is('R') })).toBe('bitewing/0');
    expect(placeOf({ '0008103E': is('Bitewing premolar left') })).toBe('bitewing/4');
    expect(placeOf({ '0008103E': is('咬翼片'), '00204000': is('24 25 34 35') })).toBe('bitewing/4');
  });

  it('is none where nothing says so: dates and doses are no teeth', () => {
    expect(placeOf({ '0008103E': is('2026.11 70kV 0.16 s') })).toBeNull();
    expect(placeOf({})).toBeNull();
  });
});

describe('a mount', () => {
  it('holds one picture in a cell and the others beside it', () => {
    const place = { row: 'upper', column: 3 } as const;
    const { cells, rest } = layMount([
      { picture: 'a', place },
      { picture: 'b', place },
      { picture: 'c', place: null },
    ]);
    expect(cells.get('upper/3')).toBe('a');
    expect(rest).toEqual(['b', 'c']);
  });
});
