// SCP-ECG (EN 1064) read into a recording: header (section 1), leads (3), reference beat (4, 5), rhythm (6), measurements
// (7), statements (8). Rhythm data that were cut thinner between beats (bimodal compression) are refused with that reason.
import {
  type EcgChannel,
  EcgFormatError,
  type EcgGroup,
  type EcgMeasurement,
  type EcgRecording,
  gap,
  mostChannels,
  mostSamples,
} from './ecg-recording.ts';
import { leadOfCode } from './lead-codes.ts';
import { Cursor, readSections, type Section, scpText } from './scp-bytes.ts';
import { decodeSamples, readTables } from './scp-samples.ts';

type LeadPlace = { lead: string; start: number; end: number };
type Beats = {
  /** Of the reference beat. */ milliseconds: number;
  fiducial: number;
  marks: { type: number; start: number; peak: number; end: number }[];
};

export function readScp(file: Buffer): EcgRecording {
  const sections = readSections(file);
  const places = readLeads(sections.get(3));
  const tables = readTables(sections.get(2));
  const reference = readBlock(sections.get(5), places.leads.length);
  const rhythm = readBlock(sections.get(6), places.leads.length);
  if (rhythm === null) throw new EcgFormatError('no rhythm data (section 6)');
  if (rhythm.isBimodal)
    throw new EcgFormatError('bimodal compression of the rhythm data (section 6) is not supported');
  const beats = readBeats(sections.get(4));
  const beat = reference === null ? null : decodeBeat(reference, beats, tables);
  const channels = places.leads.map((place, index) => {
    const count = place.end - place.start + 1;
    const samples = decodeSamples(rhythm.parts[index] ?? Buffer.alloc(0), count, rhythm.differences, tables);
    if (places.isSubtracted) addBeats(samples, beat?.[index], beats, place.start);
    return { place, samples };
  });
  const groups: EcgGroup[] = [
    {
      label: 'RHYTHM',
      samplesPerSecond: rhythm.samplesPerSecond,
      channels: channels.map(({ place, samples }) => placed(place, samples, places.leads, rhythm.nanovolts)),
    },
  ];
  if (reference !== null && beat !== null)
    groups.push({
      label: 'MEDIAN BEAT',
      samplesPerSecond: reference.samplesPerSecond,
      channels: places.leads.map(
        ({ lead }, index): EcgChannel => ({
          lead,
          microvoltsPerUnit: reference.nanovolts / 1000,
          samples: beat[index] ?? new Int32Array(0),
        }),
      ),
    });
  return {
    format: 'SCP-ECG',
    ...readHeader(sections.get(1)),
    groups,
    measurements: readMeasurements(sections.get(7)),
    statements: readStatements(sections.get(8)),
  };
}

function readLeads(section: Section | undefined): { leads: LeadPlace[]; isSubtracted: boolean } {
  if (section === undefined) throw new EcgFormatError('no lead definitions (section 3)');
  const cursor = new Cursor(section);
  const count = cursor.u8();
  const flags = cursor.u8();
  if (count === 0 || count > mostChannels) throw new EcgFormatError(`section 3 has ${count} leads`);
  const leads = Array.from({ length: count }, (): LeadPlace => {
    const start = cursor.u32();
    const end = cursor.u32();
    const lead = leadOfCode(cursor.u8());
    if (start === 0 || end < start) throw new EcgFormatError('a lead of section 3 has no samples');
    return { lead, start, end };
  });
  const most = Math.max(...leads.map(({ end }) => end));
  if (most * count > mostSamples) throw new EcgFormatError('section 3 has too many samples');
  return { leads, isSubtracted: (flags & 1) === 1 };
}

type Block = {
  nanovolts: number;
  samplesPerSecond: number;
  differences: number;
  isBimodal: boolean;
  parts: Buffer[];
};

