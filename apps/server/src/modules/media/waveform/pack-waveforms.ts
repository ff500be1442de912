// A waveform object as the viewer reads it (packages/api waveform.ts): the head in JSON, the stored integers behind it,
// channel after channel. Nothing is scaled or rounded on the way; long recordings are cut to the stretch asked for.
import type { WaveformGroup, WaveformHead } from '@yunying/api';
import { type Dataset, getSequence, getString } from '@yunying/dicom';
import { AppError } from '../../../errors.ts';
import { measurementsOf, statementsOf } from './annotations.ts';
import { openGroup, type RawGroup } from './multiplex-group.ts';

export type Stretch = { fromSeconds: number; seconds: number | null };

/** Of one answer, over all channels: what a phone can take. */
const mostSentSamples = 4_000_000;

export function packWaveforms(dataset: Dataset, stretch: Stretch): Uint8Array {
  const modality = getString(dataset, 'Modality') ?? '';
  const raw = getSequence(dataset, '54000100').flatMap((item) => openGroup(item) ?? []);
  if (raw.length === 0 || modality === 'AU')
    throw new AppError('media.no_content', { reason: 'no Waveform Sequence (5400,0100) to draw' });
  const limit = Math.floor(mostSentSamples / raw.length);
  const groups = raw.map((group) => ({ raw: group, head: describeGroup(group, stretch, limit) }));
  const device = [getString(dataset, 'Manufacturer'), getString(dataset, 'ManufacturerModelName')]
    .filter((part) => part !== null)
    .join(' ')
    .slice(0, 80);
  const head: WaveformHead = {
    modality,
    acquiredAt: acquiredAt(dataset),
    device: device === '' ? null : device,
    measurements: measurementsOf(dataset),
    statements: statementsOf(dataset),
    groups: groups.map((group) => group.head),
  };
  return join(
    head,
    groups.map((group) => planar(group.raw, group.head)),
  );
}

function acquiredAt(dataset: Dataset): string | null {
  const date = getString(dataset, 'ContentDate') ?? getString(dataset, 'StudyDate') ?? '';
  const time = getString(dataset, 'ContentTime') ?? getString(dataset, 'StudyTime') ?? '';
  const text = getString(dataset, 'AcquisitionDateTime') ?? `${date}${time}`;
  const parts = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?/.exec(text);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second] = parts;
  const clock = hour === undefined ? '' : ` ${hour}:${minute}${second === undefined ? '' : `:${second}`}`;
  return `${year}-${month}-${day}${clock}`;
}

function describeGroup(group: RawGroup, stretch: Stretch, limit: number): WaveformGroup {
  const { label, samplesPerSecond, sampleCount, raw, channels } = group;
  const firstSample = Math.min(sampleCount, Math.floor(stretch.fromSeconds * samplesPerSecond));
  const asked = stretch.seconds === null ? sampleCount : Math.ceil(stretch.seconds * samplesPerSecond);
  const most = Math.floor(limit / channels.length);
  const isNarrow = raw instanceof Int16Array || raw.BYTES_PER_ELEMENT === 1;
  return {
    label,
    samplesPerSecond,
    sampleCount,
    firstSample,
    sentCount: Math.min(asked, most, sampleCount - firstSample),
    bytesPerSample: isNarrow ? 2 : 4,
    channels,
  };
}

function planar({ raw, channels }: RawGroup, head: WaveformGroup): Uint8Array {
  const { firstSample, sentCount, bytesPerSample } = head;
  const length = channels.length * sentCount;
  const out = bytesPerSample === 2 ? new Int16Array(length) : new Int32Array(length);
  for (let channel = 0; channel < channels.length; channel += 1) {
    let from = firstSample * channels.length + channel;
    for (let at = channel * sentCount; at < (channel + 1) * sentCount; at += 1) {
      out[at] = raw[from] ?? 0;
      from += channels.length;
    }
  }
  return new Uint8Array(out.buffer);
}

function join(head: WaveformHead, parts: readonly Uint8Array[]): Uint8Array {
  const text = Buffer.from(JSON.stringify(head), 'utf8');
  const headBytes = (text.length + 3) & ~3;
  // Every part begins on four bytes, so that it can be read in place.
  const starts: number[] = [];
  let end = 4 + headBytes;
  for (const part of parts) {
    starts.push(end);
    end += (part.length + 3) & ~3;
  }
  const out = Buffer.alloc(end, 0);
  out.writeUInt32LE(headBytes, 0);
  out.fill(0x20, 4, 4 + headBytes);
  text.copy(out, 4);
  for (const [index, part] of parts.entries()) out.set(part, starts[index] ?? 0);
  return out;
}
