// Beats, layouts, calipers and print of a recording whose truth is known: 75 beats a minute, R of 1 mV in lead II.
import { describe, expect, it } from 'vitest';
import { findBeats, medianBeat } from './beats.ts';
import { Calipers, caliperText } from './calipers.ts';
import { formatsOf, layOut, xOf, yOf } from './layout.ts';
import { printPages } from './print.ts';
import type { Group, Lead } from './recording.ts';
import { readRecording } from './recording.ts';
import { traceOf } from './trace.ts';

const rate = 500;
const names = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'];

function beatAt(seconds: number): number {
  const bump = (at: number, width: number, size: number) => size * Math.exp(-(((seconds - at) / width) ** 2));
  return bump(0.2, 0.03, 0.1) + bump(0.36, 0.012, 1) + bump(0.39, 0.012, -0.2) + bump(0.6, 0.05, 0.3);
}

function group(premature: number | null = null): Group {
  const signal = Float32Array.from({ length: rate * 10 }, (_, at) => {
    const seconds = at / rate;
    const beat = Math.floor(seconds / 0.8);
    const early = premature === beat ? 0.25 : 0;
    return beatAt(seconds - beat * 0.8 + early);
  });
  const leads = names.map((label, index): Lead => {
    const size = label === 'II' ? 1 : label === 'aVR' ? -0.7 : 0.4 + index * 0.02;
    return {
      label,
      unit: 'mV',
      samples: signal.map((value) => value * size),
      startSeconds: 0,
      derivation: null,
    };
  });
  const own = { highPass: null, lowPass: null, notch: null };
  return { label: '', samplesPerSecond: rate, totalSeconds: 10, fromSeconds: 0, seconds: 10, leads, ...own };
}

const choice = { mmPerSecond: 25, mmPerMillivolt: 10, fromSeconds: 0, leadLabel: null } as const;

describe('beats', () => {
  it('are found where they are, and give the rate', () => {
    const { peaks, rate: perMinute } = findBeats(group());
    expect(peaks.length).toBe(13);
    expect(perMinute).toBeCloseTo(75, 0);
    for (const [index, peak] of peaks.entries()) expect(peak).toBeCloseTo(index * 0.8 + 0.36, 2);
  });

  it('make a median beat that a premature one does not spoil', () => {
    const recording = group(5);
    const beat = medianBeat(recording, findBeats(recording).peaks);
    const second = beat?.leads.find((lead) => lead.label === 'II');
    expect(Math.max(...(second?.samples ?? []))).toBeCloseTo(1, 2);
    expect(beat?.beats).toBeGreaterThanOrEqual(8);
  });

  it('of a flat line are none', () => {
    const flat = group();
    for (const lead of flat.leads) lead.samples.fill(0);
    expect(findBeats(flat)).toEqual({ peaks: [], rate: null });
  });
});

describe('the paper', () => {
  it('of twelve leads is ten seconds in four columns, with lead II below', () => {
    const recording = group();
    expect(formatsOf(recording)).toContain('3x4');
    const paper = layOut(recording, { ...choice, format: '3x4' }, null);
    expect(paper.strips.length).toBe(13);
    expect(paper.strips.map((strip) => `${strip.lead.label}@${strip.fromSeconds}`).slice(0, 4)).toEqual([
      'I@0',
      'II@0',
      'III@0',
      'aVR@2.5',
    ]);
    expect(paper.strips[12]?.width).toBe(250);
    expect(paper.strips[3]?.x).toBe((paper.strips[0]?.x ?? 0) + 62.5);
  });

  it('doubles with the speed and keeps a millivolt ten millimetres', () => {
    const [strip] = layOut(group(), { ...choice, format: '12x1', mmPerSecond: 50 }, null).strips;
    if (strip === undefined) throw new Error('no strip');
    expect(xOf(strip, 1) - xOf(strip, 0)).toBe(50);
    expect(yOf(strip, 0) - yOf(strip, 1)).toBe(10);
  });

  it('loses no spike where there are more samples than dots', () => {
    const recording = group();
    const [, strip] = layOut(recording, { ...choice, format: '12x1' }, null).strips;
    if (strip === undefined) throw new Error('no strip');
    const highest = Math.min(
      ...traceOf(strip, rate, { from: 0, to: 400 }, 2).flatMap((line) =>
        line.filter((_, at) => at % 2 === 1),
      ),
    );
    expect(strip.y - highest).toBeCloseTo(10, 1);
  });

  it('scales pressures so that they fit, and says how', () => {
    const pressure = group();
    pressure.leads = [
      {
        label: 'ART',
        unit: 'mm[Hg]',
        samples: Float32Array.of(80, 120, 80),
        startSeconds: 0,
        derivation: null,
      },
    ];
    const [strip] = layOut(pressure, { ...choice, format: 'rows' }, null).strips;
    expect(strip?.scaleText).toBe('10 mm = 20 mm[Hg]');
    expect(strip?.hasPulse).toBe(false);
  });
});

describe('calipers', () => {
  it('measure what is on the paper, and stay there when the speed changes', () => {
    const recording = group();
    const paper = layOut(recording, { ...choice, format: '12x1' }, null);
    const strip = paper.strips[1];
    if (strip === undefined) throw new Error('no strip');
    const calipers = new Calipers();
    const grip = calipers.begin(paper, xOf(strip, 1), yOf(strip, 0));
    if (grip === null) throw new Error('no grip');
    calipers.drag(paper, grip, xOf(strip, 1.8), yOf(strip, 0.5));
    const [caliper] = calipers.all;
    if (caliper === undefined) throw new Error('no caliper');
    expect(caliperText(caliper, 'bpm')).toBe('800 ms · 75 bpm · 0.50 mV');
    const faster = layOut(recording, { ...choice, format: '12x1', mmPerSecond: 50 }, null);
    const again = faster.strips[1];
    if (again === undefined) throw new Error('no strip');
    expect(calipers.gripAt(faster, xOf(again, 1.8), yOf(again, 0.5), 1)).toEqual({ index: 0, end: 'to' });
  });
});

describe('a print', () => {
  it('is A4 across in millimetres, with the traces where a ruler expects them', () => {
    const pages = printPages(layOut(group(), { ...choice, format: '3x4' }, null), rate, {
      title: '心电图 <b>',
      lines: [],
      scale: '25 mm/s',
    });
    expect(pages.length).toBe(1);
    expect(pages[0]).toContain('width="297mm" height="210mm" viewBox="0 0 297 210"');
    expect(pages[0]).toContain('心电图 &lt;b&gt;');
    expect(pages[0]).not.toContain('%PAGE%');
  });
});

describe('an answer of the server', () => {
  it('that is cut short is refused', () => {
    expect(() => readRecording(new ArrayBuffer(2))).toThrow('cut short');
    const text = JSON.stringify({ groups: [{ channels: [{}], sentCount: 100, bytesPerSample: 2 }] });
    const bytes = new Uint8Array(4 + text.length);
    new DataView(bytes.buffer).setUint32(0, text.length, true);
    bytes.set(new TextEncoder().encode(text), 4);
    expect(() => readRecording(bytes.buffer)).toThrow('cut short');
  });
});