function readBlock(section: Section | undefined, leads: number): Block | null {
  if (section === undefined) return null;
  const cursor = new Cursor(section);
  const nanovolts = cursor.u16();
  const microseconds = cursor.u16();
  const differences = cursor.u8();
  const isBimodal = cursor.u8() === 1 && section.id === 6;
  if (nanovolts === 0 || microseconds === 0 || differences > 2)
    throw new EcgFormatError(`section ${section.id} has an impossible scale`);
  const lengths = Array.from({ length: leads }, () => cursor.u16());
  const parts = lengths.map((length) => cursor.take(length));
  return { nanovolts, samplesPerSecond: 1_000_000 / microseconds, differences, isBimodal, parts };
}

function decodeBeat(
  block: Block,
  beats: Beats | null,
  tables: ReturnType<typeof readTables>,
): Int32Array[] | null {
  if (beats === null) return null;
  const count = Math.round((beats.milliseconds * block.samplesPerSecond) / 1000);
  if (count === 0 || count > 100_000) return null;
  return block.parts.map((part) => decodeSamples(part, count, block.differences, tables));
}

function readBeats(section: Section | undefined): Beats | null {
  if (section === undefined) return null;
  const cursor = new Cursor(section);
  const milliseconds = cursor.u16();
  const fiducial = cursor.u16();
  const count = cursor.u16();
  const marks = Array.from({ length: count }, () => ({
    type: cursor.u16(),
    start: cursor.u32(),
    peak: cursor.u32(),
    end: cursor.u32(),
  }));
  return { milliseconds, fiducial, marks };
}

/** What was subtracted of every beat of type 0 is put back, its fiducial point on the beat's. */
function addBeats(
  samples: Int32Array,
  beat: Int32Array | undefined,
  beats: Beats | null,
  firstSample: number,
): void {
  if (beat === undefined || beats === null)
    throw new EcgFormatError('no reference beat (sections 4 and 5), which was subtracted');
  for (const { type, start, peak, end } of beats.marks) {
    if (type !== 0) continue;
    for (let at = Math.max(start, firstSample); at <= end && at - firstSample < samples.length; at += 1) {
      const own = beat[at - peak + beats.fiducial - 1];
      if (own !== undefined) samples[at - firstSample] = (samples[at - firstSample] ?? 0) + own;
    }
  }
}

/** Leads that begin later or end earlier have gaps there. */
function placed(
  place: LeadPlace,
  samples: Int32Array,
  leads: readonly LeadPlace[],
  nanovolts: number,
): EcgChannel {
  const first = Math.min(...leads.map(({ start }) => start));
  const last = Math.max(...leads.map(({ end }) => end));
  const microvoltsPerUnit = nanovolts / 1000;
  if (place.start === first && place.end === last) return { lead: place.lead, microvoltsPerUnit, samples };
  const whole = new Int32Array(last - first + 1).fill(gap);
  whole.set(samples, place.start - first);
  return { lead: place.lead, microvoltsPerUnit, samples: whole };
}

type Header = Pick<EcgRecording, 'patient' | 'date' | 'time' | 'institution' | 'device' | 'filters'>;

/** Section 1 is a list of tags (clause 5.4). */
function readHeader(section: Section | undefined): Header {
  const fields = new Map<number, Buffer>();
  if (section !== undefined) {
    const cursor = new Cursor(section);
    while (cursor.left >= 3) {
      const tag = cursor.u8();
      if (tag === 255) break;
      fields.set(tag, cursor.take(cursor.u16()));
    }
  }
  const text = (tag: number) => scpText(fields.get(tag) ?? new Uint8Array(0));
  const number = (tag: number) => {
    const bytes = fields.get(tag);
    return bytes === undefined || bytes.length < 2 ? 0 : bytes.readUInt16LE(0);
  };
  const sex = fields.get(8)?.[0] ?? 0;
  const highPass = number(27) / 100;
  const lowPass = number(28);
  const bits = fields.get(29)?.[0] ?? 0;
  return {
    patient: {
      id: text(2),
      name: [text(0), text(1)].filter((part) => part !== '').join('^'),
      birthDate: dateOf(fields.get(5)),
      sex: sex === 1 ? 'M' : sex === 2 ? 'F' : sex === 9 ? 'O' : '',
    },
    date: dateOf(fields.get(25)),
    time: timeOf(fields.get(26)),
    institution: text(16),
    device: readDevice(fields.get(14)),
    filters: {
      highPass: highPass > 0 ? highPass : null,
      lowPass: lowPass > 0 ? lowPass : null,
      notch: (bits & 2) !== 0 ? 50 : (bits & 1) !== 0 ? 60 : null,
    },
  };
}

