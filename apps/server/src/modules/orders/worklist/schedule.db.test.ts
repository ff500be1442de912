// From the RIS to the modality: an order over MLLP with its schedule (IPC), and what the worklist says of it.
import { itemsOf, textOf } from '@yunying/dicom';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { element } from '../../../dimse/dataset-json.ts';
import { ownRoutes } from '../orders.mllp.ts';
import { hl7, type MllpRig, openMllpRig, pid, segment } from '../testing/mllp-rig.ts';
import { describeItem } from './describe-item.ts';
import { findWorklist } from './find-worklist.ts';
import { readQuestion } from './worklist-question.ts';

let rig: MllpRig;
beforeAll(async () => {
  rig = await openMllpRig(ownRoutes);
});
afterAll(() => rig.close());

async function listed(step: Parameters<typeof readQuestion>[0] = {}) {
  const question = readQuestion({ '00400100': element('SQ', step) });
  const found = [];
  for await (const exam of findWorklist(rig.ctx, question, null)) found.push(describeItem(exam, 'ASKED'));
  return found;
}

const order = (control: string, ipc: Record<number, string>) =>
  hl7('OMI^O23', [
    pid('P77', '韦^小妹'),
    segment('ORC', { 1: control, 2: 'PL77', 3: 'ACC77' }),
    segment('TQ1', { 1: '1', 7: '20261125093000' }),
    segment('OBR', { 2: 'PL77', 3: 'ACC77', 4: 'CT01^胸部CT平扫', 24: 'CT', 34: 'D7^张^技师' }),
    segment('IPC', ipc),
  ]);

it('tells the device the ids, station, place and physician of the order, and keeps the ids when the order changes', async () => {
  const first = await rig.send(
    order('NW', {
      1: 'ACC77',
      2: 'RP77',
      3: '1.2.840.77',
      4: 'SPS77',
      5: 'CT',
      7: 'CT-ROOM',
      8: '一号机房',
      9: 'CTAE',
    }),
  );
  expect(first).toMatchObject({ code: 'AA' });
  const [item, ...others] = await listed();
  expect(others).toEqual([]);
  expect(textOf(item ?? {}, '0020000D')).toBe('1.2.840.77');
  expect(textOf(item ?? {}, '00401001')).toBe('RP77');
  const [step] = itemsOf(item ?? {}, '00400100');
  expect(textOf(step ?? {}, '00400009')).toBe('SPS77');
  expect(textOf(step ?? {}, '00400001')).toBe('CTAE');
  expect(textOf(step ?? {}, '00400011')).toBe('一号机房');
  expect(textOf(step ?? {}, '00400006')).toBe('Zhang^Jishi=张^技师');
  expect(textOf(step ?? {}, '00400003')).toBe('093000');

  const moved = await rig.send(
    order('XO', { 1: 'ACC77', 2: 'RP78', 3: '1.2.840.78', 4: 'SPS78', 5: 'CT', 9: 'CTAE2' }),
  );
  expect(moved).toMatchObject({ code: 'AA' });
  const [again] = await listed({ '00400001': element('AE', 'CTAE2') });
  expect(textOf(again ?? {}, '0020000D')).toBe('1.2.840.77');
  expect(textOf(again ?? {}, '00401001')).toBe('RP77');
});

it('does not list an exam at the device of another station or physician', async () => {
  expect(await listed({ '00400001': element('AE', 'CTAE') })).toEqual([]);
  expect(await listed({ '00400006': element('PN', { Alphabetic: '张*' }) })).toHaveLength(1);
  expect(await listed({ '00400006': element('PN', { Alphabetic: 'Li*' }) })).toEqual([]);
});

it('leaves the worklist when the order is cancelled', async () => {
  expect(await rig.send(order('CA', { 1: 'ACC77', 9: 'CTAE2' }))).toMatchObject({ code: 'AA' });
  expect(await listed()).toEqual([]);
});
