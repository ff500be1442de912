// What tool rows, keys and sheets may do to the room. The room implements it; chrome never reaches into viewports.
import type { CineMode } from '../pane/cine-timing.ts';
import type { LayoutName, Presentation, ToolName, Voi } from '../types.ts';
import type { Preset } from '../voi/presets.ts';

export type RoomActions = {
  exit(): void;
  pickTool(name: ToolName): void;
  pickLayout(layout: LayoutName): void;
  pickPreset(preset: Preset): void;
  pickSpeed(framesPerSecond: number): void;
  pickCineMode(mode: CineMode): void;
  pickSeries(studyInstanceUid: string, seriesInstanceUid: string, pane?: number): void;
  invert(): void;
  openVolume(): void;
  openSecondWindow(): void;
  rotate(): void;
  mirror(): void;
  upend(): void;
  reset(): void;
  toggleCine(): void;
  removeMeasurement(): void;
  clearMeasurements(): void;
  undo(): void;
  redo(): void;
  sharpen(): void;
  toggleHelp(): void;
  toggleThumbnails(): void;
  step(by: number): void;
  showFirst(): void;
  showLast(): void;
  zoomBy(factor: number): void;
  pickPresetAt(index: number): void;
  pickNeighbour(by: number): void;
  nextLayout(): void;
  /** Escape: gives up the smallest thing first. */
  leaveStep(): void;
};

/** What the chrome shows; read anew after every change. */
export type RoomFacts = {
  tool: ToolName;
  layout: LayoutName;
  presets: Preset[];
  voi: Voi | null;
  presentation: Presentation;
  isPlaying: boolean;
  speed: number;
  cineMode: CineMode;
  frameCount: number;
  hasMeasurements: boolean;
  canReconstruct: boolean;
  canUndo: boolean;
  canRedo: boolean;
  seriesInstanceUids: (string | null)[];
  activeSeries: string | null;
  /** The room's other window is open. */
  hasOtherWindow: boolean;
  title: string;
};

export type Chrome = { root: HTMLElement; draw(facts: RoomFacts): void };
