// What the viewer is sent, against what DCMTK (dcmdump +L) prints of the same objects.
import type { WaveformHead } from '@yunying/api';
import { createDataset, parseDicom } from '@yunying/dicom';
import { describe, expect, it } from 'vitest';
import { isAppError } from '../../../errors.ts';
import { corpusAbsent, corpusFile } from '../../archive/testing/rig.ts';
import { packWaveforms } from './pack-waveforms.ts';

function unpack(bytes: Uint8Array): { head: WaveformHead; first: number[][] } {
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer; // of Buffer.alloc
  const headBytes = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, headBytes))) as WaveformHead; // as packed
  let at = 4 + headBytes;
  const first = head.groups.map((group) => {
    const samples = new Int16Array(buffer, at, group.channels.length * group.sentCount);
    at += (samples.byteLength + 3) & ~3;
    return group.channels.map((_, channel) => samples[channel * group.sentCount] ?? Number.NaN);
  });
  expect(at).toBe(buffer.byteLength);
  return { head, first };
}

describe.skipIf(corpusAbsent)('packed traces (needs the corpus of real files)', () => {
  it('of a 12-lead ECG are the stored samples, with the scale in millivolts', () => {
    const { dataset } = parseDicom(corpusFile('ecg/waveform_ecg.dcm'));
    const { head, first } = unpack(packWaveforms(dataset, { fromSeconds: 0, seconds: null }));
    expect(head.groups.map((group) => [group.sampleCount, group.samplesPerSecond])).toEqual([
      [10000, 1000],
      [1200, 1000],
    ]);
    // dcmdump: 0050\005a\000a\ffab\0023\0032\0028\000f\fff6\ffec\ffc9\ffd8 and 000a\0050\0046\ffd3…
    expect(first[0]).toEqual([80, 90, 10, -85, 35, 50, 40, 15, -10, -20, -55, -40]);
    expect(first[1]?.slice(0, 4)).toEqual([10, 80, 70, -45]);
    const [lead] = head.groups[0]?.channels ?? [];
    expect(lead?.label).toBe('I');
    expect(lead?.unit).toBe('mV');
    expect(lead?.factor).toBeCloseTo(0.00125, 9); // 1.25 uV
    expect(head.measurements).toContainEqual({ name: 'RR Interval', value: '982', unit: 'ms' });
    expect(head.statements).toContain('RITMO SINUSALE');
  });

  it('of a deflated haemodynamic recording keep padding and filters', () => {
    const { dataset } = parseDicom(corpusFile('ecg/hemodynamic_wave_deflated.dcm'));
    const { head, first } = unpack(packWaveforms(dataset, { fromSeconds: 0, seconds: null }));
    const [group] = head.groups;
    expect(group?.sampleCount).toBe(2400);
    expect(first[0]?.slice(0, 4)).toEqual([0xba, 0x30, 0xff76 - 65536, 0xff8b - 65536]);
    expect(group?.channels[0]).toMatchObject({
      padding: -32768,
      highPass: 0.05,
      lowPass: 100,
      factor: 0.00122,
    });
  });

  it('are cut to the stretch asked for', () => {
    const { dataset } = parseDicom(corpusFile('ecg/waveform_ecg.dcm'));
    const { head } = unpack(packWaveforms(dataset, { fromSeconds: 2, seconds: 3 }));
    expect(head.groups[0]).toMatchObject({ firstSample: 2000, sentCount: 3000, sampleCount: 10000 });
    expect(head.groups[1]).toMatchObject({ firstSample: 1200, sentCount: 0 });
  });
});

describe('packed traces', () => {
  it('of an object without any are refused', () => {
    expect(() => packWaveforms(createDataset(), { fromSeconds: 0, seconds: null })).toThrow(
      expect.toSatisfy((error) => isAppError(error, 'media.no_content')),
    );
  });
});
