// What readers left with a study is for those who read: presentation states, key images and measurements saved here. A
// patient gets them only where the hospital says so (setting saved.patients_may_see), through no door otherwise: not
// the list, not metadata, bulk data or objects, not the study to keep.
import type { FastifyRequest } from 'fastify';
import type { Context } from '../../../context.ts';
import type { Db } from '../../../db/index.ts';
import { viewerOf } from '../../access/index.ts';
import { getSetting } from '../../settings/index.ts';
import type { PlacedInstance, SeriesRow } from '../archive-types.ts';
import { listSeries } from '../read-study.ts';
import { derivedClasses } from './derived-classes.ts';

const reportsNumber = derivedClasses['1.2.840.10008.5.1.4.1.1.88.34']?.seriesNumber;
const productName = 'Yunying';

export async function maySeeSaved(ctx: Pick<Context, 'db'>, req: FastifyRequest): Promise<boolean> {
  if (viewerOf(req).kind !== 'patient') return true;
  return (await getSetting(ctx.db, 'saved.patients_may_see')) === 1;
}

/** What of these may go out to who asks. */
export async function withoutReaders(
  ctx: Pick<Context, 'db'>,
  req: FastifyRequest,
  studyId: string,
  instances: PlacedInstance[],
): Promise<PlacedInstance[]> {
  if (await maySeeSaved(ctx, req)) return instances;
  const reports = instances.some((one) => one.kind === 'sr')
    ? await readersReports(ctx.db, studyId)
    : new Set<string>();
  return instances.filter(
    (one) => one.kind !== 'presentation' && one.kind !== 'key-object' && !reports.has(one.series_id),
  );
}

/** Series of measurements that were saved here; reports of devices are the patient's to read. */
async function readersReports(db: Db, studyId: string): Promise<Set<string>> {
  return new Set((await listSeries(db, studyId)).filter(isReadersReports).map(({ id }) => id));
}

export function isReadersReports(row: SeriesRow): boolean {
  return row.modality === 'SR' && row.series_number === reportsNumber && row.manufacturer === productName;
}
