// An ECG of another format, read but not yet made an object: what SCP-ECG and aECG have in common. Samples are whole
// numbers as written; a gap is `gap`. Also the limits for both readers, and the one error they throw.
export type EcgChannel = {
  /** I, II, aVR, V1 … */
  lead: string;
  microvoltsPerUnit: number;
  samples: Int32Array;
};

export type EcgGroup = {
  label: 'RHYTHM' | 'MEDIAN BEAT';
  samplesPerSecond: number;
  channels: EcgChannel[];
};

export type EcgMeasurement = { name: string; value: string; unit: string };

export type EcgRecording = {
  format: 'SCP-ECG' | 'HL7 aECG';
  patient: { id: string; name: string; birthDate: string; sex: '' | 'M' | 'F' | 'O' };
  /** YYYYMMDD and HHMMSS; empty when not known. */
  date: string;
  time: string;
  institution: string;
  device: { manufacturer: string; model: string; serialNumber: string; software: string };
  filters: { highPass: number | null; lowPass: number | null; notch: number | null };
  groups: EcgGroup[];
  measurements: EcgMeasurement[];
  statements: string[];
};

export const gap = -32768;
/** A day of three channels at 250 Hz is 65 million samples; these formats are for resting ECGs. */
export const mostSamples = 20_000_000;
export const mostChannels = 64;
export const largestFileBytes = 64 * 1024 ** 2;

/** What is wrong and where; never a value of the file. */
export class EcgFormatError extends Error {
  override readonly name = 'EcgFormatError';
}
