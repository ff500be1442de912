import type { ManifestSeries, StudyManifest } from '@yunying/api';
import { describe, expect, it } from 'vitest';
import { matchingSeries } from './room-series.ts';

const series = (
  uid: string,
  modality: string,
  description: string | null,
  frames: number,
): ManifestSeries => ({
  seriesInstanceUid: uid,
  modality,
  seriesNumber: 1,
  description,
  kind: 'stack',
  thumbnailUrl: null,
  metadataUrl: '',
  rows: 1,
  columns: 1,
  bitsStored: 8,
  lossy: false,
  frameTimeMs: null,
  windows: [],
  frames: Array.from({ length: frames }, () => ({ sopInstanceUid: '1', frameNumber: 1, filmUrl: null })),
  pages: [],
});
const study = (...list: ManifestSeries[]): StudyManifest => ({
  studyInstanceUid: '1.2',
  examId: null,
  title: '',
  patientName: '',
  patientSex: '0',
  patientAge: null,
  patientId: '',
  institutionName: '',
  studyDate: null,
  mediaState: 'ready',
  framesReady: 0,
  framesTotal: 0,
  notForDiagnosis: false,
  series: list,
});

describe('the prior series that is put beside', () => {
  const like = series('0', 'CT', 'BRAIN 1MM', 140);
  it('has the same modality and name', () => {
    const prior = study(
      series('1', 'CT', 'SCOUT', 2),
      series('2', 'CT', 'BRAIN 1MM', 90),
      series('3', 'MR', 'BRAIN 1MM', 140),
    );
    expect(matchingSeries(prior, like)?.seriesInstanceUid).toBe('2');
  });
  it('else the same modality and the nearest number of pictures', () => {
    const prior = study(series('1', 'CT', 'SCOUT', 2), series('2', 'CT', 'HEAD', 120));
    expect(matchingSeries(prior, like)?.seriesInstanceUid).toBe('2');
  });
  it('is none when the prior has no pictures', () => {
    expect(matchingSeries(study(series('1', 'CT', 'X', 0)), like)).toBeNull();
  });
});
