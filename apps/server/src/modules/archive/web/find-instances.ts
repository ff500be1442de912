// The instances that an address names. Nothing there is answered like an unknown address.
import type { Db } from '../../../db/index.ts';
import { AppError } from '../../../errors.ts';
import type { PlacedInstance } from '../archive-types.ts';
import { getInstance, getSeries, listInstances } from '../read-study.ts';
import type { Place } from './web-types.ts';

export async function findInstances(db: Db, studyId: string, place: Place): Promise<PlacedInstance[]> {
  const { study, series, instance } = place;
  if (instance !== undefined) {
    const at = { studyInstanceUid: study, sopInstanceUid: instance };
    return [await getInstance(db, series === undefined ? at : { ...at, seriesInstanceUid: series })];
  }
  const seriesId = series === undefined ? undefined : (await getSeries(db, studyId, series)).id;
  const instances = await listInstances(db, seriesId === undefined ? { studyId } : { studyId, seriesId });
  if (instances.length === 0) throw new AppError('request.not_found');
  return instances;
}
