// Real files of both formats brought in, and what is hostile refused.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getElement, getNumber, getSequence, getString, parseDicom } from '@yunying/dicom';
import { describe, expect, it } from 'vitest';
import { corpusAbsent, corpusFile } from '../testing/rig.ts';
import { convertEcg, ecgAsObject } from './foreign-ecg.ts';
import { checksum } from './scp-bytes.ts';

const scpFile = () => corpusFile('../ecg-other/scp/Example.scp');
const aecgFile = () => corpusFile('../ecg-other/aecg/hl7aecg_example.xml');

function objectOf(file: Buffer) {
  const bytes = convertEcg(file);
  if (bytes === null) throw new Error('not known');
  return { bytes, ...parseDicom(bytes) };
}

/** With a checksum that is right, so that what lies behind it is tested. */
function sealed(file: Buffer): Buffer {
  file.writeUInt16LE(checksum(file.subarray(2, file.readUInt32LE(2))), 0);
  return file;
}

describe.skipIf(corpusAbsent)('SCP-ECG (needs the corpus of real files)', () => {
  it('becomes a 12-lead object with the samples and their scale', () => {
    const { dataset } = objectOf(scpFile());
    expect(getString(dataset, 'SOPClassUID')).toBe('1.2.840.10008.5.1.4.1.1.9.1.1');
    const [rhythm, beat] = getSequence(dataset, 'WaveformSequence');
    if (rhythm === undefined || beat === undefined) throw new Error('no groups');
    expect(getNumber(rhythm, 'SamplingFrequency')).toBe(500);
    expect(getNumber(rhythm, 'NumberOfWaveformSamples')).toBe(5000);
    expect(getNumber(rhythm, 'NumberOfWaveformChannels')).toBe(12);
    expect(getNumber(beat, 'NumberOfWaveformSamples')).toBe(599);
    const channels = getSequence(rhythm, 'ChannelDefinitionSequence');
    expect(channels.map((one) => getString(one, 'ChannelLabel'))).toContain('aVF');
    expect(channels.map((one) => getNumber(one, 'ChannelSensitivity'))).toEqual(Array(12).fill(2.5));
    const data = getElement(rhythm, '54001010');
    if (data?.kind !== 'value') throw new Error('no samples');
    // Einthoven's law holds for what was recorded: decoded rightly to the last sample.
    const view = Buffer.from(data.value);
    const names = channels.map((one) => getString(one, 'ChannelLabel'));
    const at = (lead: string, sample: number) => view.readInt16LE((sample * 12 + names.indexOf(lead)) * 2);
    for (let sample = 0; sample < 5000; sample += 1)
      expect(Math.abs(at('I', sample) + at('III', sample) - at('II', sample))).toBeLessThanOrEqual(3);
  });

  it('brought in twice is the same object, and the file lies in it', () => {
    const file = scpFile();
    const { bytes, dataset } = objectOf(file);
    expect(Buffer.from(bytes).equals(objectOf(file).bytes)).toBe(true);
    const kept = getElement(dataset, '00991003');
    expect(kept?.kind === 'value' && Buffer.from(kept.value).subarray(0, file.length).equals(file)).toBe(
      true,
    );
  });

  it('that is damaged, cut or false in its numbers is refused, never half taken', () => {
    const flipped = Buffer.from(scpFile());
    flipped[20_000] = (flipped[20_000] ?? 0) ^ 1;
    expect(() => convertEcg(flipped)).toThrow('checksum');
    expect(() => convertEcg(scpFile().subarray(0, 9000))).toThrow('is cut');
    for (let round = 0; round < 400; round += 1) {
      const mutated = Buffer.from(scpFile());
      for (let change = 0; change < 6; change += 1)
        mutated[6 + ((round * 7919 + change * 104_729) % 4000)] = (round * 31 + change * 17) & 0xff;
      try {
        convertEcg(sealed(mutated));
      } catch (error) {
        expect(error).toHaveProperty('code');
      }
    }
  });
});

describe.skipIf(corpusAbsent)('HL7 aECG (needs the corpus of real files)', () => {
  it('becomes an object with rhythm and representative beat', () => {
    const { dataset } = objectOf(aecgFile());
    const [rhythm, beat] = getSequence(dataset, 'WaveformSequence');
    if (rhythm === undefined || beat === undefined) throw new Error('no groups');
    expect(getNumber(rhythm, 'SamplingFrequency')).toBe(100);
    expect(getNumber(rhythm, 'NumberOfWaveformSamples')).toBe(1000);
    expect(getString(beat, 'MultiplexGroupLabel')).toBe('MEDIAN BEAT');
    const [lead] = getSequence(rhythm, 'ChannelDefinitionSequence');
    if (lead === undefined) throw new Error('no lead');
    expect(getNumber(lead, 'ChannelSensitivity')).toBe(5);
    expect(getNumber(lead, 'FilterHighFrequency')).toBe(35);
    expect(getNumber(lead, 'FilterLowFrequency')).toBe(0.56);
    expect(getNumber(lead, 'NotchFilterFrequency')).toBe(50);
    const data = getElement(rhythm, '54001010');
    expect(data?.kind === 'value' && Buffer.from(data.value).readInt16LE(0)).toBe(-42);
    const notes = getSequence(dataset, 'WaveformAnnotationSequence');
    expect(notes.map((one) => getString(one, 'NumericValue'))).toContain('418');
    expect(notes.map((one) => getString(one, 'UnformattedTextValue'))).toContain('ECG limite');
  });

  it('with a DOCTYPE, or too deep, or without a clock is refused', () => {
    const refused = (text: string, reason: string) =>
      expect(() => convertEcg(Buffer.from(text))).toThrow(reason);
    refused('<!DOCTYPE a [<!ENTITY b "c">]><AnnotatedECG>&b;</AnnotatedECG>', 'DOCTYPE');
    refused(`<AnnotatedECG>${'<a>'.repeat(100)}`, 'too deeply');
    refused('<AnnotatedECG><a></AnnotatedECG>', 'well formed');
    refused('<AnnotatedECG></AnnotatedECG>', 'no rhythm');
  });
});

describe('other files', () => {
  it('pass untouched', async () => {
    const source = readFileSync(join(import.meta.dirname, 'foreign-ecg.ts'));
    async function* chunks() {
      for (let at = 0; at < source.length; at += 100) yield source.subarray(at, at + 100);
    }
    const out: Uint8Array[] = [];
    for await (const chunk of ecgAsObject(chunks())) out.push(chunk);
    expect(Buffer.concat(out).equals(source)).toBe(true);
  });
});
