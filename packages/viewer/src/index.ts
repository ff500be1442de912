// Public names of the viewer: the reading room, drawn whole into an element without any framework. Load it lazily:
// it brings the graphics engine along.
import './reading-room.css';
import './chrome/phone-bar.css';
import './saved/saved-panel.css';
import './dental/dental.css';
import './layout/layout.css';
import './nuclear/nuclear.css';
import { Room } from './room.ts';
import type { ReadingOptions, ReadingRoom } from './types.ts';

/** For a page that will open a room soon: the decoder is compiled meanwhile. */
export { keepSpareWorker as warmUp } from './frames/spare-worker.ts';
export type { Calibration, Measurement, MeasurementKind } from './geometry/measurement.ts';
export type {
  Language,
  LayoutName,
  PaneState,
  Presentation,
  PresentationChange,
  Quality,
  ReadingEvent,
  ReadingOptions,
  ReadingRoom,
  RoomState,
  ToolName,
  View,
  Voi,
} from './types.ts';
export { isToolName } from './types.ts';

export function openReadingRoom(root: HTMLElement, options: ReadingOptions): ReadingRoom {
  const room = new Room(root, options);
  return {
    close: () => room.close(),
    setSeries: (seriesInstanceUid) => room.setSeries(seriesInstanceUid),
    show: (index) => room.show(index),
    set: (change) => room.set(change),
    tool: (name) => room.tool(name),
    keys: (own) => room.keys(own),
    state: () => room.state(),
  };
}
