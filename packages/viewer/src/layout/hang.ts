// Resolves a hanging protocol: which series and frame goes into which viewport. What the manifest says is used first;
// laterality, view, plane and region come from the metadata of the frames (PS3.3 C.8.11.1, C.8.3.1, C.22).
import type { HangingPane, HangingProtocol, ManifestSeries, StudyManifest } from '@yunying/api';
import { itemsOf, type JsonItem, numbersOf, textOf, textsOf } from '../geometry/dicom-json.ts';
import { initialPresentation } from '../pane/presentation.ts';
import type { PaneState } from '../types.ts';

export type Hung = {
  studyInstanceUid: string;
  seriesInstanceUid: string;
  index: number;
  /** Patient Orientation of the picture, for turning the chest wall. */
  patientOrientation: string[] | null;
  rule: HangingPane;
};

export type SeriesMetadata = (series: ManifestSeries) => ReadonlyMap<string, JsonItem>;

/** Whether the rule can be answered from the manifest alone. */
export function needsMetadata({ laterality, views, plane, region, chestWall }: HangingPane): boolean {
  return [laterality, views, plane, region, chestWall].some((one) => one !== undefined);
}

/** Series whose metadata must be there before the protocol can be resolved. */
export function seriesToRead(protocol: HangingProtocol, manifest: StudyManifest): ManifestSeries[] {
  const rules = protocol.panes.filter(needsMetadata);
  return manifest.series
    .filter((series) => series.frames.length > 0 && rules.some((rule) => fitsSeries(rule, series)))
    .slice(0, 24);
}

export function resolveHanging(
  protocol: HangingProtocol,
  current: StudyManifest,
  prior: StudyManifest | null,
  metadata: SeriesMetadata,
): (Hung | null)[] {
  const taken = new Set<string>();
  return protocol.panes.map((rule) => {
    const manifest = rule.study === 'prior' ? prior : current;
    if (manifest === null) return null;
    let left = rule.nth ?? 0;
    for (const series of manifest.series) {
      if (series.frames.length === 0 || !fitsSeries(rule, series)) continue;
      const hung = findIn(rule, manifest, series, metadata(series), taken);
      if (hung === null) continue;
      if (left > 0) {
        left -= 1;
        continue;
      }
      taken.add(keyOf(series, hung.index, needsFrame(rule)));
      return hung;
    }
    return null;
  });
}

function findIn(
  rule: HangingPane,
  manifest: StudyManifest,
  series: ManifestSeries,
  instances: ReadonlyMap<string, JsonItem>,
  taken: ReadonlySet<string>,
): Hung | null {
  const make = (index: number): Hung => {
    const instance = instances.get(series.frames[index]?.sopInstanceUid ?? '');
    return {
      studyInstanceUid: manifest.studyInstanceUid,
      seriesInstanceUid: series.seriesInstanceUid,
      index,
      patientOrientation: instance === undefined ? null : wallDirection(instance),
      rule,
    };
  };
  if (!needsFrame(rule)) {
    const index = startOf(rule, series);
    const isTaken = [...taken].some((key) => key.startsWith(`${series.seriesInstanceUid}/`));
    const isPlane = rule.plane === undefined || planeOfSeries(series, instances) === rule.plane;
    return isTaken || !isPlane ? null : make(index);
  }
  for (const [index, frame] of series.frames.entries()) {
    const instance = instances.get(frame.sopInstanceUid);
    if (instance === undefined || !fitsFrame(rule, instance)) continue;
    const shown = middleOf(series, index);
    if (!taken.has(keyOf(series, shown, true))) return make(shown);
  }
  return null;
}

/** Of several frames of one object, as tomosynthesis has them, the middle one is shown. */
function middleOf({ frames }: ManifestSeries, first: number): number {
  const sop = frames[first]?.sopInstanceUid;
  let last = first;
  while (frames[last + 1]?.sopInstanceUid === sop) last += 1;
  return Math.floor((first + last) / 2);
}

/** Patient Orientation, or where rows run by the plane of the picture: enhanced objects name only that. */
function wallDirection(instance: JsonItem): string[] | null {
  const said = textsOf(instance, '00200020');
  const [, toBack = 0] = orientationOf(instance) ?? [];
  if (said !== null || Math.abs(toBack) < 0.5) return said;
  return [toBack > 0 ? 'P' : 'A'];
}

function orientationOf(instance: JsonItem): number[] | null {
  const shared = itemsOf(instance, '52009229')[0];
  const group = shared === undefined ? undefined : itemsOf(shared, '00209116')[0];
  return numbersOf(instance, '00200037') ?? (group === undefined ? null : numbersOf(group, '00200037'));
}

