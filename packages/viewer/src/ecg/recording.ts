// Traces as the server sends them (packages/api waveform.ts), in physical units. What the bytes say is checked before
// it is believed: an answer that was cut short is an error, not a flat line.
import type { WaveformGroup, WaveformHead } from '@yunying/api';

export type Lead = {
  label: string;
  unit: string;
  /** NaN where the recorder had nothing. */
  samples: Float32Array;
  /** When the first sample was taken, on the group's clock: skew is in it. */
  startSeconds: number;
  derivation: string | null;
};

export type Group = {
  label: string;
  samplesPerSecond: number;
  /** Of the whole recording. */
  totalSeconds: number;
  fromSeconds: number;
  seconds: number;
  leads: Lead[];
  /** The recorder's own, when all channels agree. */
  highPass: number | null;
  lowPass: number | null;
  notch: number | null;
};

export type Recording = Omit<WaveformHead, 'groups'> & { groups: Group[] };

export function readRecording(bytes: ArrayBuffer): Recording {
  const headBytes = bytes.byteLength < 4 ? 0 : new DataView(bytes).getUint32(0, true);
  if (headBytes === 0 || 4 + headBytes > bytes.byteLength) throw new Error('the traces are cut short');
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, headBytes))) as WaveformHead; // our own server's
  let at = 4 + headBytes;
  const groups = head.groups.map((group) => {
    const length = group.channels.length * group.sentCount;
    if (at + length * group.bytesPerSample > bytes.byteLength) throw new Error('the traces are cut short');
    const stored =
      group.bytesPerSample === 2 ? new Int16Array(bytes, at, length) : new Int32Array(bytes, at, length);
    at += (length * group.bytesPerSample + 3) & ~3;
    return readGroup(group, stored);
  });
  return { ...head, groups };
}

function readGroup(group: WaveformGroup, stored: Int16Array | Int32Array): Group {
  const { sentCount, samplesPerSecond, firstSample } = group;
  const leads = group.channels.map((channel, index): Lead => {
    const samples = new Float32Array(sentCount);
    const { factor, baseline, padding } = channel;
    for (let at = 0; at < sentCount; at += 1) {
      const value = stored[index * sentCount + at] ?? 0;
      samples[at] = value === padding ? Number.NaN : value * factor + baseline;
    }
    return {
      label: channel.label,
      unit: channel.unit,
      samples,
      startSeconds: firstSample / samplesPerSecond + channel.skewSeconds,
      derivation: channel.derivation,
    };
  });
  const same = (key: 'highPass' | 'lowPass' | 'notch') => {
    const [first] = group.channels;
    const value = first?.[key] || null; // 0: none
    return group.channels.every((channel) => (channel[key] || null) === value) ? value : null;
  };
  return {
    label: group.label,
    samplesPerSecond,
    totalSeconds: group.sampleCount / samplesPerSecond,
    fromSeconds: firstSample / samplesPerSecond,
    seconds: sentCount / samplesPerSecond,
    leads: inLeadOrder(leads),
    highPass: same('highPass'),
    lowPass: same('lowPass'),
    notch: same('notch'),
  };
}

const order = ['I', 'II', 'III', 'AVR', 'AVL', 'AVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'];

/** As on paper; what is none of the twelve keeps its place behind them. */
function inLeadOrder(leads: Lead[]): Lead[] {
  const rank = (lead: Lead) => {
    const at = order.indexOf(lead.label.toUpperCase());
    return at < 0 ? order.length : at;
  };
  return [...leads].sort((a, b) => rank(a) - rank(b));
}

export function twelveOf(leads: readonly Lead[]): Lead[] | null {
  const twelve = order.flatMap(
    (name) => leads.find((lead) => lead.unit === 'mV' && lead.label.toUpperCase() === name) ?? [],
  );
  return twelve.length === order.length ? twelve : null;
}

export async function fetchRecording(url: string, from: number, signal: AbortSignal): Promise<Recording> {
  const response = await fetch(`${url}?from=${from}&seconds=${stretchSeconds}`, {
    credentials: 'same-origin',
    signal,
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return readRecording(await response.arrayBuffer());
}

/** Longer recordings are read piece by piece. */
export const stretchSeconds = 120;
