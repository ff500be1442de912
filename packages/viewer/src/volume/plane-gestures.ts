// What fingers, mouse and wheel do on a plane: move the cross, turn a line by its knob, scroll, window, pan, zoom,
// measure, draw a path. The wheel always scrolls; the right button windows; the middle one pans.
import { add, applyDirection, dot, scale, subtract, type Vec3 } from '@yunying/volume';
import type { Point } from '../geometry/affine.ts';
import type { GestureSink, StrokeKind } from '../input/gestures.ts';
import { MarkStroke } from '../input/mark-stroke.ts';
import { dragWindow } from '../voi/window.ts';
import { knobShare, lineOf, ontoPlane } from './plane-overlay.ts';
import type { PlaneView } from './plane-view.ts';
import { planeNames, scrollDirection, turnAxes } from './planes.ts';
import type { VolumeTool } from './scene.ts';
import { distance } from './space.ts';
import type { Voxels } from './voxels.ts';

const catchPixels = 24;
const touchPixels = 32;

type Stroke = VolumeTool | 'turn';

export class PlaneGestures implements GestureSink {
  readonly #view: PlaneView;
  #stroke: Stroke | null = null;
  #last: Point = { x: 0, y: 0 };
  readonly #mark: MarkStroke;
  #rest = 0;

