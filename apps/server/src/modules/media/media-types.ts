// What renditions are: derived bytes beside the object, never instead of it. Rows of table `rendition`; the JSON in
// its columns frame_index and derived has the shapes below and is written and read by this module only.
import type { ManifestSeries } from '@yunying/api';
import type { PresetWindow } from '../archive/index.ts';

export type RenditionKind =
  | 'htj2k' // every frame, lossless, 1.2.840.10008.1.2.4.202
  | 'lossy' // every frame, 1.2.840.10008.1.2.4.203 at the ratio a compression policy asks for
  | 'film' // every frame as WebP, long side 512, default window baked in
  | 'thumbnail' // the middle frame as a small WebP, or the first page
  | 'series-metadata' // gzip DICOM JSON of the series
  | 'waveform-page' // traces on calibrated paper, WebP
  | 'video' // MP4 that browsers play; the poster is the thumbnail's second entry
  | 'document-page'; // pages of a PDF or of a structured report, JPEG

/** Where a frame (or page) lies in the rendition's blob: offset, length, HTJ2K prefix lengths. null: it could not be made. */
export type FrameEntry = [offset: number, length: number, prefixLengths?: number[]] | null;

/** Where frames bring no window this one is used; beyond that it may stand for their own, or for all of 8 bits. */
export type SeriesWindow = {
  center: number;
  width: number;
  replaces: 'nothing' | 'own-windows' | 'full-range';
};

/** The `derived` JSON of image renditions: how the decoded frames must be shown. */
export type ImageFacts = {
  rows: number;
  columns: number;
  samplesPerPixel: number;
  bitsStored: number;
  pixelRepresentation: 0 | 1;
  photometricInterpretation: string;
  /** Smallest and largest stored value over all frames, padding left out. */
  min: number;
  max: number;
  /** The pixels went through a lossy codec before they came to us. */
  lossy: boolean;
  /** Lossy Image Compression Ratio (0028,2112) when the object says it. */
  ratio?: number;
  /** What the film was made with, first; then the object's own. */
  windows: PresetWindow[];
  /** The series' one window, when this object's film was made with it. */
  seriesWindow?: SeriesWindow;
  /** Milliseconds from frame to frame of a cine. */
  frameTimeMs?: number;
  /** Height of a pixel divided by its width, when not 1. */
  pixelAspect?: number;
  /** Image Type (0008,0008) value 3: VOLUME, THUMBNAIL, LABEL, OVERVIEW, LOCALIZER … */
  flavor?: string;
};

/** The `derived` JSON of page renditions. */
export type PageFacts = { pages: { width: number; height: number }[] };

export type StudyMedia = { framesReady: number; framesTotal: number; series: ManifestSeries[] };

/** The `derived` JSON of a video's MP4. */
export type VideoFacts = {
  rows: number;
  columns: number;
  frames: number;
  frameTimeMs: number | null;
  /** remuxed: the stream as it came in another container; transcoded: coded anew, lossy. */
  how: 'remuxed' | 'transcoded';
};
