// Makes a DICOM waveform object (PS3.3 A.34) of an ECG of another format. The same file always makes the same object, its
// UIDs included, so that bringing it in twice is a duplicate. Samples are kept as whole numbers; leads that were not
// recorded but follow from I and II are added and say so. The file itself lies in the object, in a private block.
import { createHash } from 'node:crypto';
import {
  createDataset,
  type Dataset,
  encodeDataset,
  explicitVrLittleEndian,
  setCharset,
  setValue,
  writePart10,
} from '@yunying/dicom';
import { type EcgChannel, EcgFormatError, type EcgGroup, type EcgRecording, gap } from './ecg-recording.ts';
import { codeOfLead } from './lead-codes.ts';

const twelveLead = '1.2.840.10008.5.1.4.1.1.9.1.1';
const generalEcg = '1.2.840.10008.5.1.4.1.1.9.1.2';
const ambulatoryEcg = '1.2.840.10008.5.1.4.1.1.9.1.3';
const twelve = new Set(['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6']);

export const privateCreator = 'YUNYING SOURCE';

export function toWaveformObject(recording: EcgRecording, original: Buffer): Uint8Array {
  const uid = (what: string) => uidOf(original, what);
  const groups = recording.groups.map((group) => ({ ...group, channels: withDerived(group.channels) }));
  const dataset = createDataset();
  setCharset(dataset, 'ISO_IR 192');
  const sopClassUid = classOf(groups);
  const sopInstanceUid = uid('instance');
  const { date, time, patient, device } = recording;
  const values: Record<string, string> = {
    SOPClassUID: sopClassUid,
    SOPInstanceUID: sopInstanceUid,
    StudyDate: date,
    ContentDate: date,
    StudyTime: time,
    ContentTime: time,
    AcquisitionDateTime: `${date}${time}`,
    AccessionNumber: '',
    Modality: 'ECG',
    Manufacturer: device.manufacturer.slice(0, 64),
    InstitutionName: recording.institution.slice(0, 64),
    ReferringPhysicianName: '',
    StudyDescription: 'ECG',
    SeriesDescription: recording.format,
    ManufacturerModelName: device.model.slice(0, 64),
    PatientName: patient.name.slice(0, 64),
    PatientID: patient.id.slice(0, 64),
    PatientBirthDate: patient.birthDate,
    PatientSex: patient.sex,
    DeviceSerialNumber: device.serialNumber.slice(0, 64),
    SoftwareVersions: device.software.slice(0, 64),
    StudyInstanceUID: uid('study'),
    SeriesInstanceUID: uid('series'),
    StudyID: '',
    SeriesNumber: '1',
    InstanceNumber: '1',
  };
  for (const [keyword, value] of Object.entries(values)) setValue(dataset, keyword, value);
  setValue(dataset, 'AcquisitionContextSequence', []);
  setValue(dataset, '00990010', privateCreator, 'LO');
  setValue(dataset, '00991001', recording.format, 'LO');
  setValue(dataset, '00991002', createHash('sha256').update(original).digest('hex'), 'LO');
  setValue(dataset, '00991003', new Uint8Array(original), 'OB');
  setValue(dataset, '00991004', String(original.length), 'IS');
  const notes = annotations(dataset, recording);
  if (notes.length > 0) setValue(dataset, 'WaveformAnnotationSequence', notes);
  setValue(
    dataset,
    'WaveformSequence',
    groups.map((group) => groupItem(dataset, group, recording)),
  );
  const fields = { sopClassUid, sopInstanceUid, transferSyntaxUid: explicitVrLittleEndian };
  return writePart10(fields, encodeDataset(dataset, explicitVrLittleEndian));
}

/** 2.25 and 122 bits of the file's own hash (PS3.5 B.2). */
function uidOf(original: Buffer, what: string): string {
  const hash = createHash('sha256').update(original).update(what).digest();
  const bytes = hash.subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${bytes.toString('hex')}`)}`;
}

/** A.34.3 asks for 200 to 1000 Hz and at most 16384 samples of the twelve leads; A.34.4 for 200 to 1000 Hz. */
function classOf(groups: readonly EcgGroup[]): string {
  const [rhythm] = groups;
  const rate = rhythm?.samplesPerSecond ?? 0;
  const isUsual = groups.every((one) => one.samplesPerSecond >= 200 && one.samplesPerSecond <= 1000);
  const isTwelve =
    groups.length <= 5 &&
    groups.every((one) =>
      one.channels.every(({ lead, samples }) => twelve.has(lead) && samples.length <= 16_384),
    );
  if (isUsual && isTwelve) return twelveLead;
  if (isUsual && groups.length <= 4 && groups.every((one) => one.channels.length <= 24)) return generalEcg;
  if (rate >= 50 && rate <= 1000) return ambulatoryEcg;
  throw new EcgFormatError(`a sampling rate of ${rate} Hz has no ECG object`);
}

type Derived = EcgChannel & { derivation?: string };

