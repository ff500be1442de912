import { describe, expect, it } from 'vitest';
import { greyOf, greyTable } from '../pane/tone.ts';
import { presetLabel } from '../text.ts';
import { presetsOf } from './presets.ts';
import { dragWindow, toStored, voiRange, wholeRange } from './window.ts';

const zh = (name: Parameters<typeof presetLabel>[1], index: number) => presetLabel('zh-CN', name, index);

describe('the window', () => {
  it('runs as PS3.3 C.11.2.1.2 says: the first value is black, the last white', () => {
    expect(voiRange({ center: 40, width: 80 })).toEqual({ lower: 0, upper: 79 });
    expect(voiRange({ center: 2048, width: 4096 })).toEqual({ lower: 0, upper: 4095 });
    expect(voiRange({ center: 40, width: 80 }, 'LINEAR_EXACT')).toEqual({ lower: 0, upper: 80 });
  });

  it('is moved into stored values, so that pixels stay integers', () => {
    expect(toStored({ lower: 0, upper: 79 }, { slope: 1, intercept: -1024 })).toEqual({
      lower: 1024,
      upper: 1103,
      isReversed: false,
    });
    expect(toStored({ lower: 0, upper: 10 }, { slope: 0.5, intercept: 0 })).toMatchObject({
      lower: 0,
      upper: 20,
    });
  });

  it('turns round with a falling slope', () => {
    expect(toStored({ lower: 0, upper: 10 }, { slope: -1, intercept: 100 })).toEqual({
      lower: 90,
      upper: 100,
      isReversed: true,
    });
  });

  it('over the whole range shows every value', () => {
    expect(voiRange(wholeRange({ lower: 5, upper: 260 }))).toEqual({ lower: 5, upper: 260 });
  });

  it('widens to the right and moves down the scale upwards, never to nothing', () => {
    const start = { center: 40, width: 80 };
    expect(dragWindow(start, 40, 0, 400, 400)).toEqual({ center: 40, width: 120 });
    expect(dragWindow(start, 0, -40, 400, 400)).toEqual({ center: 0, width: 80 });
    expect(dragWindow(start, -4000, 0, 400, 400).width).toBe(1);
  });
});

describe('greys', () => {
  const tone = { lower: 0, upper: 255, invert: false, sigmoid: false };
  it('are straight between the ends, clipped outside, and turned by inverting', () => {
    expect([-10, 0, 51, 255, 300].map((value) => greyOf(tone, value))).toEqual([0, 0, 51, 255, 255]);
    expect(greyOf({ ...tone, invert: true }, 51)).toBe(204);
  });
  it('of a sigmoid pass the middle at half', () => {
    expect(greyOf({ ...tone, sigmoid: true }, 127.5)).toBe(128);
  });
  it('stand in a table from the least value on', () => {
    const { first, greys } = greyTable({ ...tone, lower: -2, upper: 2 }, -2, 2);
    expect(first).toBe(-2);
    expect([...greys]).toEqual([0, 64, 128, 191, 255]);
  });
});

describe('presets', () => {
  it('are the object’s own first, each once, then those of CT', () => {
    const own = [
      { label: 'BRAIN', center: 40, width: 80 },
      { label: '', center: 40, width: 80 },
      { label: '', center: 500, width: 2000 },
    ];
    const presets = presetsOf('CT', own, zh);
    expect(presets.map(({ label }) => label)).toEqual([
      'BRAIN',
      '默认 3',
      '脑窗',
      '骨窗',
      '肺窗',
      '软组织',
      '纵隔',
      '肝窗',
    ]);
    expect(presets.find(({ label }) => label === '肺窗')).toMatchObject({ center: -600, width: 1500 });
  });

  it('of other modalities are only the object’s own', () => {
    expect(presetsOf('MR', [{ label: '', center: 300, width: 600 }], zh)).toEqual([
      { label: '默认', center: 300, width: 600 },
    ]);
    expect(presetsOf('US', [{ label: 'x', center: 1, width: 0 }], zh)).toEqual([]);
  });
});
