import { describe, expect, it } from 'vitest';
import { frameFacts, readMetadata } from './frame-facts.ts';

const sq = (...items: object[]) => ({ vr: 'SQ', Value: items });
const ds = (...values: (number | string)[]) => ({ vr: 'DS', Value: values });

describe('facts of a frame', () => {
  it('of a CT slice: rescale, unit, windows, spacing', () => {
    const facts = frameFacts(
      {
        '00080060': { vr: 'CS', Value: ['CT'] },
        '00280030': ds(0.5, 0.4),
        '00281050': ds(40, 400),
        '00281051': ds(80, 1800),
        '00281052': ds(-1024),
        '00281053': ds(1),
      },
      '1.2',
      1,
    );
    expect(facts.rescale).toEqual({ slope: 1, intercept: -1024 });
    expect(facts.unit).toBe('HU');
    expect(facts.windows).toEqual([
      { center: 40, width: 80 },
      { center: 400, width: 1800 },
    ]);
    expect(facts.spacing.pixelSpacing).toEqual([0.5, 0.4]);
  });

  it('of an enhanced object: the frame’s groups win over the shared ones', () => {
    const instance = {
      '00080060': { vr: 'CS', Value: ['MR'] },
      '52009229': sq({
        '00289110': sq({ '00280030': ds(1, 1), '00180050': ds(5) }),
        '00289132': sq({ '00281050': ds(1), '00281051': ds(2) }),
      }),
      '52009230': sq(
        { '00289132': sq({ '00281050': ds(10), '00281051': ds(20) }) },
        {
          '00289145': sq({ '00281052': ds(3), '00281053': ds(2) }),
          '00209113': sq({ '00200032': ds(1, 2, 3) }),
        },
      ),
    };
    const first = frameFacts(instance, '1.2', 1);
    const second = frameFacts(instance, '1.2', 2);
    expect(first.windows).toEqual([{ center: 10, width: 20 }]);
    expect(second.windows).toEqual([{ center: 1, width: 2 }]);
    expect(second.rescale).toEqual({ slope: 2, intercept: 3 });
    expect(second.imagePosition).toEqual([1, 2, 3]);
    expect(first.sliceThickness).toBe(5);
  });

  it('survives values of the wrong kind', () => {
    const facts = frameFacts(
      { '00280030': ds('x', ''), '00281053': ds(0), '00186011': { vr: 'SQ', Value: ['no'] } },
      '1.2',
      7,
    );
    expect(facts.spacing.pixelSpacing).toBeNull();
    expect(facts.rescale.slope).toBe(1);
    expect(facts.spacing.regions).toEqual([]);
  });

  it('metadata that is not a list of instances is empty', () => {
    expect(readMetadata({}).size).toBe(0);
    expect(readMetadata([null, 5, { '00080018': { vr: 'UI', Value: ['1.2'] } }]).size).toBe(1);
  });
});
