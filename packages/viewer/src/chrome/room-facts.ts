// What the chrome of a room shows, read off its viewports after every change.
import type { PaneGrid } from '../layout/pane-grid.ts';
import type { Measurements } from '../pane/measurements.ts';
import type { Pane } from '../pane/pane.ts';
import { initialPresentation } from '../pane/presentation.ts';
import { isStack } from '../room-series.ts';
import { presetLabel } from '../text.ts';
import type { Language, ToolName } from '../types.ts';
import { type Preset, presetsOf } from '../voi/presets.ts';
import type { RoomFacts } from './room-actions.ts';

/** Window presets of what a viewport shows: the object's own and the usual ones of its modality. */
export function presetsFor(pane: Pane | undefined, language: Language): Preset[] {
  const opened = pane?.opened ?? null;
  // Without the object's rescale a window of rescaled values would mean nothing.
  if (opened === null || opened.metadataState === 'failed') return [];
  const own = pane?.facts?.windows.map((voi) => ({ label: '', ...voi })) ?? [];
  const listed = opened.series.windows.length > 0 ? opened.series.windows : own;
  return presetsOf(opened.series.modality, listed, (name, index) => presetLabel(language, name, index));
}

export function factsOf(
  grid: PaneGrid,
  measurements: Measurements,
  room: { tool: ToolName; language: Language; title: string; hasOtherWindow: boolean },
): RoomFacts {
  const { pane } = grid;
  return {
    tool: room.tool,
    layout: grid.layout,
    presets: presetsFor(pane, room.language),
    voi: pane?.voi ?? null,
    presentation: pane?.presentation ?? initialPresentation,
    isPlaying: pane?.isPlaying ?? false,
    speed: pane?.speed ?? 10,
    cineMode: pane?.cineMode ?? 'loop',
    frameCount: pane?.count ?? 0,
    canReconstruct: isStack(pane?.opened?.series),
    hasMeasurements: measurements.drawn().length > 0,
    canUndo: measurements.canUndo,
    canRedo: measurements.canRedo,
    seriesInstanceUids: grid.panes.map((one) => one.opened?.series.seriesInstanceUid ?? null),
    activeSeries: pane?.opened?.series.seriesInstanceUid ?? null,
    hasOtherWindow: room.hasOtherWindow,
    title: pane?.opened?.manifest.title ?? room.title,
  };
}
