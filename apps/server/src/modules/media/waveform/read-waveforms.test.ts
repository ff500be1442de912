import { createDataset, type Dataset, setValue } from '@yunying/dicom';
import { describe, expect, it } from 'vitest';
import { isAppError } from '../../../errors.ts';
import { readWaveforms } from './read-waveforms.ts';

type ChannelForm = { label: string; sensitivity?: string; unit?: string; baseline?: string };

function add(owner: Dataset, tag: string, items: Dataset[]): void {
  for (const item of items) item.parent = owner;
  owner.elements.set(tag, { kind: 'sequence', tag, vr: 'SQ', items });
}

function channel({ label, sensitivity, unit, baseline }: ChannelForm): Dataset {
  const item = createDataset();
  const source = createDataset();
  setValue(source, 'CodeMeaning', label);
  add(item, '003A0208', [source]);
  if (sensitivity !== undefined) setValue(item, 'ChannelSensitivity', sensitivity);
  if (baseline !== undefined) setValue(item, 'ChannelBaseline', baseline);
  const units = createDataset();
  setValue(units, 'CodeValue', unit ?? 'uV');
  add(item, '003A0211', [units]);
  return item;
}

function recording(
  channels: ChannelForm[],
  samples: number[],
  change: (group: Dataset) => void = () => undefined,
): Dataset {
  const dataset = createDataset();
  setValue(dataset, 'Modality', 'ECG');
  const group = createDataset();
  setValue(group, 'NumberOfWaveformChannels', channels.length);
  setValue(group, 'NumberOfWaveformSamples', samples.length / channels.length);
  setValue(group, 'SamplingFrequency', '500');
  setValue(group, 'WaveformBitsAllocated', 16);
  setValue(group, 'WaveformSampleInterpretation', 'SS');
  add(group, '003A0200', channels.map(channel));
  const value = new Uint8Array(Int16Array.from(samples).buffer);
  group.elements.set('54001010', { kind: 'value', tag: '54001010', vr: 'OW', value });
  change(group);
  add(dataset, '54000100', [group]);
  return dataset;
}

describe('waveform channels', () => {
  it('are taken apart and brought to millivolt', () => {
    const leads = [
      { label: 'Lead I (Einthoven)', sensitivity: '5' },
      { label: 'Lead aVR', sensitivity: '2.5', baseline: '100' },
    ];
    const [group] = readWaveforms(recording(leads, [200, 400, -200, 0]))?.groups ?? [];
    expect(group?.samplesPerSecond).toBe(500);
    expect(group?.channels.map(({ label, unit }) => `${label} ${unit}`)).toEqual(['I mV', 'aVR mV']);
    expect(Array.from(group?.channels[0]?.samples ?? [])).toEqual([1, -1]);
    const [first = 0, second = 0] = group?.channels[1]?.samples ?? [];
    expect([first.toFixed(3), second.toFixed(3)]).toEqual(['1.100', '0.100']);
  });

  it('keep other units, and padding is a gap', () => {
    const dataset = recording(
      [{ label: 'ART', sensitivity: '0.5', unit: 'mm[Hg]' }],
      [240, -32768],
      (group) => {
        group.elements.set('5400100A', {
          kind: 'value',
          tag: '5400100A',
          vr: 'OW',
          value: new Uint8Array([0x00, 0x80]),
        });
      },
    );
    const [line] = readWaveforms(dataset)?.groups[0]?.channels ?? [];
    expect(line?.unit).toBe('mm[Hg]');
    expect(line?.samples[0]).toBe(120);
  });

  it('are fewer than announced when the data end early', () => {
    const dataset = recording([{ label: 'II', sensitivity: '1' }], [1, 2, 3], (group) =>
      setValue(group, 'NumberOfWaveformSamples', 1000),
    );
    expect(readWaveforms(dataset)?.groups[0]?.channels[0]?.samples.length).toBe(3);
  });

  it('refuse counts that would fill the memory, and say what is missing', () => {
    const noContent = expect.toSatisfy((error) => isAppError(error, 'media.no_content'));
    const huge = recording([{ label: 'II' }], [1], (group) =>
      setValue(group, 'NumberOfWaveformSamples', 4_000_000_000),
    );
    expect(() => readWaveforms(huge)).toThrow(noContent);
    expect(() => readWaveforms(createDataset())).toThrow(noContent);
  });

  it('of sound are nothing to draw', () => {
    const sound = createDataset();
    setValue(sound, 'Modality', 'AU');
    expect(readWaveforms(sound)).toBe(null);
  });
});
