// What an outgoing object may need beside its bytes: the corrections made to it since it was received, and another
// transfer syntax. One place, so that every door treats them alike.
import type { Changes } from '@yunying/dicom';
import type { Db, Tx } from '../../../db/index.ts';

export {
  canTranscode as mayTranscode,
  transcodeObject as transcoded,
} from '../transcode/transcode-object.ts';

const nothing: ReadonlyMap<string, Changes> = new Map();

/** Study edits are not built yet: nothing is corrected. */
export async function correctionsOf(
  _db: Db | Tx,
  _instanceIds: readonly string[],
): Promise<ReadonlyMap<string, Changes>> {
  return nothing;
}
