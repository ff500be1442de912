// The channels of a waveform object in physical units (PS3.3 C.10.9): samples of each multiplex group, scaled by
// Channel Sensitivity (003A,0210), its correction factor and baseline. What has no shape on paper (sound) is left out.
import { type Dataset, getSequence, getString } from '@yunying/dicom';
import { AppError } from '../../../errors.ts';
import { measurementsOf } from './annotations.ts';
import { openGroup } from './multiplex-group.ts';

export type Channel = {
  label: string;
  /** mV, mm[Hg] … as written in the object; voltages are brought to mV. */
  unit: string;
  /** Channel Minimum/Maximum are not trusted: the drawing looks at the samples. NaN where a sample is padding. */
  samples: Float32Array;
};
export type MultiplexGroup = { label: string; samplesPerSecond: number; channels: Channel[] };
export type Recording = {
  title: string;
  /** Lines in the page's corner: facts of the recording, no patient names. */
  facts: string[];
  groups: MultiplexGroup[];
};

/** For paper; the viewer reads longer recordings by stretches. */
const mostSamples = 20_000_000;

/** null when the object holds nothing that is drawn on paper. */
export function readWaveforms(dataset: Dataset): Recording | null {
  const modality = getString(dataset, 'Modality') ?? '';
  if (modality === 'AU') return null;
  const groups = getSequence(dataset, '54000100').flatMap((item) => readGroup(item) ?? []);
  if (groups.length === 0)
    throw new AppError('media.no_content', { reason: 'no Waveform Sequence (5400,0100)' });
  return { title: titleOf(modality), facts: factsOf(dataset, groups), groups };
}

function titleOf(modality: string): string {
  if (modality === 'ECG') return '心电图 ECG';
  if (modality === 'HD') return '血流动力学 Hemodynamic';
  if (modality === 'EPS') return '心内电生理 Electrophysiology';
  if (modality === 'RESP') return '呼吸波形 Respiration';
  if (modality === 'EEG') return '脑电图 EEG';
  return '波形 Waveform';
}

function factsOf(dataset: Dataset, groups: readonly MultiplexGroup[]): string[] {
  const date = getString(dataset, 'AcquisitionDateTime') ?? getString(dataset, 'ContentDate') ?? '';
  const when = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2}))?/.exec(date);
  const [first] = groups;
  const seconds = first === undefined ? 0 : (first.channels[0]?.samples.length ?? 0) / first.samplesPerSecond;
  const device = [getString(dataset, 'Manufacturer'), getString(dataset, 'ManufacturerModelName')];
  return [
    ...(when === null
      ? []
      : [`${when[1]}-${when[2]}-${when[3]}${when[4] === undefined ? '' : ` ${when[4]}:${when[5]}`}`]),
    `${first?.samplesPerSecond ?? 0} Hz  ${seconds.toFixed(1)} s`,
    ...[device.filter((part) => part !== null).join(' ')].filter((text) => text !== ''),
    ...measurementsOf(dataset)
      .slice(0, 8)
      .map(({ name, value, unit }) => `${name} ${value} ${unit}`.trim()),
  ];
}

function readGroup(item: Dataset): MultiplexGroup | null {
  const group = openGroup(item);
  if (group === null) return null;
  const { label, samplesPerSecond, sampleCount, raw } = group;
  const count = group.channels.length;
  if (count * sampleCount > mostSamples)
    throw new AppError('media.no_content', {
      reason: `${count} channels of ${sampleCount} samples are too many for paper`,
    });
  const channels = group.channels.map(({ label, unit, factor, baseline, padding }, channel): Channel => {
    const samples = new Float32Array(sampleCount);
    for (let at = 0; at < sampleCount; at += 1) {
      const value = raw[at * count + channel] ?? 0;
      samples[at] = value === padding ? Number.NaN : value * factor + baseline;
    }
    return { label, unit, samples };
  });
  return { label, samplesPerSecond, channels };
}