function dateOf(bytes: Buffer | undefined): string {
  if (bytes === undefined || bytes.length < 4) return '';
  const [year, month, day] = [bytes.readUInt16LE(0), bytes.readUInt8(2), bytes.readUInt8(3)];
  if (year < 1800 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31) return '';
  return `${year}${String(month).padStart(2, '0')}${String(day).padStart(2, '0')}`;
}

function timeOf(bytes: Buffer | undefined): string {
  if (bytes === undefined || bytes.length < 3) return '';
  const parts = [bytes.readUInt8(0), bytes.readUInt8(1), bytes.readUInt8(2)];
  const isTime = (parts[0] ?? 99) < 24 && (parts[1] ?? 99) < 60 && (parts[2] ?? 99) < 60;
  return isTime ? parts.map((part) => String(part).padStart(2, '0')).join('') : '';
}

/** Tag 14: numbers, the model, and five texts one after the other. */
function readDevice(bytes: Buffer | undefined): EcgRecording['device'] {
  if (bytes === undefined || bytes.length < 36)
    return { manufacturer: '', model: '', serialNumber: '', software: '' };
  const texts: string[] = [];
  for (let at = 35, end = 0; at < bytes.length && texts.length < 6; at = end + 1) {
    end = bytes.indexOf(0, at);
    if (end < 0) end = bytes.length;
    texts.push(scpText(bytes.subarray(at, end)));
  }
  return {
    manufacturer: texts[4] ?? '',
    model: scpText(bytes.subarray(8, 14)),
    serialNumber: texts[1] ?? '',
    software: texts[2] ?? '',
  };
}

const notMeasured = new Set([29_999, 29_998, 19_999]);

/** Of the first reference beat (clause 5.10). */
function readMeasurements(section: Section | undefined): EcgMeasurement[] {
  if (section === undefined || section.bytes.length < 6) return [];
  const cursor = new Cursor(section);
  const beats = cursor.u8();
  cursor.u8(); // pacemaker spikes
  const found: EcgMeasurement[] = [];
  const add = (name: string, value: number, unit: string) => {
    if (value > -180 && value !== 0 && value < 10_000) found.push({ name, value: String(value), unit });
  };
  const interval = cursor.u16();
  if (!notMeasured.has(interval)) add('RR Interval', interval, 'ms');
  cursor.u16(); // PP
  if (beats === 0 || beats > 254 || cursor.left < 16) return found;
  const [pOn, pOff, qrsOn, qrsOff, tOff] = [
    cursor.u16(),
    cursor.u16(),
    cursor.u16(),
    cursor.u16(),
    cursor.u16(),
  ];
  const between = (name: string, from: number, to: number) => {
    if (!notMeasured.has(from) && !notMeasured.has(to) && to > from) add(name, to - from, 'ms');
  };
  between('P Duration', pOn, pOff);
  between('PR Interval', pOn, qrsOn);
  between('QRS Duration', qrsOn, qrsOff);
  between('QT Interval', qrsOn, tOff);
  for (const name of ['P Axis', 'QRS Axis', 'T Axis']) {
    const angle = cursor.i16();
    if (!notMeasured.has(angle) && Math.abs(angle) <= 180) add(name, angle, 'deg');
  }
  return found;
}

function readStatements(section: Section | undefined): string[] {
  if (section === undefined || section.bytes.length < 9) return [];
  const cursor = new Cursor(section);
  cursor.take(8); // confirmation and its time
  const count = Math.min(cursor.u8(), 64);
  const found: string[] = [];
  for (let index = 0; index < count && cursor.left >= 3; index += 1) {
    cursor.u8();
    const text = scpText(cursor.take(cursor.u16()));
    if (text !== '') found.push(text);
  }
  return found;
}