  constructor(view: PlaneView) {
    this.#view = view;
    const { scene } = view.host;
    this.#mark = new MarkStroke({
      toPatient: (at) => view.lens.toPatient(at),
      draft: (points) => view.draft(points),
      add: (points) => {
        const id = Math.max(0, ...scene.state.marks.map((one) => one.id)) + 1;
        const { normal } = view.lens.directions;
        scene.set({ marks: [...scene.state.marks, { id, points, normal }] });
      },
    });
    scene.watch((before) => {
      const { tool, cross, axes } = scene.state;
      // Half an angle does not follow to another plane or tool.
      if (tool !== before.tool || cross !== before.cross || axes !== before.axes) this.#mark.cancel();
    });
  }

  begin(kind: StrokeKind, at: Point, isTouch: boolean): boolean {
    const { scene } = this.#view.host;
    const { tool } = scene.state;
    this.#last = at;
    this.#rest = 0;
    if (kind === 'middle') this.#stroke = 'pan';
    else if (kind === 'secondary') this.#stroke = 'window';
    else if (tool === 'cut') this.#stroke = 'cross';
    else this.#stroke = tool;
    if (kind === 'primary' && tool === 'cross') {
      if (this.#isKnob(at, isTouch ? touchPixels : catchPixels)) this.#stroke = 'turn';
      else this.#moveCross(at);
    }
    if (this.#stroke === 'length' || this.#stroke === 'angle') this.#mark.begin(this.#stroke, at);
    return true;
  }

  move(at: Point, by: Point): void {
    const view = this.#view;
    const { scene } = view.host;
    const { mmPerPixel } = view.look;
    switch (this.#stroke) {
      case 'cross':
        this.#moveCross(at);
        break;
      case 'turn':
        this.#turn(at);
        break;
      case 'scroll': {
        this.#rest += by.y / 6;
        const steps = Math.trunc(this.#rest);
        if (steps !== 0) {
          this.#rest -= steps;
          this.#scroll(steps);
        }
        break;
      }
      case 'window': {
        const { voi } = scene.state;
        const span = Math.min(4096, Math.max(voi.width * 2, 1e-3));
        scene.move({ voi: dragWindow(voi, by.x, by.y, span, view.size.width) });
        break;
      }
      case 'pan':
        this.#pan(by);
        break;
      case 'zoom':
        view.setLook({ ...view.look, mmPerPixel: limit(mmPerPixel * Math.exp(by.y / 200)) });
        break;
      case 'length':
      case 'angle':
        this.#mark.move(at);
        break;
    }
    this.#last = at;
  }

  end(at: Point, wasTap: boolean): void {
    const stroke = this.#stroke;
    this.#stroke = null;
    if (stroke === 'length' || stroke === 'angle') this.#mark.end(at, wasTap);
    if (stroke === 'path' && wasTap) this.#addPoint(at);
  }

  cancel(): void {
    this.#stroke = null;
    this.#mark.cancel();
  }

  pinch(at: Point, factor: number, by: Point): void {
    this.#pan(by);
    this.#zoom(at, factor);
  }

  wheel(at: Point, steps: number, zoomFactor: number | null): void {
    if (zoomFactor !== null) this.#zoom(at, zoomFactor);
    else this.#scroll(steps);
  }

  hover(at: Point | null): void {
    this.#view.point(at);
  }
  longPress(at: Point): void {
    this.#view.point(at);
  }
  longPressEnd(): void {
    this.#view.point(null);
  }

  doubleTap(_at: Point, isTouch: boolean): void {
    const { scene } = this.#view.host;
    const { path, tool } = scene.state;
    if (tool === 'path' && path !== null) {
      // The second tap of the double one left the last point twice.
      const points = path.points.filter(
        (point, at) =>
          at === 0 || distance(point, path.points[at - 1] ?? point) > 6 * this.#view.look.mmPerPixel,
      );
      scene.set({ path: { ...path, points, isDone: points.length > 1 }, tool: 'cross' });
      return;
    }
    if (isTouch) this.#view.setLook(null);
    else this.#view.host.enlarge(this.#view);
  }

  #addPoint(at: Point): void {
    const view = this.#view;
    const { scene } = view.host;
    const { path } = scene.state;
    const point = view.lens.toPatient(at);
    const { normal } = view.lens.directions;
    if (path === null || path.isDone || path.plane !== view.name) {
      scene.set({ path: { plane: view.name, normal, points: [point], isDone: false } });
      return;
    }
    scene.set({ path: { ...path, points: [...path.points, point].slice(0, 200) } });
  }

  #moveCross(at: Point): void {
    const { scene } = this.#view.host;
    const { voxels } = scene.base;
    const wanted = this.#view.lens.toPatient(at);
    // Never out of the picture, where all planes would be black.
    const reach = voxels.corners.map((corner) => distance(corner, voxels.centre));
    if (distance(wanted, voxels.centre) <= Math.max(...reach)) scene.move({ cross: wanted });
  }

  #scroll(steps: number): void {
    const { scene } = this.#view.host;
    const { axes, cross } = scene.state;
    const direction = scrollDirection(axes, this.#view.name);
    const { voxels } = scene.base;
    const next = add(cross, scale(direction, steps * stepAlong(direction, voxels)));
    const reach = voxels.corners.map((corner) => dot(subtract(corner, voxels.centre), direction));
    const at = dot(subtract(next, voxels.centre), direction);
    const [low, high] = [Math.min(...reach), Math.max(...reach)];
    const held = Math.min(high, Math.max(low, at));
    scene.move({ cross: add(next, scale(direction, held - at)) });
  }

  #pan(by: Point): void {
    const view = this.#view;
    const { right, down } = view.lens.directions;
    const { centre, mmPerPixel } = view.look;
    const moved = add(scale(right, -by.x * mmPerPixel), scale(down, -by.y * mmPerPixel));
    view.setLook({ mmPerPixel, centre: add(centre, moved) });
  }

  #zoom(at: Point, factor: number): void {
    const view = this.#view;
    const { normal } = view.lens.directions;
    const held = view.lens.toPatient(at);
    const mmPerPixel = limit(view.look.mmPerPixel / factor);
    const { width, height } = view.size;
    const { right, down } = view.lens.directions;
    const off = add(
      scale(right, (at.x - width / 2) * mmPerPixel),
      scale(down, (at.y - height / 2) * mmPerPixel),
    );
    view.setLook({ mmPerPixel, centre: ontoPlane(subtract(held, off), normal, view.look.centre) });
  }

  #isKnob(at: Point, reach: number): boolean {
    const { scene } = this.#view.host;
    if (!scene.state.showsCross) return false;
    const { size, lens, name } = this.#view;
    const far = Math.min(size.width, size.height) * knobShare;
    return planeNames
      .filter((other) => other !== name)
      .some((other) => {
        const line = lineOf({ scene, name, lens }, other);
        return [-far, far].some(
          (along) =>
            Math.hypot(line.at.x + line.along.x * along - at.x, line.at.y + line.along.y * along - at.y) <=
            reach,
        );
      });
  }

  #turn(at: Point): void {
    const view = this.#view;
    const { scene } = view.host;
    const middle = view.lens.toCanvas(scene.state.cross);
    const before = Math.atan2(this.#last.y - middle.y, this.#last.x - middle.x);
    const after = Math.atan2(at.y - middle.y, at.x - middle.x);
    // The other planes turn about this one's normal; this one keeps its picture.
    const { axes } = scene.state;
    scene.move({ axes: turnAxes(axes, view.lens.directions.normal, after - before) });
  }
}

/** mm to the next voxel along a direction. */
function stepAlong(direction: Vec3, { toIndex }: Voxels): number {
  const [x, y, z] = applyDirection(toIndex, direction);
  return 1 / Math.max(Math.abs(x), Math.abs(y), Math.abs(z), 1e-3);
}

const limit = (mmPerPixel: number): number => Math.min(20, Math.max(0.01, mmPerPixel));
