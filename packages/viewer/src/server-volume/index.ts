// Public names of the server's reconstruction as a view of its own. Nothing of the graphics engine comes along.
import '../reading-room.css';
import './server-volume.css';

export type { ServerVolume, ServerVolumeOptions } from './server-volume.ts';
export { openServerVolume } from './server-volume.ts';
