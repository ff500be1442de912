import { describe, expect, it } from 'vitest';
import type { JsonItem } from '../geometry/dicom-json.ts';
import { frameLabels } from './frame-vectors.ts';

const is = (...Value: unknown[]) => ({ Value });
const nm: JsonItem = {
  '00080060': is('NM'),
  '00540010': is(1, 1, 2, 2),
  '00540020': is(1, 2, 1, 2),
  '00540012': is(
    { '00540018': is('Tc99m'), '00540013': is({ '00540014': is(126.5), '00540015': is(154.6) }) },
    { '00540018': is('Scatter') },
  ),
  '00540022': is(
    { '00540220': is({ '00080104': is('Anterior') }) },
    { '00540220': is({ '00080104': is('Posterior') }) },
  ),
};

describe('frames of nuclear medicine', () => {
  it('name their energy window and detector', () => {
    expect(frameLabels(nm, 1, 'zh-CN')).toEqual(['能窗 1/2 Tc99m 126.5–154.6\u2009keV', '探头 1/2 Anterior']);
    expect(frameLabels(nm, 4, 'en')).toEqual(['Energy window 2/2 Scatter', 'Detector 2/2 Posterior']);
  });

  it('count the time slots of a gate in milliseconds', () => {
    const gated: JsonItem = {
      '00080060': is('NM'),
      '00540070': is(1, 2, 3),
      '00540062': is({ '00540063': is({ '00181063': is(62.5) }) }),
    };
    expect(frameLabels(gated, 3, 'en')).toEqual(['Time slot 3/3 125\u2009ms']);
  });

  it('turn the camera by its step and direction', () => {
    const views: JsonItem = {
      '00080060': is('NM'),
      '00540090': is(1, 2, 3),
      '00540052': is({ '00540200': is(4), '00181144': is(6), '00181140': is('CC') }),
    };
    expect(frameLabels(views, 2, 'en')).toEqual(['View 2/3 358°']);
  });

  it('say nothing of one detector without a name, of other objects and of frames that are not there', () => {
    expect(frameLabels({ '00080060': is('NM'), '00540020': is(1, 1) }, 1, 'en')).toEqual([]);
    expect(frameLabels({ ...nm, '00080060': is('CT') }, 1, 'en')).toEqual([]);
    expect(frameLabels(nm, 9, 'en')).toEqual([]);
    expect(frameLabels({ '00080060': is('NM'), '00540020': is('x', {}) }, 1, 'en')).toEqual([]);
  });
});
