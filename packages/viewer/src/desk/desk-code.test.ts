import type { StudyManifest } from '@yunying/api';
import { describe, expect, it } from 'vitest';
import { initialPresentation } from '../pane/presentation.ts';
import { type Desk, deskCode, readDeskCode } from './desk-code.ts';

const series = (uid: string, count: number) => ({
  seriesInstanceUid: uid,
  frames: Array.from({ length: count }, () => ({})),
});
// Only what the code reads of a manifest.
const manifests = [
  { studyInstanceUid: '1.2', series: [series('1.2.1', 10), series('1.2.2', 4)] },
  { studyInstanceUid: '1.3', series: [series('1.3.1', 7)] },
] as unknown as StudyManifest[];

const desk: Desk = {
  layout: '1x2',
  tool: 'length',
  active: 1,
  links: ['slice', 'voi'],
  lines: true,
  panes: [
    {
      studyInstanceUid: '1.2',
      seriesInstanceUid: '1.2.2',
      index: 3,
      presentation: { ...initialPresentation, voi: { center: 40, width: 400 }, zoom: 2, invert: true },
    },
    {
      studyInstanceUid: '1.3',
      seriesInstanceUid: '1.3.1',
      index: 0,
      presentation: { ...initialPresentation },
    },
  ],
};

describe('the code of a room', () => {
  it('reopens layout, tool, links, compared study, frames and presentations', () => {
    const read = readDeskCode(deskCode(desk), manifests);
    expect(read).toMatchObject(desk);
  });

  it('keeps empty viewports in their places', () => {
    const layout = '2x2' as const;
    const sparse: Desk = { ...desk, layout, panes: [null, desk.panes[0] ?? null, null, null] };
    expect(readDeskCode(deskCode(sparse), manifests)?.panes.map((pane) => pane === null)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it('says nothing for one viewport with the usual tool', () => {
    expect(deskCode({ ...desk, layout: '1x1', tool: 'scroll', panes: [null] })).toBe('');
  });

  it('stays short enough for sixteen viewports', () => {
    const sixteen = Array.from({ length: 16 }, () => desk.panes[0] ?? null);
    expect(deskCode({ ...desk, layout: '4x4', panes: sixteen }).length).toBeLessThan(1000);
  });

  it('leaves out series that are gone, cuts frames that are too many, and refuses nonsense', () => {
    expect(readDeskCode(deskCode(desk), manifests.slice(0, 1))?.panes[1]).toBeNull();
    const far = deskCode(desk).replace('*4*', '*4000*');
    expect(readDeskCode(far, manifests)?.panes[0]?.index).toBe(3);
    for (const wrong of ['', '9x9*scroll*0**', '1x2*hammer*0*s*-*-', '1x2*scroll*x*s*-', 'a'.repeat(5000)])
      expect(readDeskCode(wrong, manifests)).toBeNull();
  });
});
