// Fingers and mouse on the solid: one turns it, with the scalpel one draws a loop; two pinch and pan; the middle and
// right buttons pan and zoom.
import { rotateAround, type Vec3 } from '@yunying/volume';
import type { Point } from '../geometry/affine.ts';
import type { GestureSink, StrokeKind } from '../input/gestures.ts';
import type { SolidTurn, SolidView } from './solid-view.ts';
import { unit } from './space.ts';

export class SolidGestures implements GestureSink {
  readonly #view: SolidView;
  #stroke: 'turn' | 'pan' | 'zoom' | 'cut' | null = null;
  #loop: Point[] = [];

  constructor(view: SolidView) {
    this.#view = view;
  }

  begin(kind: StrokeKind, at: Point): boolean {
    const { tool } = this.#view.host.scene.state;
    this.#loop = [];
    if (kind === 'middle') this.#stroke = 'pan';
    else if (kind === 'secondary') this.#stroke = 'zoom';
    else if (tool === 'cut') {
      this.#stroke = 'cut';
      this.#loop = [at];
    } else this.#stroke = tool === 'pan' || tool === 'zoom' ? tool : 'turn';
    return true;
  }

  move(at: Point, by: Point): void {
    switch (this.#stroke) {
      case 'turn':
        this.#view.setTurn(turned(this.#view.turn, by));
        break;
      case 'pan':
        this.#view.panBy(by);
        break;
      case 'zoom':
        this.#view.zoomBy(Math.exp(-by.y / 200));
        break;
      case 'cut': {
        const last = this.#loop[this.#loop.length - 1];
        if (last === undefined || Math.hypot(last.x - at.x, last.y - at.y) > 3) this.#loop.push(at);
        this.#view.drawLoop(this.#loop);
        break;
      }
    }
  }

  end(): void {
    if (this.#stroke === 'cut') {
      if (this.#loop.length > 3) this.#view.host.askCut(this.#view, this.#loop);
      else this.#view.drawLoop([]);
    }
    this.#stroke = null;
  }
  cancel(): void {
    this.#stroke = null;
    this.#view.drawLoop([]);
  }
  pinch(_at: Point, factor: number, by: Point): void {
    this.#view.panBy(by);
    this.#view.zoomBy(factor);
  }
  wheel(_at: Point, steps: number, zoomFactor: number | null): void {
    this.#view.zoomBy(zoomFactor ?? 1.1 ** -steps);
  }
  hover(): void {}
  longPress(): void {}
  longPressEnd(): void {}
  doubleTap(_at: Point, isTouch: boolean): void {
    if (isTouch) this.#view.reset();
    else this.#view.host.enlarge(this.#view);
  }
}

const radiansPerPixel = 0.008;

/** The surface follows the finger: the reader goes the other way round it. */
export function turned({ right, down, forward }: SolidTurn, by: Point): SolidTurn {
  const about = (axis: Vec3, angle: number) => (a: Vec3) => unit(rotateAround(a, unit(axis), angle));
  const sideways = about(down, by.x * radiansPerPixel);
  const [r1, f1] = [sideways(right), sideways(forward)];
  const upwards = about(r1, -by.y * radiansPerPixel);
  return { right: r1, down: upwards(down), forward: upwards(f1) };
}
