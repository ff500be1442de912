// What the viewer knows of saved objects: plain, serialisable, in image pixels like everything drawn (centre of the first
// pixel is 0,0; DICOM counts its corner as 0,0, so reading and writing shift by half a pixel).
import type { Point } from '../../geometry/affine.ts';
import type { SpacingKind } from '../../geometry/spacing.ts';
import type { Rotation, Voi } from '../../types.ts';
import type { LookUpTable } from '../../voi/grey-curve.ts';
import type { Rescale, VoiFunction } from '../../voi/window.ts';
import type { Cover } from './gsps-cover.ts';

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

/** Where the size of a pixel came from, and whether the pixels had been compressed lossily (viewer spec §5). */
export type MarkTrust = { spacing: SpacingKind; isLossy: boolean; lossyRatio: number | null };

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
  /** null: not known, as of other systems' drawings. */
  trust: MarkTrust | null;
  /** Tracking Unique Identifier (TID 1501): the same finding in every version of the report. */
  trackingUid: string | null;
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
  /** Distance of columns on a screen of true size, mm (Presentation Pixel Spacing). */
  pixelMm: number | null;
};

/** Parts of a presentation state that are not shown. */
export type Unshown =
  | 'mask'
  | 'compound-graphic'
  | 'blending'
  | 'false-colours'
  | 'kind'
  | 'image-overlay'
  | 'modality-table'
  | 'voi-table'
  | 'presentation-table';

export type PresentationState = {
  label: string;
  /** Every image it is for. */
  images: { sopInstanceUid: string; frameNumbers: number[] }[];
  windows: { images: string[]; voi: Voi; shape: VoiFunction }[];
  tables: { images: string[]; table: LookUpTable }[];
  /** null: as the image says. */
  modality: Rescale | LookUpTable | null;
  presentationTable: LookUpTable | null;
  /** Of grey images: its grey values go before the image's own. */
  isGrey: boolean;
  invert: boolean;
  rotation: Rotation;
  flipHorizontal: boolean;
  flipVertical: boolean;
  areas: { images: string[]; area: ShownArea }[];
  cover: Cover;
  marks: Mark[];
  /** What it holds and we do not show. */
  unshown: Unshown[];
};

export type KeyImages = { title: string; description: string; images: ImageRef[] };
