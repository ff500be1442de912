// What strokes do in a viewport, by tool: turns gestures into changes of the viewport's state. Measurements near the
// pointer win over every tool, so that they can always be corrected.
import type { Point } from '../geometry/affine.ts';
import { type Measurement, type MeasurementKind, measurementKinds } from '../geometry/measurement.ts';
import type { GestureSink, StrokeKind } from '../input/gestures.ts';
import type { ToolName, Voi } from '../types.ts';
import { dragWindow } from '../voi/window.ts';
import { readMm } from './measure-ask.ts';
import type { Pane, PaneHost } from './pane.ts';

const mouseReach = 9;
const touchReach = 24;

export class PaneGestures implements GestureSink {
  readonly #pane: Pane;
  readonly #host: PaneHost;
  #tool: ToolName | 'grip' = 'scroll';
  #start: Point = { x: 0, y: 0 };
  #voi: Voi | null = null;
  #rest = 0;
  #isTouch = false;

  constructor(pane: Pane, host: PaneHost) {
    this.#pane = pane;
    this.#host = host;
  }

  begin(kind: StrokeKind, at: Point, isTouch: boolean): boolean {
    const pane = this.#pane;
    this.#isTouch = isTouch;
    this.#start = at;
    this.#rest = 0;
    this.#voi = pane.voi;
    this.#tool = this.#toolOf(kind);
    if (pane.count === 0) return false;
    if (pane.isPlaying && kind === 'primary') pane.stop();
    const frame = this.#frame();
    if (kind === 'primary' && frame !== null && !pane.strokes.isBusy) {
      if (this.#grab(frame, at)) this.#tool = 'grip';
      pane.refresh();
    }
    if (this.#isTouch && this.#tool === 'grip') pane.loupe(at);
    const drawn = kindOf(this.#tool);
    if (drawn !== null) return this.#beginMeasure(drawn, at);
    if (this.#tool === 'magnify') pane.loupe(at, isTouch ? 'beside' : 'over');
    if (this.#tool === 'crosshair') this.#host.locate(pane, at);
    return true;
  }

  move(at: Point, by: Point): void {
    const pane = this.#pane;
    if (this.#tool === 'grip' || kindOf(this.#tool) !== null) {
      pane.strokes.move(pane.transform().toImage(at));
      if (this.#isTouch) pane.loupe(at);
      return;
    }
    switch (this.#tool) {
      case 'magnify':
        pane.loupe(at, this.#isTouch ? 'beside' : 'over');
        return;
      case 'scroll':
        this.#scrollBy(by.y);
        return;
      case 'window':
        if (this.#voi !== null) {
          const dx = at.x - this.#start.x;
          const dy = at.y - this.#start.y;
          pane.set({ voi: dragWindow(this.#voi, dx, dy, pane.span, 400) });
        }
        return;
      case 'pan':
        this.#panBy(by);
        return;
      case 'zoom':
        pane.zoomBy(Math.exp(-by.y / 150), this.#start);
        return;
      case 'crosshair':
        this.#host.locate(pane, at);
        return;
    }
  }

  end(at: Point, wasTap: boolean): void {
    const pane = this.#pane;
    pane.loupe(null);
    if (this.#tool === 'grip' || kindOf(this.#tool) !== null) {
      const made = pane.strokes.end(pane.transform().toImage(at), wasTap);
      if (made !== null) this.#finish(made, at);
      this.#host.changed(pane);
    }
  }

  cancel(): void {
    this.#pane.loupe(null);
    this.#pane.strokes.interrupt();
  }

  isHolding(): boolean {
    return this.#pane.strokes.isBusy || this.#tool === 'magnify';
  }

  pinch(at: Point, factor: number, by: Point): void {
    this.#pane.zoomBy(factor, at);
    this.#panBy(by);
  }

  wheel(at: Point, steps: number, zoomFactor: number | null): void {
    if (zoomFactor !== null) this.#pane.zoomBy(zoomFactor, at);
    else this.#pane.step(steps);
  }

  hover(at: Point | null): void {
    const pane = this.#pane;
    if (at !== null && pane.strokes.isBusy) pane.strokes.hover(pane.transform().toImage(at));
    if (this.#host.screen === 'desktop') pane.point(at, this.#host.tool() === 'probe');
  }

  longPress(at: Point): void {
    // The value under a finger is read above it.
    const above = { x: at.x, y: at.y - 36 };
    this.#pane.point(above, true);
    this.#pane.loupe(above);
  }

  longPressEnd(): void {
    this.#pane.point(null, false);
    this.#pane.loupe(null);
  }

  doubleTap(_at: Point, isTouch: boolean): void {
    const pane = this.#pane;
    const label = pane.labelAt(_at, isTouch ? 12 : 2);
    if (label !== null) {
      const written = this.#host.measurements.get(label.id);
      if (written?.origin === 'drawn') this.#askText(written, _at);
      return;
    }
    if (kindOf(this.#host.tool()) !== null) return;
    if (!isTouch) {
      this.#host.enlarge(pane);
      return;
    }
    const { zoom, panX, panY } = pane.presentation;
    const isFitted = Math.abs(zoom - 1) < 0.01 && Math.abs(panX) < 1 && Math.abs(panY) < 1;
    if (!isFitted) pane.set({ zoom: 1, panX: 0, panY: 0 });
    else pane.zoomBy(2, _at);
  }

  #toolOf(kind: StrokeKind): ToolName {
    if (kind === 'middle') return 'pan';
    if (kind === 'secondary') return 'window';
    const tool = this.#host.tool();
    // One picture cannot be scrolled: moving it is what is meant.
    if (tool === 'scroll' && this.#pane.count < 2) return 'pan';
    return tool;
  }

  #grab(frame: { sopInstanceUid: string; frameNumber: number }, at: Point): boolean {
    const pane = this.#pane;
    const { toCanvas, toImage } = pane.transform();
    const isTouch = this.#isTouch;
    const labelAt = pane.labelAt(at, isTouch ? 10 : 1);
    return pane.strokes.grab({
      frame,
      toCanvas,
      toImage,
      at,
      reach: isTouch ? touchReach : mouseReach,
      labelAt,
      onlyChosen: isTouch || kindOf(this.#host.tool()) !== null,
    });
  }

  /** Some drawings are complete only with words. */
  #finish(made: Measurement, at: Point): void {
    if (made.kind === 'text' || made.kind === 'arrow') this.#askText(made, at);
    else if (this.#tool === 'calibrate' && made.kind === 'length') this.#askLength(made.id, made.points, at);
  }

  #askText({ id, kind, text }: Measurement, at: Point): void {
    const { measurements } = this.#host;
    this.#pane.ask({
      kind: 'text',
      at,
      value: text,
      answer: (words) => {
        if (words !== null) measurements.setText(id, words);
        const isEmpty = (words ?? text) === '';
        if (kind === 'text' && isEmpty) measurements.remove(id);
        measurements.commit();
      },
    });
  }

  #askLength(id: string, [a, b]: readonly [Point, Point], at: Point): void {
    const { measurements, say } = this.#host;
    const pane = this.#pane;
    const seriesInstanceUid = pane.opened?.series.seriesInstanceUid ?? '';
    const aspect = pane.spacing.x / pane.spacing.y;
    pane.ask({
      kind: 'mm',
      at,
      value: '',
      answer: (words) => {
        const mm = words === null ? null : readMm(words);
        const rows = Math.hypot((b.x - a.x) * aspect, b.y - a.y);
        if (mm === null || !(rows > 0)) {
          if (words !== null) pane.note(say('notALength'));
          measurements.remove(id);
        } else {
          measurements.calibrate({
            seriesInstanceUid,
            mmPerColumn: (mm / rows) * aspect,
            mmPerRow: mm / rows,
          });
        }
        measurements.commit();
      },
    });
  }

  #beginMeasure(kind: MeasurementKind, at: Point): boolean {
    const pane = this.#pane;
    const frame = this.#frame();
    if (frame === null) return false;
    if (pane.quality === 'film' || pane.quality === 'failed') {
      pane.note(this.#host.say('filmOnly'));
      return false;
    }
    pane.strokes.begin(kind, frame, pane.transform().toImage(at));
    if (this.#isTouch) pane.loupe(at);
    return true;
  }

  #frame() {
    return this.#pane.opened?.series.frames[this.#pane.index] ?? null;
  }

  #panBy(by: Point): void {
    const { panX, panY } = this.#pane.presentation;
    this.#pane.set({ panX: panX + by.x, panY: panY + by.y });
  }

  /** The whole stack in about one and a half screen heights, but never faster than a frame in 5 pixels. */
  #scrollBy(pixels: number): void {
    const perFrame = Math.min(
      24,
      Math.max(5, (this.#pane.size.height * 1.5) / Math.max(this.#pane.count, 1)),
    );
    this.#rest += pixels / perFrame;
    const steps = Math.trunc(this.#rest);
    if (steps === 0) return;
    this.#rest -= steps;
    this.#pane.step(steps);
  }
}

function kindOf(tool: ToolName | 'grip'): MeasurementKind | null {
  if (tool === 'calibrate') return 'length';
  return measurementKinds.find((kind) => kind === tool) ?? null;
}