/** Image Laterality, or Frame Laterality of all frames. */
function lateralityOf(instance: JsonItem): string | null {
  const shared = itemsOf(instance, '52009229')[0];
  const anatomy = shared === undefined ? undefined : itemsOf(shared, '00209071')[0];
  const ofFrames = anatomy === undefined ? null : textOf(anatomy, '00209072');
  return textOf(instance, '00200062') ?? ofFrames ?? textOf(instance, '00200060');
}

function needsFrame({ laterality, views, region }: HangingPane): boolean {
  return laterality !== undefined || views !== undefined || region !== undefined;
}

function keyOf(series: ManifestSeries, index: number, isFrame: boolean): string {
  return `${series.seriesInstanceUid}/${isFrame ? index : ''}`;
}

function startOf({ slice }: HangingPane, { frames }: ManifestSeries): number {
  if (slice === 'middle') return Math.floor((frames.length - 1) / 2);
  return slice === 'last' ? frames.length - 1 : 0;
}

function fitsSeries(rule: HangingPane, series: ManifestSeries): boolean {
  if (rule.modality !== undefined && series.modality !== rule.modality) return false;
  const name = (series.description ?? '').toLowerCase();
  return rule.description === undefined || rule.description.some((word) => name.includes(word.toLowerCase()));
}

function fitsFrame(rule: HangingPane, instance: JsonItem): boolean {
  const side = lateralityOf(instance);
  if (rule.laterality !== undefined && side !== rule.laterality) return false;
  if (rule.views !== undefined && !names(viewsOf(instance), rule.views)) return false;
  return rule.region === undefined || names(regionsOf(instance), rule.region);
}

/** A word names a text that equals it, or holds it when the word is longer than a code. */
function names(texts: readonly string[], words: readonly string[]): boolean {
  return words.some((word) => {
    const sought = word.toLowerCase();
    return texts.some((text) => {
      const own = text.toLowerCase().trim();
      return own === sought || (sought.length > 2 && own.includes(sought));
    });
  });
}

function viewsOf(instance: JsonItem): string[] {
  const codes = itemsOf(instance, '00540220').map((item) => textOf(item, '00080104'));
  return [textOf(instance, '00185101'), ...codes].filter((text) => text !== null);
}

function regionsOf(instance: JsonItem): string[] {
  const codes = ['00082218', '00082228', '00082230'].flatMap((tag) => itemsOf(instance, tag));
  const texts = codes.flatMap((item) => [textOf(item, '00080100'), textOf(item, '00080104')]);
  const free = [textOf(instance, '00204000'), textOf(instance, '0008103E')];
  const spoken = free.flatMap((text) => [text, ...(text?.match(/\b[1-8][1-8]\b/g) ?? [])]);
  return [...texts, ...spoken].filter((text) => text !== null);
}

function planeOfSeries(
  series: ManifestSeries,
  instances: ReadonlyMap<string, JsonItem>,
): 'axial' | 'sagittal' | 'coronal' | null {
  const instance = instances.get(series.frames[0]?.sopInstanceUid ?? '');
  if (instance === undefined) return null;
  const [rx = 0, ry = 0, rz = 0, cx = 0, cy = 0, cz = 0] = orientationOf(instance) ?? [];
  const normal = [ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx].map(Math.abs);
  const most = Math.max(...normal);
  if (!(most > 0.7)) return null;
  return (['sagittal', 'coronal', 'axial'] as const)[normal.indexOf(most)] ?? null;
}

/** Whether the picture must be mirrored so that its chest wall lies at that side. */
export function isWallMirrored(
  patientOrientation: readonly string[] | null,
  side: 'left' | 'right',
): boolean {
  const row = patientOrientation?.[0] ?? '';
  // Rows run towards P (posterior, the chest wall) or towards A (the nipple).
  if (row.startsWith('P')) return side === 'left';
  return row.startsWith('A') && side === 'right';
}

/** What each viewport opens with. */
export function statesOf(hung: readonly (Hung | null)[]): (PaneState | null)[] {
  return hung.map((one) => {
    if (one === null) return null;
    const { studyInstanceUid, seriesInstanceUid, index, patientOrientation, rule } = one;
    const { voi = null, rotation = 0, flipVertical = false, invert = false, chestWall } = rule;
    const isMirrored = chestWall !== undefined && isWallMirrored(patientOrientation, chestWall);
    const flipHorizontal = (rule.flipHorizontal ?? false) !== isMirrored;
    const presentation = { ...initialPresentation, voi, rotation, flipHorizontal, flipVertical, invert };
    return { studyInstanceUid, seriesInstanceUid, index, presentation };
  });
}
