// What the switch between lossy picture and lossless original says, and what it must not let through.
import { describe, expect, it } from 'vitest';
import { sayer } from '../text.ts';
import { byteText, formBytes, needsPixels, ratioText, shownText } from './quality-choice.ts';

const say = sayer('zh-CN');
const frame = {
  sopInstanceUid: '1.2',
  frameNumber: 1,
  filmUrl: '/film',
  filmBytes: 43_008,
  lengths: [900, 319_488],
};

describe('the switch of quality', () => {
  it('tells the bytes of each form and their ratio', () => {
    const bytes = formBytes({ frames: [frame] }, 0);
    expect(bytes).toEqual({ film: 43_008, full: 319_488 });
    expect(byteText(bytes.film)).toBe('42\u2009KB');
    expect(byteText(3_500_000)).toBe('3.3\u2009MB');
    expect(ratioText(bytes)).toBe('7.4:1');
  });

  it('claims nothing where the bytes are not known', () => {
    const { filmBytes, lengths, ...bare } = frame;
    const bytes = formBytes({ frames: [bare] }, 0);
    expect([filmBytes, lengths?.length]).toEqual([43_008, 2]);
    expect(bytes).toEqual({ film: null, full: null });
    expect(ratioText(bytes)).toBe('');
    expect(formBytes({ frames: [] }, 7)).toEqual({ film: null, full: null });
  });

  it('never calls what came compressed with loss lossless', () => {
    const bytes = formBytes({ frames: [frame] }, 0);
    const shown = { opened: null, index: 0 };
    expect(shownText({ ...shown, quality: 'film', isLossy: false }, bytes, say)).toBe('有损 42\u2009KB');
    expect(shownText({ ...shown, quality: 'full', isLossy: false }, bytes, say)).toBe('无损 312\u2009KB');
    expect(shownText({ ...shown, quality: 'full', isLossy: true }, bytes, say)).toBe('原图 312\u2009KB');
    expect(shownText({ ...shown, quality: 'preview', isLossy: false }, bytes, say)).toBe('预览');
  });

  it('keeps measuring and windowing for the original', () => {
    for (const tool of ['length', 'angle', 'probe', 'ellipse', 'window', 'calibrate'] as const)
      expect(needsPixels(tool), tool).toBe(true);
    for (const tool of ['scroll', 'pan', 'zoom', 'magnify'] as const)
      expect(needsPixels(tool), tool).toBe(false);
  });
});
