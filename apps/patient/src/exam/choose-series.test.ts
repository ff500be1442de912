import { describe, expect, it } from 'vitest';
import { firstSeries, isPreparing, pictureCount, seriesName } from './choose-series.ts';

const series = (seriesInstanceUid: string, kind: 'stack' | 'document' | 'sr', frameCount: number) => ({
  seriesInstanceUid,
  kind,
  frameCount,
});

describe('the series a person is led to', () => {
  it('is the first with pictures, even when a document stands before it', () => {
    const studies = [
      { studyInstanceUid: '1', series: [series('1.1', 'document', 0)] },
      { studyInstanceUid: '2', series: [series('2.1', 'stack', 0), series('2.2', 'stack', 140)] },
    ];
    expect(firstSeries(studies)).toEqual({ studyInstanceUid: '2', seriesInstanceUid: '2.2' });
  });
  it('is any other when there are no pictures, and none when there is nothing', () => {
    expect(firstSeries([{ studyInstanceUid: '1', series: [series('1.1', 'sr', 0)] }])).toEqual({
      studyInstanceUid: '1',
      seriesInstanceUid: '1.1',
    });
    expect(firstSeries([{ studyInstanceUid: '1', series: [] }])).toBeNull();
  });
  it('is called by its description, or has no name', () => {
    expect(seriesName({ description: ' AX T1 ' })).toBe('AX T1');
    expect(seriesName({ description: '' })).toBeNull();
    expect(seriesName({ description: null })).toBeNull();
  });
  it('are counted and waited for over all studies', () => {
    expect(pictureCount([{ frameCount: 140 }, { frameCount: 2 }])).toBe(142);
    expect(isPreparing([{ mediaState: 'ready' }, { mediaState: 'preparing' }])).toBe(true);
    expect(isPreparing([])).toBe(false);
  });
});
