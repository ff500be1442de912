// The compact answer for traces (ECG, haemodynamics …): what lies in one waveform object, cut to a stretch of time.
// Bytes: length of the head (uint32, little endian), the head as JSON padded with spaces to four bytes, then the samples
// channel after channel, group after group, as little endian integers. Value = sample × factor + baseline.
export const waveformMediaType = 'application/vnd.yunying.waveform';

export type WaveformChannel = {
  /** I, aVR, V1; ART … */
  label: string;
  /** mV for every voltage, otherwise as written: mm[Hg] … */
  unit: string;
  factor: number;
  baseline: number;
  /** A sample of this value is a gap. */
  padding: number | null;
  /** How much later than the group's clock this channel was sampled (PS3.3 C.10.9.1.4.5). */
  skewSeconds: number;
  /** The recorder's own filters in Hz, when the object names them. */
  highPass: number | null;
  lowPass: number | null;
  notch: number | null;
  /** Said by the object when the channel was computed and not recorded. */
  derivation: string | null;
};

export type WaveformGroup = {
  label: string;
  samplesPerSecond: number;
  /** Of the whole recording; `firstSample` and `sentCount` say which of them follow. */
  sampleCount: number;
  firstSample: number;
  sentCount: number;
  bytesPerSample: 2 | 4;
  channels: WaveformChannel[];
};

export type WaveformHead = {
  /** Modality (0008,0060). */
  modality: string;
  acquiredAt: string | null;
  device: string | null;
  /** Measurements and statements the recorder wrote into the object. */
  measurements: { name: string; value: string; unit: string }[];
  statements: string[];
  groups: WaveformGroup[];
};
