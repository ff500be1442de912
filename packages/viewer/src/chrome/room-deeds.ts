// What tool rows, keys and sheets ask for, carried out on the room's viewports and drawings.
import { nextLayout } from '../layout/grid.ts';
import type { PaneGrid } from '../layout/pane-grid.ts';
import type { Measurements } from '../pane/measurements.ts';
import type { RoomSeries } from '../room-series.ts';
import type { ToolName } from '../types.ts';
import type { Preset } from '../voi/presets.ts';
import type { RoomActions } from './room-actions.ts';

export type DeedsRoom = {
  grid: PaneGrid;
  measurements: Measurements;
  series: RoomSeries;
  presets(): Preset[];
  toolName(): ToolName;
  tool(name: ToolName): void;
  openVolume(): void;
  openSecondWindow(): void;
  /** Whether a full-mouth mount was open. */
  closeMount(): boolean;
  help(): { isOpen: boolean; toggle(): void };
  toggleThumbnails(): void;
  changed(): void;
  exit(): void;
};

export function makeDeeds(room: DeedsRoom): RoomActions {
  const { grid, measurements } = room;
  const pick = (series: string, study?: string, at = grid.active) => grid.setSeries(series, study, at);
  return {
    exit: room.exit,
    pickTool: (name) => room.tool(name),
    pickLayout: (layout) => grid.pick(layout),
    pickPreset: ({ center, width }) => grid.pane?.set({ voi: { center, width } }),
    pickSpeed: (speed) => grid.pane?.play(speed),
    pickCineMode: (mode) => grid.pane?.playAs(mode),
    pickSeries: (study, series, pane) => pick(series, study, pane),
    openVolume: () => room.openVolume(),
    openSecondWindow: () => room.openSecondWindow(),
    invert: () => grid.pane?.set({ invert: grid.pane.presentation.invert === false }),
    rotate: () => grid.pane?.rotate(),
    mirror: () => grid.pane?.mirror(),
    upend: () => grid.pane?.upend(),
    reset: () => grid.pane?.reset(),
    toggleCine: () => (grid.pane?.isPlaying === true ? grid.pane.stop() : grid.pane?.play()),
    removeMeasurement: () => removeMeasurement(room),
    clearMeasurements: () => {
      for (const pane of grid.panes) pane.strokes.cancel();
      measurements.clear();
      measurements.commit();
    },
    undo: () => travel(room, 'undo'),
    redo: () => travel(room, 'redo'),
    sharpen: () => grid.pane?.set({ sharpen: grid.pane.presentation.sharpen !== true }),
    toggleHelp: () => room.help().toggle(),
    step: (by) => grid.pane?.step(by),
    showFirst: () => grid.pane?.show(0),
    showLast: () => grid.pane?.show(grid.pane.count - 1),
    zoomBy: (factor) => grid.pane?.zoomBy(factor),
    pickPresetAt: (index) => {
      const preset = room.presets()[index];
      if (preset !== undefined) grid.pane?.set({ voi: { center: preset.center, width: preset.width } });
    },
    pickNeighbour: (by) => {
      const next = room.series.neighbour(grid.pane?.opened?.series.seriesInstanceUid ?? '', by);
      if (next !== null) pick(next.series, next.study);
    },
    nextLayout: () => grid.pick(nextLayout(grid.layout, grid.most)),
    leaveStep: () => leaveStep(room),
    toggleThumbnails: () => room.toggleThumbnails(),
  };
}

function removeMeasurement({ grid, measurements }: DeedsRoom): void {
  const { pane } = grid;
  const frame = pane?.opened?.series.frames[pane.index];
  if (pane === undefined || frame === undefined) return;
  if (pane.strokes.removeSelected() === false) {
    const here = measurements.of(frame.sopInstanceUid, frame.frameNumber);
    const last = here[here.length - 1];
    if (last !== undefined) measurements.remove(last.id);
    measurements.commit();
  }
}

function travel({ grid, measurements, changed }: DeedsRoom, way: 'undo' | 'redo'): void {
  // What is half drawn is the first thing that undo gives up.
  const busy = grid.panes.find((pane) => pane.strokes.isBusy);
  if (busy !== undefined) busy.strokes.cancel();
  else measurements[way]();
  changed();
}

function leaveStep(room: DeedsRoom): void {
  const busy = room.grid.panes.find((pane) => pane.strokes.isBusy);
  const help = room.help();
  if (room.closeMount()) return;
  if (help.isOpen) help.toggle();
  else if (busy !== undefined) busy.strokes.cancel();
  else if (room.toolName() !== 'scroll') room.tool('scroll');
  else room.exit();
}
