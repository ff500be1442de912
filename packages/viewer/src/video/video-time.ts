// Frames and times of a video. A seek goes to the middle of a frame, so that rounding cannot show its neighbour.

export function frameAt(timeMs: number, frameMs: number): number {
  return Math.max(0, Math.floor(timeMs / frameMs + 1e-6));
}

export function timeOfFrame(frame: number, frameMs: number): number {
  return (Math.max(0, frame) + 0.5) * frameMs;
}

export function showTime(timeMs: number): string {
  const seconds = Math.max(0, timeMs) / 1000;
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${(seconds - minutes * 60).toFixed(1).padStart(4, '0')}`;
}

export type VideoPlace = { video: number; timeMs: number };

export function writeVideoPlace({ video, timeMs }: VideoPlace): string {
  return `${video}_${Math.round(timeMs)}`;
}

export function readVideoPlace(text: string): VideoPlace | null {
  const found = /^(\d{1,4})_(\d{1,9})$/.exec(text);
  return found === null ? null : { video: Number(found[1]), timeMs: Number(found[2]) };
}
