// The border between screens and the reading engine: plain, serialisable objects in and out. No Cornerstone type
// and no DOM event crosses it.
import type { StudyManifest } from '@yunying/api';
import type { ColourMapName } from './colour/colour-maps.ts';
import type { Calibration, Measurement } from './geometry/measurement.ts';

export type Language = 'zh-CN' | 'en';

/** film: baked 8-bit picture; preview: HTJ2K prefix; full: every stored bit. */
export type Quality = 'none' | 'film' | 'preview' | 'full' | 'failed';

export type Voi = { center: number; width: number };

export const toolNames = [
  'scroll',
  'window',
  'pan',
  'zoom',
  'magnify',
  'length',
  'angle',
  'cobb',
  'ellipse',
  'rectangle',
  'freehand',
  'probe',
  'arrow',
  'text',
  'calibrate',
  'crosshair',
] as const;
export type ToolName = (typeof toolNames)[number];

export function isToolName(text: string): text is ToolName {
  return toolNames.some((name) => name === text);
}

type UpToFour = 1 | 2 | 3 | 4;
/** Rows × columns. */
export type LayoutName = `${UpToFour}x${UpToFour}`;

export type Rotation = 0 | 90 | 180 | 270;

/** How a picture lies in its viewport. Pan in CSS pixels; zoom 1 fits the picture in. */
export type View = {
  zoom: number;
  panX: number;
  panY: number;
  rotation: Rotation;
  flipHorizontal: boolean;
  flipVertical: boolean;
};

export type Presentation = View & {
  voi: Voi | null;
  invert: boolean;
  sharpen?: boolean;
  /** Colours for grey values; grey when absent. */
  palette?: ColourMapName;
  /** Columns of a mosaic of all frames; one frame when absent or 0. */
  mosaic?: number;
};

export type PaneState = {
  studyInstanceUid: string;
  seriesInstanceUid: string;
  index: number;
  presentation: Presentation;
  /** Where the reader is in a series that is no stack: a slide, a video. */
  place?: string;
};

export type LinkName = 'slice' | 'zoom' | 'pan' | 'voi' | 'cine';

/** What "align" wrote down for a series: the slice that was on screen, and its position where it has one. */
export type Anchor = { index: number; position: number | null };

/** What the viewports do together, and the anchors of aligned series by UID. */
export type LinkState = { on: LinkName[]; anchors: Record<string, Anchor> };

/** All that is needed to open the room as it was left. */
export type RoomState = {
  layout: LayoutName;
  tool: ToolName;
  active: number;
  panes: (PaneState | null)[];
  measurements: Measurement[];
  calibrations?: Calibration[];
  links?: LinkState & { lines: boolean };
};

export type ReadingEvent =
  | {
      type: 'frame' | 'quality';
      pane: number;
      seriesInstanceUid: string;
      index: number;
      frameCount: number;
      quality: Quality;
    }
  /** How a viewport presents its picture, as a short code for addresses. */
  | { type: 'view'; pane: number; code: string }
  /** All that stands in the room, as a short code for addresses; empty where one viewport says it all. */
  | { type: 'desk'; code: string }
  | { type: 'tool'; tool: ToolName }
  | { type: 'place'; pane: number; seriesInstanceUid: string; place: string }
  | { type: 'measure'; measurements: Measurement[] }
  | { type: 'degraded'; reason: 'no-webgl' | 'context-lost' | 'no-decoder'; message: string }
  | { type: 'line'; isAway: boolean }
  | { type: 'error'; code: string; message: string; seriesInstanceUid: string; index: number };

export type ReadingOptions = {
  manifest: StudyManifest;
  seriesInstanceUid: string;
  frameIndex?: number;
  /** Of the last 'place' event of that series. */
  place?: string;
  language: Language;
  screen: 'phone' | 'desktop';
  compare?: StudyManifest[];
  /** Lay the series out by the manifest's hanging protocol; else one viewport with that series. */
  hang?: boolean;
  /** The code of a view event: how the first viewport presents its picture. */
  viewCode?: string;
  /** The code of a desk event: layout, tool, links and what stands in each viewport. Goes before all else. */
  deskCode?: string;
  /** The room may stand in two windows; which one this is. */
  secondWindow?: { role: 'first' | 'second'; url(seriesInstanceUid: string | null): string };
  /** The reader put something on another key. Without it keys cannot be changed. */
  keepKeys?(own: Readonly<Record<string, string>>): Promise<void>;
  /** few: what patients get, length and angle. */
  tools?: 'all' | 'few';
  /** A state() of an earlier room of the same studies. */
  restore?: RoomState;
  /** Shows what is saved with the studies, and saves: measurements, presentation states, key images. */
  saved?: boolean;
  onExit(): void;
  onEvent?(event: ReadingEvent): void;
};

export type PresentationChange = Partial<Presentation> & { layout?: LayoutName };

export type ReadingRoom = {
  close(): void;
  setSeries(seriesInstanceUid: string): void;
  /** Shows a frame of the active viewport, 0 first. */
  show(index: number): void;
  set(change: PresentationChange): void;
  tool(name: ToolName): void;
  /** Keys of the reader's own, by what they do. */
  keys(own: Readonly<Record<string, string>>): void;
  state(): RoomState;
};
