// One item of the Waveform Sequence (PS3.3 C.10.9): its samples as stored, and for every channel what makes physical
// values of them. What comes is any device's: counts are limited before memory is taken, and short data are cut.
import { type Dataset, getElement, getNumber, getSequence, getString } from '@yunying/dicom';
import { AppError } from '../../../errors.ts';

export type RawSamples = Uint8Array | Int8Array | Uint16Array | Int16Array | Int32Array | Uint32Array;
export type GroupChannel = {
  label: string;
  /** Voltages are brought to mV by factor and baseline. */
  unit: string;
  factor: number;
  baseline: number;
  padding: number | null;
  skewSeconds: number;
  highPass: number | null;
  lowPass: number | null;
  notch: number | null;
  derivation: string | null;
};
export type RawGroup = {
  label: string;
  samplesPerSecond: number;
  /** That are really there, of each channel. */
  sampleCount: number;
  /** Channel after channel of the first moment, then of the next. */
  raw: RawSamples;
  channels: GroupChannel[];
};

const mostChannels = 64;
const mostSamples = 100_000_000;

export function openGroup(item: Dataset): RawGroup | null {
  const channelCount = getNumber(item, 'NumberOfWaveformChannels') ?? 0;
  const announced = getNumber(item, 'NumberOfWaveformSamples') ?? 0;
  const samplesPerSecond = getNumber(item, 'SamplingFrequency') ?? 0;
  const bits = getNumber(item, 'WaveformBitsAllocated') ?? 16;
  const valid = channelCount > 0 && channelCount <= mostChannels && announced > 0 && samplesPerSecond > 0;
  if (!valid) return null;
  if (channelCount * announced > mostSamples)
    throw new AppError('media.no_content', {
      reason: `${channelCount} channels of ${announced} samples are too many to draw`,
    });
  const data = getElement(item, '54001010');
  if (data?.kind !== 'value') return null;
  const form = getString(item, 'WaveformSampleInterpretation') ?? 'SS';
  const raw = readSamples(data.value, bits, form, item.bigEndian);
  const paddingElement = getElement(item, '5400100A');
  const padding =
    paddingElement?.kind === 'value'
      ? (readSamples(paddingElement.value, bits, form, item.bigEndian)[0] ?? null)
      : null;
  const definitions = getSequence(item, 'ChannelDefinitionSequence');
  return {
    label: (getString(item, 'MultiplexGroupLabel') ?? '').slice(0, 64),
    samplesPerSecond,
    sampleCount: Math.min(announced, Math.floor(raw.length / channelCount)),
    raw,
    channels: Array.from({ length: channelCount }, (_, index) =>
      describeChannel(definitions[index], index, padding, samplesPerSecond),
    ),
  };
}

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

function describeChannel(
  definition: Dataset | undefined,
  index: number,
  padding: number | null,
  samplesPerSecond: number,
): GroupChannel {
  const number = (keyword: string) => (definition === undefined ? null : getNumber(definition, keyword));
  const first = (keyword: string) =>
    definition === undefined ? undefined : getSequence(definition, keyword)[0];
  const units = first('ChannelSensitivityUnitsSequence');
  const written = (units === undefined ? null : getString(units, 'CodeValue')) ?? '';
  const voltage = voltages[written];
  const toMillivolt = voltage ?? 1;
  const source = first('ChannelSourceSequence');
  const meaning = source === undefined ? null : getString(source, 'CodeMeaning');
  const ownLabel = definition === undefined ? null : getString(definition, 'ChannelLabel');
  const skew = number('ChannelTimeSkew') ?? (number('ChannelSampleSkew') ?? 0) / samplesPerSecond;
  const derivation = definition === undefined ? null : getString(definition, 'ChannelDerivationDescription');
  return {
    label: shortLabel(ownLabel ?? meaning ?? `${index + 1}`),
    unit: voltage === undefined ? written.slice(0, 12) : 'mV',
    factor:
      (number('ChannelSensitivity') ?? 1) * (number('ChannelSensitivityCorrectionFactor') ?? 1) * toMillivolt,
    baseline: (number('ChannelBaseline') ?? 0) * toMillivolt,
    padding,
    skewSeconds: Math.abs(skew) < 10 ? skew : 0,
    highPass: number('FilterLowFrequency'),
    lowPass: number('FilterHighFrequency'),
    notch: number('NotchFilterFrequency'),
    derivation: derivation === null ? null : derivation.slice(0, 80),
  };
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
