// Filters of the ECG view: forwards and backwards over the samples, so that nothing moves in time (an ST segment keeps its
// place). Butterworth of second order each way; the cutoff is corrected so that the two passes together are 3 dB down at
// the frequency that stands on the paper. Gaps (NaN) are left alone; each run between them is filtered by itself.

export type FilterChoice = { highPass: number | null; lowPass: number | null; notch: number | null };

type Biquad = { b0: number; b1: number; b2: number; a1: number; a2: number };

/** (√2 − 1)^(1/4): two passes of a second order are 3 dB down there. */
const twoPasses = (Math.SQRT2 - 1) ** 0.25;

export function applyFilters(
  samples: Float32Array,
  samplesPerSecond: number,
  choice: FilterChoice,
): Float32Array {
  const sections: { biquad: Biquad; settleSeconds: number }[] = [];
  const nyquist = samplesPerSecond / 2;
  if (choice.highPass !== null && choice.highPass < nyquist)
    sections.push({
      biquad: highPass(choice.highPass, samplesPerSecond),
      settleSeconds: 1.5 / choice.highPass,
    });
  if (choice.lowPass !== null && choice.lowPass < nyquist)
    sections.push({ biquad: lowPass(choice.lowPass, samplesPerSecond), settleSeconds: 3 / choice.lowPass });
  if (choice.notch !== null && choice.notch < nyquist)
    sections.push({ biquad: notch(choice.notch, samplesPerSecond), settleSeconds: 1 });
  if (sections.length === 0) return samples;
  const out = Float32Array.from(samples);
  for (const [from, to] of runsOf(samples)) {
    let run = Float64Array.from(samples.subarray(from, to));
    for (const { biquad, settleSeconds } of sections)
      run = bothWays(run, biquad, Math.ceil(settleSeconds * samplesPerSecond));
    out.set(run, from);
  }
  return out;
}

/** Where a low pass at or above half the sampling rate does nothing, it is not offered as if it did. */
export function isEffective(frequency: number | null, samplesPerSecond: number): boolean {
  return frequency !== null && frequency < samplesPerSecond / 2;
}

export function* runsOf(samples: Float32Array): Generator<[number, number]> {
  let from = -1;
  for (let at = 0; at <= samples.length; at += 1) {
    const isGap = at === samples.length || Number.isNaN(samples[at]);
    if (!isGap && from < 0) from = at;
    if (isGap && from >= 0) {
      yield [from, at];
      from = -1;
    }
  }
}

/** tan(π f / fs) of a cutoff that two passes bring to 3 dB. */
function warped(frequency: number, samplesPerSecond: number): number {
  return Math.tan((Math.PI * frequency) / samplesPerSecond);
}

function lowPass(frequency: number, samplesPerSecond: number): Biquad {
  const k = warped(frequency, samplesPerSecond) / twoPasses;
  const norm = 1 / (1 + Math.SQRT2 * k + k * k);
  const b0 = k * k * norm;
  return { b0, b1: 2 * b0, b2: b0, a1: 2 * (k * k - 1) * norm, a2: (1 - Math.SQRT2 * k + k * k) * norm };
}

function highPass(frequency: number, samplesPerSecond: number): Biquad {
  const k = warped(frequency, samplesPerSecond) * twoPasses;
  const norm = 1 / (1 + Math.SQRT2 * k + k * k);
  return {
    b0: norm,
    b1: -2 * norm,
    b2: norm,
    a1: 2 * (k * k - 1) * norm,
    a2: (1 - Math.SQRT2 * k + k * k) * norm,
  };
}

function notch(frequency: number, samplesPerSecond: number): Biquad {
  const k = warped(frequency, samplesPerSecond);
  const q = 20;
  const norm = 1 / (1 + k / q + k * k);
  const b0 = (1 + k * k) * norm;
  const b1 = 2 * (k * k - 1) * norm;
  return { b0, b1, b2: b0, a1: b1, a2: (1 - k / q + k * k) * norm };
}

function bothWays(run: Float64Array, biquad: Biquad, wantedPad: number): Float64Array<ArrayBuffer> {
  const pad = Math.min(run.length - 1, wantedPad);
  const padded = new Float64Array(run.length + 2 * pad);
  padded.set(run, pad);
  const first = run[0] ?? 0;
  const last = run[run.length - 1] ?? 0;
  // Turned about its ends the signal goes on without a step.
  for (let at = 1; at <= pad; at += 1) {
    padded[pad - at] = 2 * first - (run[at] ?? first);
    padded[pad + run.length - 1 + at] = 2 * last - (run[run.length - 1 - at] ?? last);
  }
  pass(padded, biquad);
  padded.reverse();
  pass(padded, biquad);
  padded.reverse();
  return padded.slice(pad, pad + run.length);
}

/** In place, begun as if the first value had stood there for ever. */
function pass(values: Float64Array, { b0, b1, b2, a1, a2 }: Biquad): void {
  const first = values[0] ?? 0;
  const steady = (b0 + b1 + b2) / (1 + a1 + a2);
  let z2 = (b2 - a2 * steady) * first;
  let z1 = (b1 - a1 * steady) * first + z2;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? 0;
    const out = b0 * value + z1;
    z1 = b1 * value - a1 * out + z2;
    z2 = b2 * value - a2 * out;
    values[at] = out;
  }
}
