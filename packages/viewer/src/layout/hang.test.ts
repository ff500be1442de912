import { chooseHanging, defaultHanging, type ManifestSeries, type StudyManifest } from '@yunying/api';
import { describe, expect, it } from 'vitest';
import { isWallMirrored, resolveHanging, statesOf } from './hang.ts';

type Item = Record<string, { vr: string; Value: unknown[] }>;
const text = (...values: string[]) => ({ vr: 'CS', Value: values });

function series(uid: string, modality: string, frames: number, description = ''): ManifestSeries {
  return {
    seriesInstanceUid: uid,
    modality,
    seriesNumber: 1,
    description,
    kind: 'stack',
    thumbnailUrl: null,
    metadataUrl: '',
    rows: 10,
    columns: 10,
    bitsStored: 12,
    lossy: false,
    frameTimeMs: null,
    windows: [],
    frames: Array.from({ length: frames }, (_, at) => ({
      sopInstanceUid: `${uid}.${at}`,
      frameNumber: 1,
      filmUrl: null,
    })),
    pages: [],
  };
}

function study(...all: ManifestSeries[]): StudyManifest {
  return {
    studyInstanceUid: '1',
    examId: null,
    title: '',
    patientName: '',
    patientSex: '2',
    patientAge: null,
    patientId: '',
    institutionName: '',
    studyDate: null,
    mediaState: 'ready',
    framesReady: 0,
    framesTotal: 0,
    notForDiagnosis: false,
    series: all,
  };
}

const subject = (modalities: string[], over: object = {}) => ({
  modalities,
  bodyParts: [],
  descriptions: [],
  seriesCount: modalities.length,
  ...over,
});
const named = (name: string) => defaultHanging.find((one) => one.name === name) ?? expect.fail(name);

describe('choosing a hanging protocol', () => {
  it('goes by modalities, body part, words and the number of series; the first of the list wins', () => {
    expect(chooseHanging(defaultHanging, subject(['CT', 'PT']))?.name).toBe('PET/CT');
    expect(chooseHanging(defaultHanging, subject(['MG']))?.name).toBe('乳腺四视图');
    expect(chooseHanging(defaultHanging, subject(['MR', 'MR', 'MR']))?.name).toBe('磁共振三方位');
    expect(chooseHanging(defaultHanging, subject(['DX'], { bodyParts: ['chest'] }))?.name).toBe('胸片正侧位');
    expect(chooseHanging(defaultHanging, subject(['DX'], { bodyParts: ['HAND'] }))).toBeNull();
    expect(chooseHanging(defaultHanging, subject(['CT']))).toBeNull();
  });

  it('passes over protocols that are switched off', () => {
    const off = defaultHanging.map((one) => ({ ...one, enabled: false }));
    expect(chooseHanging(off, subject(['MG']))).toBeNull();
  });
});

describe('hanging a mammogram', () => {
  const views: [string, string, string][] = [
    ['L', 'MLO', 'A'],
    ['R', 'MLO', 'P'],
    ['L', 'CC', 'P'],
    ['R', 'CC', 'P'],
  ];
  const one = series('2', 'MG', 4);
  const metadata = new Map(
    views.map(([side, view, row], at): [string, Item] => [
      `2.${at}`,
      { '00200062': text(side), '00185101': text(view), '00200020': text(row, 'F') },
    ]),
  );
  const hung = resolveHanging(named('乳腺四视图'), study(one), null, () => metadata);

  it('lays right beside left, CC above MLO, whatever the order of the objects', () => {
    expect(hung.map((each) => each?.index)).toEqual([3, 2, 1, 0]);
  });

  it('turns every chest wall towards the middle by Patient Orientation', () => {
    expect(statesOf(hung).map((state) => state?.presentation.flipHorizontal)).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect(isWallMirrored(['A', 'F'], 'right')).toBe(true);
    expect(isWallMirrored(null, 'right')).toBe(false);
  });

  it('leaves a viewport empty for a view that was not taken, and never shows a picture twice', () => {
    const two = resolveHanging(named('乳腺四视图'), study(series('2', 'MG', 2)), null, () => metadata);
    expect(two.map((each) => each?.index ?? null)).toEqual([null, null, 1, 0]);
  });
});

describe('hanging other examinations', () => {
  it('puts the three planes of an MR into their places by Image Orientation', () => {
    const orientation = (...values: number[]): Item => ({ '00200037': { vr: 'DS', Value: values } });
    const metadata: Record<string, Map<string, Item>> = {
      '3': new Map([['3.0', orientation(1, 0, 0, 0, 0, -1)]]),
      '4': new Map([['4.0', orientation(1, 0, 0, 0, 1, 0)]]),
      '5': new Map([['5.0', orientation(0, 1, 0, 0, 0, -1)]]),
    };
    const all = study(series('3', 'MR', 9), series('4', 'MR', 11), series('5', 'MR', 3));
    const hung = resolveHanging(
      named('磁共振三方位'),
      all,
      null,
      (of) => metadata[of.seriesInstanceUid] ?? new Map(),
    );
    expect(hung.map((each) => each?.seriesInstanceUid ?? null)).toEqual(['4', '5', '3', null]);
    expect(hung[0]?.index).toBe(5);
  });

  it('finds teeth by number in the comments of a full mouth', () => {
    const metadata = new Map<string, Item>([
      ['6.0', { '00204000': text('36') }],
      ['6.1', { '00204000': text('11 21') }],
    ]);
    const hung = resolveHanging(named('牙片全口'), study(series('6', 'IO', 2)), null, () => metadata);
    expect(hung.map((each) => each?.index ?? null)).toEqual([null, 1, null, null, null, null, null, 0]);
  });
});

describe('tomosynthesis', () => {
  const item = (tag: string, value: Item) => ({ [tag]: { vr: 'SQ', Value: [value] } });
  const slices = series('1.5', 'MG', 5);
  for (const [at, frame] of slices.frames.entries()) {
    frame.sopInstanceUid = '1.5.0';
    frame.frameNumber = at + 1;
  }
  const shared = {
    ...item('00209071', { '00209072': text('L') }),
    ...item('00209116', { '00200037': { vr: 'DS', Value: [0, -1, 0, 0, 0, -1] } }),
  };
  const instance = {
    ...item('52009229', shared),
    ...item('00540220', { '00080104': text('cranio-caudal') }),
  };
  const metadata = () => new Map([['1.5.0', instance]]);

  it('hangs by the laterality and plane of its frames, at its middle, with the wall at its side', () => {
    const hung = resolveHanging(named('乳腺四视图'), study(slices), null, metadata);
    expect(hung.map((one) => one?.index ?? null)).toEqual([null, 2, null, null]);
    expect(statesOf(hung)[1]?.presentation.flipHorizontal).toBe(false);
    const turned = resolveHanging(named('乳腺四视图'), study(slices), null, () => {
      const other = {
        ...shared,
        ...item('00209116', { '00200037': { vr: 'DS', Value: [0, 1, 0, 0, 0, -1] } }),
      };
      return new Map([['1.5.0', { ...instance, ...item('52009229', other) }]]);
    });
    expect(statesOf(turned)[1]?.presentation.flipHorizontal).toBe(true);
  });
});
