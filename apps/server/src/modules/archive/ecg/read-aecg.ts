// HL7 v3 annotated ECG (aECG, the FDA's form) read into a recording: rhythm and representative beat, the device's filters,
// measurements and statements. The XML is parsed without entities of its own, within limits of size, depth and count.
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import {
  type EcgChannel,
  EcgFormatError,
  type EcgGroup,
  type EcgRecording,
  mostChannels,
  mostSamples,
} from './ecg-recording.ts';
import { leadOfMdc } from './lead-codes.ts';
import { clean } from './scp-bytes.ts';

const deepest = 64;
const mostElements = 200_000;
const mostNoted = 400;

export function isAecg(start: Uint8Array): boolean {
  const text = Buffer.from(start.buffer, start.byteOffset, Math.min(start.byteLength, 4096)).toString(
    'latin1',
  );
  return /^(?:\u00ef\u00bb\u00bf)?\s*<[?!A-Za-z]/.test(text) && /<(?:[\w-]+:)?AnnotatedECG[\s>]/.test(text);
}

export function readAecg(file: Buffer): EcgRecording {
  const reader = new Reader();
  const parser = new SaxesParser();
  const fail = (error: Error): never => {
    throw error instanceof EcgFormatError ? error : new EcgFormatError('the XML is not well formed');
  };
  parser.on('error', fail);
  parser.on('doctype', () => fail(new EcgFormatError('a DOCTYPE is not accepted')));
  parser.on('opentag', (tag) => reader.open(tag));
  parser.on('text', (text) => reader.text(text));
  parser.on('closetag', () => reader.close());
  parser.write(new TextDecoder('utf-8').decode(file)).close();
  return reader.finish();
}

type Sequence = {
  code: string;
  increment: number | null;
  unit: string;
  originUv: number;
  scaleUv: number;
  digits: string;
};
type Set = { label: EcgGroup['label']; sequences: Sequence[] };
type Noted = { code: string; value: string; unit: string };

const local = (name: string): string => name.slice(name.indexOf(':') + 1);

class Reader {
  readonly #path: string[] = [];
  readonly #codes: string[] = [];
  readonly #sets: Set[] = [];
  readonly #notes: Noted[] = [];
  readonly #filters: Noted[] = [];
  readonly #texts = new Map<string, string>();
  #elements = 0;
  #text = '';
  #sequence: Sequence | null = null;
  #patientId = '';
  #sex = '';
  #birth = '';
  #time = '';
  #isBeat = false;

