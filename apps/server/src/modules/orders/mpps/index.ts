// Public names of performed procedure steps.
import type { Db, Tx } from '../../../db/index.ts';
import { selectStepsOfStudy } from './repo.ts';

export { mppsService } from './mpps.scp.ts';

/** SOP Instance UIDs of the steps that performed a study, oldest first. */
export async function findPerformedSteps(db: Db | Tx, studyInstanceUid: string): Promise<string[]> {
  return (await selectStepsOfStudy(db, studyInstanceUid)).map((row) => row.sop_instance_uid);
}
