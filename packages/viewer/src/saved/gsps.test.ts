// Presentation states as other systems write them.
import { describe, expect, it } from 'vitest';
import type { JsonItem } from '../geometry/dicom-json.ts';
import { readPresentation } from './model/gsps-read.ts';
import { viewOfArea } from './model/shown-area.ts';
import { code, decimals, items, numbers, text, uid } from './model/write-json.ts';

const image = items({
  '0020000E': uid('1.2.3'),
  '00081140': items({ '00081155': uid('1.2.3.1') }, { '00081155': uid('1.2.3.2') }),
});
const state = (extra: JsonItem): JsonItem => ({
  '00080016': uid('1.2.840.10008.5.1.4.1.1.11.1'),
  '00081115': image,
  ...extra,
});
const named = (sopInstanceUid: string) => items({ '00081155': uid(sopInstanceUid) });

describe('a presentation state of another system', () => {
  it('has a table or a window by image', () => {
    const { tables, windows, unshown } = readPresentation(
      state({
        '00283110': items(
          {
            '00081140': named('1.2.3.1'),
            '00283010': items({ '00283002': numbers('US', 2, 0, 16), '00283006': numbers('US', 0, 65535) }),
          },
          {
            '00081140': named('1.2.3.2'),
            '00281050': decimals(40),
            '00281051': decimals(80),
            '00281056': code('SIGMOID'),
          },
        ),
      }),
    );
    expect(tables).toMatchObject([{ images: ['1.2.3.1'], table: { first: 0, bits: 16 } }]);
    expect(windows).toEqual([{ images: ['1.2.3.2'], voi: { center: 40, width: 80 }, shape: 'SIGMOID' }]);
    expect(unshown).toEqual([]);
  });

  it('has shutters by their shapes, in image pixels', () => {
    const { cover } = readPresentation(
      state({
        '00181600': { vr: 'CS', Value: ['RECTANGULAR', 'CIRCULAR', 'POLYGONAL'] },
        '00181602': numbers('IS', 11),
        '00181604': numbers('IS', 20),
        '00181606': numbers('IS', 1),
        '00181608': numbers('IS', 5),
        '00181610': numbers('IS', 6, 16),
        '00181612': numbers('IS', 4),
        '00181620': numbers('IS', 1, 1, 1, 10, 10, 10),
        '00181622': numbers('US', 65535),
      }),
    );
    expect(cover.shutter?.color).toBe('rgb(255 255 255)');
    expect(cover.shutter?.openings[0]).toEqual([
      { x: 9.5, y: -0.5 },
      { x: 19.5, y: -0.5 },
      { x: 19.5, y: 4.5 },
      { x: 9.5, y: 4.5 },
    ]);
    expect(cover.shutter?.openings[1]?.[0]).toEqual({ x: 19, y: 5 });
    expect(cover.shutter?.openings[2]).toEqual([
      { x: 0, y: 0 },
      { x: 9, y: 0 },
      { x: 9, y: 9 },
    ]);
  });

  it('has overlay planes of active layers, and one that covers', () => {
    const plane = (group: string, layer: string | null): JsonItem => ({
      [`${group}0010`]: numbers('US', 2),
      [`${group}0011`]: numbers('US', 4),
      [`${group}0050`]: numbers('IS', 3, 2),
      [`${group}3000`]: { vr: 'OW', InlineBinary: btoa('\u0081\u0000') },
      ...(layer === null ? {} : { [`${group}1001`]: code(layer) }),
    });
    const { cover, unshown } = readPresentation(
      state({
        ...plane('6000', 'RED'),
        ...plane('6002', null),
        ...plane('6004', null),
        '60061001': code('RED'),
        '00181600': code('BITMAP'),
        '00181623': numbers('US', 0x6004),
        '00700060': items({
          '00700002': code('RED'),
          '00700062': numbers('IS', 1),
          '00700066': numbers('US', 32896),
        }),
      }),
    );
    expect(cover.overlays.map(({ isShutter, color, left, top }) => [isShutter, color, left, top])).toEqual([
      [false, 'rgb(128 128 128)', 1, 2],
      [true, 'rgb(0 0 0)', 1, 2],
    ]);
    expect(unshown).toEqual(['image-overlay']);
  });

  it('places words by the turned area that is shown, each layer in its colour and turn', () => {
    const annotation = (layer: string, extra: JsonItem): JsonItem => ({
      '00700002': code(layer),
      '00081140': named('1.2.3.1'),
      ...extra,
    });
    const { marks } = readPresentation(
      state({
        '00700042': numbers('US', 90),
        // Turned to the right: the first column's foot stands top left.
        '0070005A': items({ '00700052': numbers('SL', 1, 50), '00700053': numbers('SL', 100, 1) }),
        '00700060': items(
          { '00700002': code('B'), '00700062': numbers('IS', 2) },
          { '00700002': code('A'), '00700062': numbers('IS', 1) },
        ),
        '00700001': items(
          annotation('B', {
            '00700008': items({
              '00700003': code('DISPLAY'),
              '00700010': numbers('FL', 0, 0.25),
              '00700006': text('ST', 'above'),
            }),
          }),
          annotation('A', {
            '00700009': items({
              '00700005': code('PIXEL'),
              '00700022': numbers('FL', 1, 1),
              '00700023': code('POINT'),
              '00700232': items({ '00700251': numbers('US', 65535, 32896, 32896) }),
            }),
          }),
        ),
      }),
    );
    expect(marks.map(({ shape, points, color }) => [shape, points, color])).toEqual([
      ['point', [{ x: 0.5, y: 0.5 }], 'rgb(255 255 255)'],
      ['text', [{ x: 24.5, y: 49.5 }], null],
    ]);
  });

  it('names what is not shown of it', () => {
    const { unshown } = readPresentation(
      state({
        '00080016': uid('1.2.840.10008.5.1.4.1.1.11.4'),
        '00286100': items({}),
        '00700209': items({}),
        '00283000': items({ '00283002': numbers('US', 9, 0, 16), '00283006': numbers('US', 1) }),
      }),
    );
    expect(unshown).toEqual(['mask', 'compound-graphic', 'kind', 'modality-table']);
  });

  it('may say how large a pixel is on the screen', () => {
    const { areas } = readPresentation(
      state({
        '0070005A': items({
          '00700052': numbers('SL', 1, 1),
          '00700053': numbers('SL', 400, 300),
          '00700100': code('TRUE SIZE'),
          '00700101': decimals(0.5, 0.5),
        }),
      }),
    );
    const [first] = areas;
    if (first === undefined) return expect.fail('no area');
    const plane = { columns: 400, rows: 300, spacingX: 0.5, spacingY: 0.5 };
    const turns = { rotation: 0, flipHorizontal: false, flipVertical: false } as const;
    const size = { width: 800, height: 600 };
    // 200 mm across the viewport's 800 pixels when fitted: 4 pixels per mm.
    expect(viewOfArea(first.area, plane, turns, size, 8).zoom).toBeCloseTo(2, 9);
  });
});
