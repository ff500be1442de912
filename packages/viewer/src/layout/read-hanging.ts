// Resolves a hanging protocol for a room: waits for the metadata of the series whose place depends on it.
import type { HangingProtocol, StudyManifest } from '@yunying/api';
import type { InstanceMetadata } from '../geometry/frame-facts.ts';
import { resolveHanging, seriesToRead } from './hang.ts';

type Opened = { whenMetadata(): Promise<InstanceMetadata> };

/** null: given up, because `isWanted` says no. */
export async function readHanging(
  protocol: HangingProtocol,
  { manifest, compare = [] }: { manifest: StudyManifest; compare?: StudyManifest[] },
  open: (seriesInstanceUid: string) => Opened | null,
  isWanted: () => boolean,
): Promise<ReturnType<typeof resolveHanging> | null> {
  const read = new Map<string, InstanceMetadata>();
  for (const series of [manifest, ...compare].flatMap((one) => seriesToRead(protocol, one))) {
    const uid = series.seriesInstanceUid;
    read.set(uid, (await open(uid)?.whenMetadata()) ?? new Map());
    if (!isWanted()) return null;
  }
  const none: InstanceMetadata = new Map();
  return resolveHanging(
    protocol,
    manifest,
    compare[0] ?? null,
    (series) => read.get(series.seriesInstanceUid) ?? none,
  );
}