/** Einthoven and Goldberger: exact, because half of a unit is taken as the unit where it is needed. */
function withDerived(channels: readonly EcgChannel[]): Derived[] {
  const one = channels.find(({ lead }) => lead === 'I');
  const two = channels.find(({ lead }) => lead === 'II');
  if (one === undefined || two === undefined || one.microvoltsPerUnit !== two.microvoltsPerUnit)
    return [...channels];
  if (one.samples.length !== two.samples.length) return [...channels];
  const make = (lead: string, per: number, of: (a: number, b: number) => number): Derived => ({
    lead,
    microvoltsPerUnit: one.microvoltsPerUnit * per,
    samples: one.samples.map((a, at) => {
      const b = two.samples[at] ?? gap;
      return a === gap || b === gap ? gap : of(a, b);
    }),
    derivation: 'Derived from leads I and II',
  });
  const derived = [
    make('III', 1, (a, b) => b - a),
    make('aVR', 0.5, (a, b) => -a - b),
    make('aVL', 0.5, (a, b) => 2 * a - b),
    make('aVF', 0.5, (a, b) => 2 * b - a),
  ].filter(({ lead, samples }) => channels.every((own) => own.lead !== lead) && samples.every(isShort));
  return [...channels, ...derived];
}

function isShort(value: number): boolean {
  return value >= -32_768 && value <= 32_767;
}

function groupItem(parent: Dataset, group: EcgGroup, recording: EcgRecording): Dataset {
  const item = createDataset(parent);
  const count = Math.max(...group.channels.map(({ samples }) => samples.length));
  setValue(item, 'MultiplexGroupTimeOffset', '0');
  setValue(item, 'WaveformOriginality', group.label === 'RHYTHM' ? 'ORIGINAL' : 'DERIVED');
  setValue(item, 'NumberOfWaveformChannels', group.channels.length);
  setValue(item, 'NumberOfWaveformSamples', count);
  setValue(item, 'SamplingFrequency', decimal(group.samplesPerSecond));
  setValue(item, 'MultiplexGroupLabel', group.label);
  setValue(
    item,
    'ChannelDefinitionSequence',
    group.channels.map((channel) => channelItem(item, channel, recording.filters)),
  );
  setValue(item, 'WaveformBitsAllocated', 16);
  setValue(item, 'WaveformSampleInterpretation', 'SS');
  setValue(item, '5400100A', Uint8Array.of(0x00, 0x80), 'OW');
  setValue(item, '54001010', interleaved(group.channels, count), 'OW');
  return item;
}

function interleaved(channels: readonly EcgChannel[], count: number): Uint8Array {
  const out = Buffer.alloc(channels.length * count * 2);
  for (const [index, { samples }] of channels.entries()) {
    for (let at = 0; at < count; at += 1) {
      const value = samples[at] ?? gap;
      if (!isShort(value)) throw new EcgFormatError('a sample does not fit 16 bits');
      out.writeInt16LE(value, (at * channels.length + index) * 2);
    }
  }
  return out;
}

function channelItem(parent: Dataset, channel: Derived, filters: EcgRecording['filters']): Dataset {
  const item = createDataset(parent);
  const code = codeOfLead(channel.lead);
  setValue(item, 'ChannelLabel', channel.lead.slice(0, 16));
  setValue(item, 'ChannelSourceSequence', [
    code === null
      ? codeItem(item, 'UNSPEC', '99YUNYING', `Lead ${channel.lead}`)
      : codeItem(item, `2:${code}`, 'MDC', `Lead ${channel.lead}`),
  ]);
  if (channel.derivation !== undefined) setValue(item, 'ChannelDerivationDescription', channel.derivation);
  setValue(item, 'ChannelSensitivity', decimal(channel.microvoltsPerUnit));
  setValue(item, 'ChannelSensitivityUnitsSequence', [codeItem(item, 'uV', 'UCUM', 'microvolt')]);
  setValue(item, 'ChannelSensitivityCorrectionFactor', '1');
  setValue(item, 'ChannelBaseline', '0');
  setValue(item, 'ChannelSampleSkew', '0');
  setValue(item, 'WaveformBitsStored', 16);
  if (filters.highPass !== null) setValue(item, 'FilterLowFrequency', decimal(filters.highPass));
  if (filters.lowPass !== null) setValue(item, 'FilterHighFrequency', decimal(filters.lowPass));
  if (filters.notch !== null) setValue(item, 'NotchFilterFrequency', decimal(filters.notch));
  return item;
}

function codeItem(parent: Dataset, value: string, scheme: string, meaning: string): Dataset {
  const item = createDataset(parent);
  setValue(item, 'CodeValue', value);
  setValue(item, 'CodingSchemeDesignator', scheme);
  setValue(item, 'CodeMeaning', meaning);
  return item;
}

function annotations(parent: Dataset, recording: EcgRecording): Dataset[] {
  const notes = recording.statements.map((text): Dataset => {
    const item = createDataset(parent);
    setValue(item, 'UnformattedTextValue', text);
    setValue(item, 'ReferencedWaveformChannels', [1, 0]);
    setValue(item, 'AnnotationGroupNumber', 0);
    return item;
  });
  for (const { name, value, unit } of recording.measurements) {
    if (!/^-?\d{1,9}(\.\d{1,6})?$/.test(value)) continue;
    const item = createDataset(parent);
    setValue(item, 'ConceptNameCodeSequence', [
      codeItem(item, name.toUpperCase().slice(0, 16), '99YUNYING', name),
    ]);
    setValue(item, 'NumericValue', value);
    setValue(item, 'MeasurementUnitsCodeSequence', [codeItem(item, unit.slice(0, 16), 'UCUM', unit)]);
    setValue(item, 'ReferencedWaveformChannels', [1, 0]);
    setValue(item, 'AnnotationGroupNumber', 1);
    notes.push(item);
  }
  return notes;
}

/** DS: sixteen characters. */
function decimal(value: number): string {
  return String(Number(value.toPrecision(10))).slice(0, 16);
}
