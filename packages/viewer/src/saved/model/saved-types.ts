// What the viewer knows of saved objects: plain, serialisable, in image pixels like everything drawn (centre of the first
// pixel is 0,0; DICOM counts its corner as 0,0, so reading and writing shift by half a pixel).
import type { Point } from '../../geometry/affine.ts';
import type { Rotation, Voi } from '../../types.ts';

export type ImageRef = { sopInstanceUid: string; frameNumber: number };

/** An image with its place, as references must name it. */
export type PlacedImage = {
  sopClassUid: string;
  sopInstanceUid: string;
  seriesInstanceUid: string;
  numberOfFrames: number;
};

export type MarkShape = 'point' | 'points' | 'polyline' | 'polygon' | 'circle' | 'ellipse' | 'arrow' | 'text';

export type MarkValue = { concept: string; value: number; unit: string };

/**
 * Something drawn on one frame. Circle: centre, point on it. Ellipse: both ends of one axis, both ends of the other.
 * Arrow: tip first. Text: its place.
 */
export type Mark = ImageRef & {
  id: string;
  /** Name of the tool that made it, when it is one of ours. */
  tool: string | null;
  shape: MarkShape;
  points: Point[];
  values: MarkValue[];
  text: string;
  color: string | null;
};

/** In patient coordinates (mm), for frames of one frame of reference. */
export type SpaceMark = {
  id: string;
  frameOfReferenceUid: string;
  shape: MarkShape;
  points: [number, number, number][];
  values: MarkValue[];
  text: string;
};

export type MeasurementSet = { marks: Mark[]; spaceMarks: SpaceMark[] };

/** Displayed area (PS3.3 C.10.4): the corners on screen, in image pixels. */
export type ShownArea = {
  topLeft: Point;
  bottomRight: Point;
  mode: 'fit' | 'true-size' | 'magnify';
  magnification: number | null;
};

export type PresentationState = {
  label: string;
  /** Every image it is for. */
  images: { sopInstanceUid: string; frameNumbers: number[] }[];
  windows: { images: string[]; voi: Voi }[];
  invert: boolean;
  rotation: Rotation;
  flipHorizontal: boolean;
  flipVertical: boolean;
  areas: { images: string[]; area: ShownArea }[];
  marks: Mark[];
  /** What it holds and we do not show. */
  unshown: string[];
};

export type KeyImages = { title: string; description: string; images: ImageRef[] };
