// Corrections on the way out: what edits changed of stored objects, as changes that patchDataset writes over the
// stored attributes. Study, series and instance corrections are laid over one another in the order of the edits, so
// that the latest edit wins. Callers: every door through which objects or their metadata leave.
import type { Changes } from '@yunying/dicom';
import type { Db, Tx } from '../../../db/index.ts';
import type { Attributes } from './edit-types.ts';
import * as edits from './repo-edits.ts';

const mostAtOnce = 10_000;

/** By instance id; an instance that nothing was corrected of is not in the answer. */
export async function readCorrections(
  db: Db | Tx,
  instanceIds: readonly string[],
): Promise<Map<string, Changes>> {
  const answer = new Map<string, Changes>();
  for (let at = 0; at < instanceIds.length; at += mostAtOnce) {
    await readSome(db, instanceIds.slice(at, at + mostAtOnce), answer);
  }
  return answer;
}

async function readSome(
  db: Db | Tx,
  instanceIds: readonly string[],
  answer: Map<string, Changes>,
): Promise<void> {
  const places = await edits.selectCorrectedPlaces(db, instanceIds);
  if (places.length === 0) return;
  const corrections = await edits.selectCorrections(db, {
    studyIds: [...new Set(places.map((place) => place.study_id))],
    seriesIds: [...new Set(places.map((place) => place.series_id))],
    instanceIds: places.map((place) => place.id),
  });
  if (corrections.length === 0) return;
  const made = new Map<string, Changes>(); // instances of one series share their changes
  for (const place of places) {
    const own = corrections.filter(
      (one) =>
        one.study_id === place.study_id || one.series_id === place.series_id || one.instance_id === place.id,
    );
    if (own.length === 0) continue;
    const key = own.map((one) => one.id).join(' ');
    const changes = made.get(key) ?? layOver(own.map((one) => one.attributes));
    made.set(key, changes);
    answer.set(place.id, changes);
  }
}

function layOver(texts: readonly string[]): Changes {
  const changes: Attributes = {};
  for (const text of texts) Object.assign(changes, JSON.parse(text) as Attributes);
  return changes;
}
