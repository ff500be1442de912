// The videos of a series as a manifest names them: the MP4 to play, the picture before it plays, and how long a frame is.
import type { ManifestVideo } from '@yunying/api';
import { instancePath, type PlacedInstance } from '../../archive/index.ts';
import type { VideoFacts } from '../media-types.ts';

/** `madeOf`: the MP4's row, null while there is none. */
export function describeVideos(
  instances: readonly PlacedInstance[],
  madeOf: (instance: PlacedInstance) => { derived: string } | null,
): ManifestVideo[] {
  return instances
    .filter(({ kind }) => kind === 'video')
    .map((instance) => {
      const row = madeOf(instance);
      const facts = row === null ? null : (JSON.parse(row.derived) as VideoFacts);
      const path = instancePath(instance);
      return {
        sopInstanceUid: instance.sop_instance_uid,
        url: row === null ? null : `${path}/video`,
        posterUrl: `${path}/thumbnail?viewport=512,512`,
        frameTimeMs: facts?.frameTimeMs ?? null,
        frames: facts?.frames ?? instance.number_of_frames,
        rows: facts?.rows ?? instance.rows,
        columns: facts?.columns ?? instance.columns,
      };
    });
}
