// The door to the reconstruction views: its own chunk, fetched when somebody asks for it.
import { type VolumeOptions, VolumeRoom } from './volume-room.ts';

export type { VolumeOptions } from './volume-room.ts';

export function openVolume(host: HTMLElement, options: VolumeOptions): { close(): void } {
  return new VolumeRoom(host, options);
}
