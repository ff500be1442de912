// The channels of a waveform object in physical units (PS3.3 C.10.9): samples of each multiplex group, scaled by
// Channel Sensitivity (003A,0210), its correction factor and baseline. What has no shape on paper (sound) is left out.
import { type Dataset, getElement, getNumber, getNumbers, getSequence, getString } from '@yunying/dicom';
import { AppError } from '../../../errors.ts';

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

const mostChannels = 64;
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
    ...measurements(dataset),
  ];
}

/** Annotations such as QT Interval: (0040,B020) items with a numeric value and a unit. */
function measurements(dataset: Dataset): string[] {
  const lines: string[] = [];
  for (const item of getSequence(dataset, '0040B020')) {
    const value = getString(item, 'NumericValue');
    const name = getSequence(item, 'ConceptNameCodeSequence')[0];
    const unit = getSequence(item, 'MeasurementUnitsCodeSequence')[0];
    const label = name === undefined ? null : getString(name, 'CodeMeaning');
    if (value === null || label === null || lines.length >= 8) continue;
    const unitText = unit === undefined ? '' : (getString(unit, 'CodeValue') ?? '');
    lines.push(
      `${label.slice(0, 40)} ${value.slice(0, 16)} ${unitText.replace(/\{[^}]*\}/g, '').slice(0, 12)}`.trim(),
    );
  }
  return lines;
}

function readGroup(item: Dataset): MultiplexGroup | null {
  const channelCount = getNumber(item, 'NumberOfWaveformChannels') ?? 0;
  const sampleCount = getNumber(item, 'NumberOfWaveformSamples') ?? 0;
  const samplesPerSecond = getNumber(item, 'SamplingFrequency') ?? 0;
  const bits = getNumber(item, 'WaveformBitsAllocated') ?? 16;
  const valid = channelCount > 0 && channelCount <= mostChannels && sampleCount > 0 && samplesPerSecond > 0;
  if (!valid) return null;
  if (channelCount * sampleCount > mostSamples)
    throw new AppError('media.no_content', {
      reason: `${channelCount} channels of ${sampleCount} samples are too many to draw`,
    });
  const data = getElement(item, '54001010');
  if (data?.kind !== 'value') return null;
  const form = getString(item, 'WaveformSampleInterpretation') ?? 'SS';
  const raw = readSamples(data.value, bits, form, item.bigEndian);
  const definitions = getSequence(item, 'ChannelDefinitionSequence');
  const usable = Math.min(sampleCount, Math.floor(raw.length / channelCount));
  const padding = getNumbers(item, 'WaveformPaddingValue')[0];
  const channels: Channel[] = [];
  for (let channel = 0; channel < channelCount; channel += 1) {
    const samples = new Float32Array(usable);
    for (let at = 0; at < usable; at += 1) samples[at] = raw[at * channelCount + channel] ?? 0;
    channels.push(scale(samples, definitions[channel], channel, padding));
  }
  const label = getString(item, 'MultiplexGroupLabel') ?? '';
  return { label: label.slice(0, 64), samplesPerSecond, channels };
}

type RawSamples = Uint8Array | Int8Array | Uint16Array | Int16Array | Int32Array | Uint32Array;

function readSamples(value: Uint8Array, bits: number, form: string, bigEndian: boolean): RawSamples {
  const copy = new Uint8Array(value); // aligned, and ours to swap
  const { buffer } = copy;
  if (bits === 8) return form === 'SB' ? new Int8Array(buffer) : copy;
  if (bits === 16) {
    if (bigEndian) Buffer.from(buffer, 0, copy.length - (copy.length % 2)).swap16();
    return form === 'US'
      ? new Uint16Array(buffer, 0, copy.length >> 1)
      : new Int16Array(buffer, 0, copy.length >> 1);
  }
  if (bits === 32) {
    if (bigEndian) Buffer.from(buffer, 0, copy.length - (copy.length % 4)).swap32();
    return form === 'UL'
      ? new Uint32Array(buffer, 0, copy.length >> 2)
      : new Int32Array(buffer, 0, copy.length >> 2);
  }
  throw new AppError('media.no_content', { reason: `Waveform Bits Allocated (5400,1004) of ${bits}` });
}

function scale(
  samples: Float32Array,
  definition: Dataset | undefined,
  index: number,
  padding: number | undefined,
): Channel {
  const number = (keyword: string) => (definition === undefined ? null : getNumber(definition, keyword));
  const source = definition === undefined ? undefined : getSequence(definition, 'ChannelSourceSequence')[0];
  const units =
    definition === undefined ? undefined : getSequence(definition, 'ChannelSensitivityUnitsSequence')[0];
  const written = (units === undefined ? null : getString(units, 'CodeValue')) ?? '';
  const voltage = voltages[written];
  const toMillivolt = voltage ?? 1;
  const factor =
    (number('ChannelSensitivity') ?? 1) * (number('ChannelSensitivityCorrectionFactor') ?? 1) * toMillivolt;
  const baseline = (number('ChannelBaseline') ?? 0) * toMillivolt;
  for (let at = 0; at < samples.length; at += 1) {
    const value = samples[at] ?? 0;
    samples[at] = value === padding ? Number.NaN : value * factor + baseline;
  }
  const meaning = source === undefined ? null : getString(source, 'CodeMeaning');
  const label =
    (definition === undefined ? null : getString(definition, 'ChannelLabel')) ?? meaning ?? `${index + 1}`;
  return { label: shortLabel(label), unit: voltage === undefined ? written.slice(0, 12) : 'mV', samples };
}

const voltages: Record<string, number> = { uV: 0.001, mV: 1, V: 1000, '{uV}': 0.001 };

/** 'Lead aVR (Einthoven)' is aVR on paper. */
function shortLabel(label: string): string {
  const lead = /^(?:Lead\s+)?(I{1,3}|aV[RLF]|V[1-9]R?|V7|V8|V9|X|Y|Z)(?:\s|,|$|\()/i.exec(label.trim());
  const found = lead?.[1];
  if (found === undefined) return label.trim().slice(0, 24);
  if (/^av/i.test(found)) return `aV${found.slice(2).toUpperCase()}`;
  return found.toUpperCase();
}