  open(tag: SaxesTagPlain): void {
    const name = local(tag.name);
    this.#elements += 1;
    if (this.#elements > mostElements) throw new EcgFormatError('the XML has too many elements');
    if (this.#path.length >= deepest) throw new EcgFormatError('the XML is nested too deeply');
    const attribute = (key: string): string => {
      const value = tag.attributes[key];
      return typeof value === 'string' ? value : '';
    };
    if (this.#path.length === 0 && name !== 'AnnotatedECG') throw new EcgFormatError('not an AnnotatedECG');
    this.#path.push(name);
    this.#codes.push('');
    this.#text = '';
    this.#note(name, attribute);
  }

  #note(name: string, attribute: (key: string) => string): void {
    const parent = this.#path[this.#path.length - 2] ?? '';
    switch (name) {
      case 'code':
        this.#codes[this.#codes.length - 2] = attribute('code');
        if (parent === 'sequence' && this.#sequence !== null) this.#sequence.code = attribute('code');
        return;
      case 'derivation':
        this.#isBeat = true;
        return;
      case 'sequenceSet':
        this.#sets.push({ label: this.#isBeat ? 'MEDIAN BEAT' : 'RHYTHM', sequences: [] });
        if (this.#sets.length > 16) throw new EcgFormatError('too many sequence sets');
        return;
      case 'sequence':
        this.#sequence = { code: '', increment: null, unit: '', originUv: 0, scaleUv: 1, digits: '' };
        return;
      case 'increment':
        if (this.#sequence !== null)
          this.#sequence.increment = secondsOf(attribute('value'), attribute('unit'));
        return;
      case 'origin':
        if (this.#sequence !== null)
          this.#sequence.originUv = microvolts(attribute('value'), attribute('unit'));
        return;
      case 'scale':
        if (this.#sequence !== null)
          this.#sequence.scaleUv = microvolts(attribute('value'), attribute('unit'));
        return;
      case 'value':
        this.#noteValue(parent, attribute('value'), attribute('unit'));
        return;
      case 'administrativeGenderCode':
        this.#sex = attribute('code');
        return;
      case 'birthTime':
        this.#birth = attribute('value');
        return;
      case 'low':
        if (parent === 'effectiveTime' && this.#time === '') this.#time = attribute('value');
        return;
      case 'id':
        if (parent === 'trialSubject') this.#patientId = attribute('extension') || attribute('root');
    }
  }

  #noteValue(parent: string, value: string, unit: string): void {
    const code = this.#codes[this.#codes.length - 2] ?? '';
    if (value === '' || code === '') return;
    const list = parent === 'annotation' ? this.#notes : parent === 'controlVariable' ? this.#filters : null;
    if (list !== null && list.length < mostNoted) {
      // A filter's cutoff lies in a variable inside the one that names the filter.
      const outer = this.#codes.findLast((one, index) => one !== '' && index < this.#codes.length - 2);
      list.push({ code: parent === 'controlVariable' ? (outer ?? '') : code, value, unit });
    }
  }

  text(text: string): void {
    this.#text += text;
    if (this.#text.length > 64_000_000) throw new EcgFormatError('a text is too long');
  }

  close(): void {
    const name = this.#path.pop() ?? '';
    const code = this.#codes.pop() ?? '';
    const parent = this.#path[this.#path.length - 1] ?? '';
    const text = this.#text.trim();
    this.#text = '';
    if (name === 'derivation') this.#isBeat = false;
    if (name === 'digits' && this.#sequence !== null) this.#sequence.digits = text;
    if (name === 'sequence' && this.#sequence !== null) {
      this.#sets[this.#sets.length - 1]?.sequences.push(this.#sequence);
      this.#sequence = null;
    }
    if (name === 'value' && parent === 'annotation' && text !== '' && this.#notes.length < mostNoted) {
      const own = this.#codes[this.#codes.length - 1] ?? '';
      this.#notes.push({ code: own, value: clean(text), unit: 'text' });
    }
    if (text !== '' && code === '' && !this.#texts.has(`${parent}/${name}`))
      this.#texts.set(`${parent}/${name}`, clean(text));
  }

  finish(): EcgRecording {
    const text = (path: string) => this.#texts.get(path) ?? '';
    const groups = this.#sets.flatMap((set) => groupOf(set) ?? []);
    if (!groups.some(({ label }) => label === 'RHYTHM')) throw new EcgFormatError('no rhythm sequences');
    const filter = (name: string) => {
      const found = this.#filters.find(({ code }) => code.includes(name));
      const value = found === undefined ? Number.NaN : Number(found.value);
      return Number.isFinite(value) && value > 0 ? value : null;
    };
    const sexes: Record<string, 'M' | 'F' | 'O'> = { M: 'M', F: 'F', UN: 'O' };
    const when = /^(\d{8})(\d{6})?/.exec(this.#time);
    return {
      format: 'HL7 aECG',
      patient: {
        id: clean(text('subjectDemographicPerson/PatientID') || this.#patientId).slice(0, 64),
        name: text('subjectDemographicPerson/name'),
        birthDate: /^\d{8}/.exec(this.#birth)?.[0] ?? '',
        sex: sexes[this.#sex] ?? '',
      },
      date: when?.[1] ?? '',
      time: when?.[2] ?? '',
      institution: text('location/name'),
      device: {
        manufacturer: text('manufacturerOrganization/name'),
        model: text('manufacturedSeriesDevice/manufacturerModelName'),
        serialNumber: text('manufacturedSeriesDevice/SerialNumber'),
        software: text('manufacturedSeriesDevice/softwareName'),
      },
      filters: { highPass: filter('HIGH_PASS'), lowPass: filter('LOW_PASS'), notch: filter('NOTCH') },
      groups,
      measurements: this.#notes.flatMap(({ code, value, unit }) => {
        const name = measurementNames[code];
        return name === undefined || unit === 'text' || !(Number(value) !== 0) ? [] : [{ name, value, unit }];
      }),
      statements: this.#notes
        .filter(({ code, unit }) => unit === 'text' && code.startsWith('MDC_ECG_INTERPRETATION'))
        .map(({ value }) => value)
        .slice(0, 32),
    };
  }
}

const measurementNames: Record<string, string> = {
  MDC_ECG_HEART_RATE: 'Heart Rate',
  MDC_ECG_TIME_PD_PR: 'PR Interval',
  MDC_ECG_TIME_PD_RR: 'RR Interval',
  MDC_ECG_TIME_PD_QRS: 'QRS Duration',
  MDC_ECG_TIME_PD_QT: 'QT Interval',
  MDC_ECG_TIME_PD_QTc: 'QTc Interval',
  MDC_ECG_TIME_PD_QTC: 'QTc Interval',
  MDC_ECG_TIME_PD_P: 'P Duration',
  MDC_ECG_ANGLE_P_FRONT: 'P Axis',
  MDC_ECG_ANGLE_QRS_FRONT: 'QRS Axis',
  MDC_ECG_ANGLE_T_FRONT: 'T Axis',
};

function groupOf(set: Set): EcgGroup | null {
  const clock = set.sequences.find((one) => one.increment !== null);
  const leads = set.sequences.flatMap((one) => {
    const lead = leadOfMdc(one.code);
    return lead === null ? [] : [{ lead, sequence: one }];
  });
  if (leads.length === 0) return null;
  if (clock?.increment == null || !(clock.increment > 0))
    throw new EcgFormatError('a sequence set has no clock');
  if (leads.length > mostChannels) throw new EcgFormatError('too many leads');
  let total = 0;
  const channels = leads.map(({ lead, sequence }): EcgChannel => {
    const samples = numbersOf(sequence.digits);
    total += samples.length;
    if (total > mostSamples) throw new EcgFormatError('too many samples');
    if (!(sequence.scaleUv > 0)) throw new EcgFormatError('a lead has no scale');
    const shift = Math.round(sequence.originUv / sequence.scaleUv);
    if (shift !== 0) for (let at = 0; at < samples.length; at += 1) samples[at] = (samples[at] ?? 0) + shift;
    return { lead, microvoltsPerUnit: sequence.scaleUv, samples };
  });
  return { label: set.label, samplesPerSecond: rounded(1 / clock.increment), channels };
}

function numbersOf(text: string): Int32Array {
  const words = text.split(/\s+/);
  return Int32Array.from(words, (word) => {
    const value = Number(word);
    if (word === '' || !Number.isInteger(value)) throw new EcgFormatError('a sample is not a whole number');
    return value;
  });
}

function rounded(rate: number): number {
  return Math.abs(rate - Math.round(rate)) < 1e-6 ? Math.round(rate) : rate;
}

function secondsOf(value: string, unit: string): number | null {
  const factor = { s: 1, ms: 0.001, us: 0.000_001 }[unit];
  const number = Number(value);
  return factor === undefined || !Number.isFinite(number) ? null : number * factor;
}

function microvolts(value: string, unit: string): number {
  const factor = { uV: 1, mV: 1000, V: 1_000_000, nV: 0.001 }[unit];
  if (factor === undefined) throw new EcgFormatError('a lead is not in volts');
  return Number(value) * factor;
}
