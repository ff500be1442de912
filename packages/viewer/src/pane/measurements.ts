// All measurements of a room, by frame, and the way back through what was drawn. One owner: viewports read and change
// them here and are told of changes. Changes become a step of undo when a gesture has ended (commit).
import type { Point } from '../geometry/affine.ts';
import {
  type Calibration,
  type Measurement,
  type MeasurementKind,
  pointCounts,
  shaped,
  withPoints,
} from '../geometry/measurement.ts';

export type DrawnState = { items: readonly Measurement[]; calibrations: readonly Calibration[] };

const mostSteps = 100;
const nothing: DrawnState = { items: [], calibrations: [] };

export class Measurements {
  #now: DrawnState = nothing;
  /** As it was at the end of the last gesture. */
  #settled: DrawnState = nothing;
  #past: DrawnState[] = [];
  #future: DrawnState[] = [];
  #next = 1;
  readonly #listeners = new Set<() => void>();
  readonly #settledListeners = new Set<(state: DrawnState) => void>();

  all(): Measurement[] {
    return [...this.#now.items];
  }

  drawn(): readonly Measurement[] {
    return this.#now.items;
  }

  of(sopInstanceUid: string, frameNumber: number): readonly Measurement[] {
    return this.all().filter(
      (item) => item.sopInstanceUid === sopInstanceUid && item.frameNumber === frameNumber,
    );
  }

  get(id: string): Measurement | undefined {
    return this.all().find((item) => item.id === id);
  }

  calibrations(): readonly Calibration[] {
    return this.#now.calibrations;
  }

  calibration(seriesInstanceUid: string): Calibration | undefined {
    return this.#now.calibrations.find((one) => one.seriesInstanceUid === seriesInstanceUid);
  }

  /** What an earlier room kept: no step of undo leads before it. */
  restore(items: readonly Measurement[], calibrations: readonly Calibration[] = []): void {
    this.#now = { items: items.filter(({ origin }) => origin === 'drawn'), calibrations };
    this.#settled = this.#now;
    this.#past = [];
    this.#future = [];
    this.#tell();
  }

  /** What was saved is shown from the archive: it goes from here, and no undo brings it back. */
  forget(ids: readonly string[]): void {
    const isSaved = ({ id }: Measurement) => ids.includes(id);
    const without = (state: DrawnState): DrawnState => ({
      ...state,
      items: state.items.filter((item) => !isSaved(item)),
    });
    this.#now = without(this.#now);
    this.#settled = this.#now;
    this.#past = this.#past.map(without);
    this.#future = this.#future.map(without);
    this.#tell();
    this.#tellSettled();
  }

  /** A new one with all its points at one place; freehand begins with that point alone. */
  add(kind: MeasurementKind, sopInstanceUid: string, frameNumber: number, at: Point, text = ''): string {
    while (this.get(`m${this.#next}`) !== undefined) this.#next += 1;
    const id = `m${this.#next}`;
    const count = kind === 'freehand' ? 1 : pointCounts[kind];
    const points = Array.from({ length: count }, () => ({ ...at }));
    const made = shaped({ id, sopInstanceUid, frameNumber, origin: 'drawn', text }, kind, points);
    if (made !== null) this.#change({ items: [...this.#now.items, made] });
    return id;
  }

  movePoint(id: string, index: number, to: Point): void {
    const item = this.#drawnOne(id);
    if (item?.points[index] === undefined) return;
    this.setPoints(
      id,
      item.points.map((point, at) => (at === index ? { ...to } : point)),
    );
  }

  setPoints(id: string, points: readonly Point[]): void {
    this.#replace(id, (item) => withPoints(item, points));
  }

  /** Puts a measurement back as it was. */
  put(measurement: Measurement): void {
    this.#replace(measurement.id, () => measurement);
  }

  moveLabel(id: string, label: Point): void {
    this.#replace(id, (item) => ({ ...item, label: { ...label } }));
  }

  setText(id: string, text: string): void {
    this.#replace(id, (item) => ({ ...item, text }));
  }

  /** Takes the place of an earlier calibration of the same series. */
  calibrate(calibration: Calibration): void {
    const others = this.#now.calibrations.filter(
      ({ seriesInstanceUid }) => seriesInstanceUid !== calibration.seriesInstanceUid,
    );
    this.#change({ calibrations: [...others, calibration] });
  }

  /** Only what was drawn here can be taken away. */
  remove(id: string): void {
    this.#change({ items: this.#now.items.filter((item) => item.id !== id) });
  }

  clear(): void {
    this.#change({ items: [] });
  }

  /** A gesture has ended: what it did becomes one step of undo. */
  commit(): void {
    if (isSame(this.#now, this.#settled)) return;
    this.#past = [...this.#past, this.#settled].slice(-mostSteps);
    this.#future = [];
    this.#settled = this.#now;
    this.#tellSettled();
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  undo(): void {
    const before = this.#past[this.#past.length - 1];
    if (before === undefined) return;
    this.#past = this.#past.slice(0, -1);
    this.#future = [this.#settled, ...this.#future];
    this.#go(before);
  }

  redo(): void {
    const [after, ...rest] = this.#future;
    if (after === undefined) return;
    this.#future = rest;
    this.#past = [...this.#past, this.#settled];
    this.#go(after);
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Told at the end of gestures and after undo: the moment to keep what was drawn. */
  watchSettled(listener: (state: DrawnState) => void): () => void {
    this.#settledListeners.add(listener);
    return () => this.#settledListeners.delete(listener);
  }

  #go(state: DrawnState): void {
    this.#now = state;
    this.#settled = state;
    this.#tell();
    this.#tellSettled();
  }

  #drawnOne(id: string): Measurement | undefined {
    return this.#now.items.find((item) => item.id === id);
  }

  #replace(id: string, make: (item: Measurement) => Measurement | null): void {
    const items = this.#now.items.map((item) => (item.id === id ? (make(item) ?? item) : item));
    this.#change({ items });
  }

  #change(change: Partial<DrawnState>): void {
    this.#now = { ...this.#now, ...change };
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #tellSettled(): void {
    for (const listener of this.#settledListeners) listener(this.#settled);
  }
}

function isSame(a: DrawnState, b: DrawnState): boolean {
  return (
    a.calibrations === b.calibrations &&
    a.items.length === b.items.length &&
    a.items.every((item, at) => item === b.items[at])
  );
}
