// The four corners of a viewport (viewer spec §7): who and what, which series, how it is windowed, where in the
// stack. Short on phones. Lines that have nothing to say are left out.
import type { FrameFacts } from '../geometry/frame-facts.ts';
import { frameLabels } from '../nuclear/frame-vectors.ts';
import { type Say, sexLabel } from '../text.ts';
import type { Language, Presentation, Voi } from '../types.ts';
import type { OpenSeries } from './open-series.ts';

export type Corners = { topLeft: string[]; topRight: string[]; bottomLeft: string[]; bottomRight: string[] };

export type CornerFacts = {
  opened: OpenSeries;
  index: number;
  facts: FrameFacts | null;
  voi: Voi | null;
  presentation: Presentation;
  language: Language;
  isShort: boolean;
  /** Screen pixels per image pixel. */
  magnification: number;
  say: Say;
};

export function cornerText(c: CornerFacts): Corners {
  const { manifest, series, count } = c.opened;
  const seriesName = [
    series.modality,
    series.description ?? `${c.say('series')} ${series.seriesNumber ?? ''}`.trim(),
  ]
    .filter((part) => part !== null && part !== '')
    .join(' · ');
  const slice = `${c.index + 1} / ${count}`;
  const window = c.voi === null ? '' : `W ${round(c.voi.width)}  L ${round(c.voi.center)}`;
  const turned = c.presentation.invert ? c.say('invertOn') : '';
  const { frameNumber = 1 } = series.frames[c.index] ?? {};
  const ofFrame = frameLabels(c.opened.instance(c.index), frameNumber, c.language);
  if (c.isShort) {
    return {
      topLeft: [seriesName],
      topRight: [slice, ...ofFrame],
      bottomLeft: [window, turned].filter(isSaid),
      bottomRight: [],
    };
  }
  const who = [sexLabel(c.language, manifest.patientSex), manifest.patientAge ?? ''].filter(isSaid).join(' ');
  const zoom = `${c.say('zoom')} ${Math.round(c.magnification * 100)}%`;
  return {
    topLeft: [
      manifest.patientName,
      [who, manifest.patientId].filter(isSaid).join('  '),
      manifest.title,
    ].filter(isSaid),
    topRight: [manifest.institutionName, manifest.studyDate ?? '', seriesName].filter(isSaid),
    bottomLeft: [[window, turned].filter(isSaid).join('  '), zoom].filter(isSaid),
    bottomRight: [...ofFrame, sliceFacts(c), slice].filter(isSaid),
  };
}

function sliceFacts({ facts, say }: CornerFacts): string {
  const parts: string[] = [];
  if (facts?.sliceThickness != null) parts.push(`${say('thickness')} ${round(facts.sliceThickness)}\u2009mm`);
  const position = facts === null ? null : slicePosition(facts);
  if (position !== null) parts.push(`${say('position')} ${position.toFixed(1)}\u2009mm`);
  return parts.join('  ');
}

/** Slice Location, or the position along the slice normal where the object has none. */
export function slicePosition(facts: FrameFacts): number | null {
  if (facts.sliceLocation !== null) return facts.sliceLocation;
  const { imageOrientation: o, imagePosition: p } = facts;
  if (o === null || p === null || o.length !== 6 || p.length !== 3) return null;
  const [rx = 0, ry = 0, rz = 0, cx = 0, cy = 0, cz = 0] = o;
  const [px = 0, py = 0, pz = 0] = p;
  return (ry * cz - rz * cy) * px + (rz * cx - rx * cz) * py + (rx * cy - ry * cx) * pz;
}

function isSaid(text: string): boolean {
  return text !== '';
}

function round(value: number): string {
  return Math.abs(value) >= 10 ? String(Math.round(value)) : String(Math.round(value * 100) / 100);
}
