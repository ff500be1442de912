// The objects that a data set speaks of: every Referenced SOP Instance UID at any depth (PS3.3 table 10-11), with the
// frames it names.
import { type DicomJson, itemsOf } from '@yunying/dicom';

const referencedSopInstanceUid = '00081155';
const referencedFrameNumber = '00081160';
const mostDeep = 24;

export function referencedUids(json: DicomJson): Set<string> {
  return new Set(references(json).keys());
}

/** UID -> frame numbers; none named: the whole object. */
export function references(json: DicomJson, skip: ReadonlySet<string> = new Set()): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>();
  walk(json, skip, found, 0);
  return found;
}

function walk(
  json: DicomJson,
  skip: ReadonlySet<string>,
  found: Map<string, Set<number>>,
  depth: number,
): void {
  const [uid] = json[referencedSopInstanceUid]?.Value ?? [];
  if (typeof uid === 'string') {
    const frames = found.get(uid) ?? new Set();
    for (const frame of json[referencedFrameNumber]?.Value ?? []) {
      const number = Number(frame);
      if (Number.isInteger(number) && number > 0) frames.add(number);
    }
    found.set(uid, frames);
  }
  if (depth >= mostDeep) return;
  for (const tag of Object.keys(json)) {
    if (skip.has(tag)) continue;
    for (const item of itemsOf(json, tag)) walk(item, skip, found, depth + 1);
  }
}
