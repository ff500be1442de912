// What strokes do in a viewport, by tool: turns gestures into changes of the viewport's state. Measurements near the
// pointer win over every tool, so that they can always be corrected.
import type { Point } from '../geometry/affine.ts';
import type { GestureSink, StrokeKind } from '../input/gestures.ts';
import type { ToolName, Voi } from '../types.ts';
import { dragWindow } from '../voi/window.ts';
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
      const { toCanvas } = pane.transform();
      if (pane.strokes.grab(frame, toCanvas, at, isTouch ? touchReach : mouseReach)) this.#tool = 'grip';
      pane.refresh();
    }
    if (this.#tool === 'length' || this.#tool === 'angle') return this.#beginMeasure(this.#tool, at);
    if (this.#tool === 'probe') pane.point(at, true);
    if (this.#tool === 'crosshair') this.#host.locate(pane, at);
    return true;
  }

  move(at: Point, by: Point): void {
    const pane = this.#pane;
    switch (this.#tool) {
      case 'grip':
      case 'length':
      case 'angle':
        pane.strokes.move(pane.transform().toImage(at));
        if (this.#isTouch) pane.loupe(at);
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
      case 'probe':
        pane.point(at, true);
        return;
      case 'crosshair':
        this.#host.locate(pane, at);
        return;
    }
  }

  end(at: Point, wasTap: boolean): void {
    const pane = this.#pane;
    pane.loupe(null);
    if (this.#tool === 'grip' || this.#tool === 'length' || this.#tool === 'angle') {
      pane.strokes.end(pane.transform().toImage(at), wasTap);
      this.#host.emit({ type: 'measure', measurements: this.#host.measurements.all() });
      this.#host.changed(pane);
    }
    if (this.#tool === 'probe' && this.#isTouch) pane.point(null, false);
  }

  cancel(): void {
    this.#pane.loupe(null);
    this.#pane.strokes.cancel();
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

  #beginMeasure(tool: 'length' | 'angle', at: Point): boolean {
    const pane = this.#pane;
    const frame = this.#frame();
    if (frame === null) return false;
    if (pane.quality === 'film' || pane.quality === 'failed') {
      pane.note(this.#host.say('filmOnly'));
      return false;
    }
    pane.strokes.begin(tool, frame, pane.transform().toImage(at));
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
