// Where a viewport's pixels get drawn. Two implementations: Cornerstone on WebGL, and a plain 2D canvas for devices
// without it. Both draw the same transform, so overlays and measuring know nothing of the difference.
import type { Pixels } from '../frames/pixels.ts';
import type { Plane } from '../geometry/affine.ts';
import type { View } from '../types.ts';
import type { Tone } from './tone.ts';

export type Picture = { id: string; pixels: Pixels; plane: Plane };

export type { Tone };

export type Surface = {
  show(picture: Picture): void;
  draw(view: View, tone: Tone): void;
  /** The element changed its size. */
  resize(): void;
  /** The canvas that holds the drawn pixels, for the loupe. */
  canvas(): HTMLCanvasElement | null;
  close(): void;
};

/** `onDrawn` is called in the animation frame that puts the picture on screen. */
export type OpenSurface = (element: HTMLDivElement, onDrawn: (pictureId: string) => void) => Surface;
