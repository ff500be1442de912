// The objects of a study that speak of its images, as a reader's list: what, by whom, when, of which images. Objects do
// not change, so what was read of one is remembered; corrections touch patient and study, which are not shown here.
import type { SavedKind, SavedObject } from '@yunying/api';
import { savedKinds } from '@yunying/api';
import { type DicomJson, itemsOf, sopClass, textOf } from '@yunying/dicom';
import { BoundedCache } from '../../../bounded-cache.ts';
import type { Context } from '../../../context.ts';
import type { Db } from '../../../db/index.ts';
import type { PlacedInstance } from '../archive-types.ts';
import { getInstanceMetadata } from '../instance-metadata.ts';
import { listInstances } from '../read-study.ts';
import { ahead } from '../web/ahead.ts';
import { ownModalities, ownSeriesUid } from './own-series.ts';
import { references } from './referenced-uids.ts';

const mostObjects = 500;
const mostReferences = 2000;
const headsAtOnce = 4;
const keepMs = 600_000;
const predecessors = '0040A360';
/** Evidence lists repeat what the content refers to; in SR they may list far more. */
const evidence: ReadonlySet<string> = new Set([predecessors, '0040A375', '0040A385', '00081115']);

type Known = Omit<SavedObject, 'isOwn' | 'seriesInstanceUid' | 'metadataUrl'>;
const caches = new WeakMap<Db, BoundedCache<Known>>();

export async function listSaved(
  ctx: Pick<Context, 'db' | 'blobs'>,
  study: { id: string; study_instance_uid: string },
  accountId: string | null,
): Promise<SavedObject[]> {
  const own = new Set(
    accountId === null
      ? []
      : ownModalities.map((modality) => ownSeriesUid(study.study_instance_uid, accountId, modality)),
  );
  const instances = (await listInstances(ctx.db, { studyId: study.id }))
    .filter((one) => savedKind(one.sop_class_uid) !== null)
    .slice(-mostObjects);
  const items: SavedObject[] = [];
  const read = async (instance: PlacedInstance) => ({ instance, known: await describe(ctx, instance) });
  for await (const { instance, known } of ahead(instances, headsAtOnce, read)) {
    items.push({
      ...known,
      seriesInstanceUid: instance.series_instance_uid,
      isOwn: own.has(instance.series_instance_uid),
      metadataUrl: `/api/studies/${study.study_instance_uid}/saved/${instance.sop_instance_uid}`,
    });
  }
  return items.sort((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? ''));
}

export function savedKind(sopClassUid: string): SavedKind | null {
  const kind = sopClass(sopClassUid)?.kind;
  return savedKinds.find((one) => one === kind) ?? null;
}

async function describe(ctx: Pick<Context, 'db' | 'blobs'>, instance: PlacedInstance): Promise<Known> {
  const remembered = caches.get(ctx.db) ?? new BoundedCache<Known>(20_000);
  caches.set(ctx.db, remembered);
  const known = remembered.get(instance.id);
  if (known !== undefined) return known;
  const json = await getInstanceMetadata(ctx, instance);
  const kind = savedKind(instance.sop_class_uid) ?? 'sr';
  const described: Known = {
    sopInstanceUid: instance.sop_instance_uid,
    sopClassUid: instance.sop_class_uid,
    kind,
    modality: textOf(json, '00080060'),
    label: labelOf(json),
    author: authorOf(json),
    createdAt: timeOf(json, kind),
    references: referencesOf(json),
    replaces: [...references({ [predecessors]: json[predecessors] ?? { vr: 'SQ' } }).keys()].slice(0, 100),
  };
  const weight = 1 + described.references.length / 20;
  remembered.set(instance.id, described, { weight, keepMs });
  return described;
}

function referencesOf(json: DicomJson): SavedObject['references'] {
  let found = references(json, evidence);
  if (found.size === 0) found = references(json, new Set([predecessors]));
  return [...found].slice(0, mostReferences).map(([sopInstanceUid, frames]) => ({
    sopInstanceUid,
    frameNumbers: [...frames].sort((a, b) => a - b),
  }));
}

/** Structure set label, content description or label, title of the document, description of the series. */
function labelOf(json: DicomJson): string | null {
  const [title] = itemsOf(json, '0040A043');
  const meaning = title === undefined ? null : textOf(title, '00080104');
  const label =
    textOf(json, '30060002') ??
    textOf(json, '00700081') ??
    meaning ??
    textOf(json, '00700080') ??
    textOf(json, '0008103E');
  return label === null ? null : label.slice(0, 128);
}

function authorOf(json: DicomJson): string | null {
  const [observer = {}] = itemsOf(json, '0040A078');
  const [verifier = {}] = itemsOf(json, '0040A073');
  const named =
    name(json, '00700084') ??
    name(observer, '0040A123') ??
    name(verifier, '0040A075') ??
    observerName(json) ??
    name(json, '00081070');
  return named === null ? null : named.slice(0, 64);
}

/** The content item Person Observer Name (TID 1003). */
function observerName(json: DicomJson): string | null {
  for (const item of itemsOf(json, '0040A730')) {
    const [concept = {}] = itemsOf(item, '0040A043');
    if (textOf(concept, '00080100') === '121008') return name(item, '0040A123');
  }
  return null;
}

const timeTags: Record<SavedKind, [string, string][]> = {
  presentation: [['00700082', '00700083']],
  sr: [['00080023', '00080033']],
  'key-object': [['00080023', '00080033']],
  segmentation: [['00080023', '00080033']],
  rt: [
    ['30060008', '30060009'],
    ['300A0006', '300A0007'],
  ],
};

function timeOf(json: DicomJson, kind: SavedKind): string | null {
  for (const [dateTag, timeTag] of [...timeTags[kind], ['00080012', '00080013'] as const]) {
    const date = textOf(json, dateTag);
    if (date === null || !/^\d{8}$/.test(date)) continue;
    const time = (textOf(json, timeTag) ?? '').replace(/\..*$/, '').padEnd(6, '0');
    const clock = /^\d{6}$/.test(time) ? time : '000000';
    return `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T${clock.slice(0, 2)}:${clock.slice(2, 4)}:${clock.slice(4)}`;
  }
  return null;
}

/** As people write it: ideographs first, carets as spaces. */
function name(json: DicomJson, tag: string): string | null {
  const value = json[tag]?.Value?.[0];
  if (typeof value !== 'object' || value === null) return null;
  const { Ideographic, Alphabetic } = value as { Ideographic?: unknown; Alphabetic?: unknown };
  const written = [Ideographic, Alphabetic].find((one) => typeof one === 'string' && one.trim() !== '');
  return typeof written === 'string' ? written.replace(/\^+/g, ' ').trim() : null;
}
