// Everything over a plane of the reconstruction: the lines of the two other planes, marks, the path, letters, texts.
import { add, cross, dot, scale, subtract, type Vec3 } from '@yunying/volume';
import { element, setText, svg } from '../dom.ts';
import type { Point, Size } from '../geometry/affine.ts';
import { drawMark } from '../geometry/mark-drawing.ts';
import { lettersOf, opposite } from '../geometry/orientation.ts';
import { isOnPlane, markText } from '../geometry/space-mark.ts';
import { directionsOf, type Lens, type PlaneName, planeNames } from './planes.ts';
import { measureError, type Scene, shownAt, type VolumeLayer } from './scene.ts';
import { unit } from './space.ts';
import type { VolumeSay } from './volume-text.ts';

export type OverlayFacts = {
  scene: Scene;
  name: PlaneName;
  lens: Lens;
  size: Size;
  pointer: Point | null;
  badge: string;
  drawing: readonly Vec3[] | null;
  say: VolumeSay;
};

/** The turn knobs sit at this share of the shorter side from the cross. */
export const knobShare = 0.36;

export class PlaneOverlay {
  readonly root: HTMLElement;
  readonly #drawing = svg('svg', { class: 'yv-drawing', 'aria-hidden': 'true' });
  readonly #name = element('span', { class: 'yv-plane-name' });
  readonly #corner = element('div', { class: 'yv-corner yv-tl' });
  readonly #window = element('div', { class: 'yv-corner yv-bl' });
  readonly #readout = element('div', { class: 'yv-readout' });
  readonly #badge = element('div', { class: 'yv-badge' });
  readonly #letters = {
    top: element('div', { class: 'yv-letter yv-letter-top' }),
    bottom: element('div', { class: 'yv-letter yv-letter-bottom' }),
    left: element('div', { class: 'yv-letter yv-letter-left' }),
    right: element('div', { class: 'yv-letter yv-letter-right yv-letter-edge' }),
  };

  constructor() {
    const corner = element('div', { class: 'yv-corner yv-br yv-corner-edge' }, this.#readout, this.#badge);
    const sides = Object.values(this.#letters);
    const parts = [this.#drawing, this.#corner, this.#window, corner, ...sides];
    this.root = element('div', { class: 'yv-overlay' }, ...parts);
  }

  draw(facts: OverlayFacts): void {
    const { scene, name, lens, pointer, badge, say } = facts;
    const { slab, voi } = scene.state;
    this.#name.dataset.plane = name;
    setText(this.#name, say(name));
    const thick = slab.thicknessMm > 0 ? ` ${say(`${slab.mode}Short`)} ${slab.thicknessMm}\u2009mm` : '';
    this.#corner.replaceChildren(this.#name, thick);
    setText(this.#window, `W ${figure(voi.width)}  L ${figure(voi.center)}`);
    setText(this.#badge, badge);
    this.#badge.hidden = badge === '';
    const at = pointer === null ? null : lens.toPatient(pointer);
    setText(this.#readout, at === null ? '' : valuesAt(scene, at));
    const [right, down] = [lettersOf(lens.directions.right), lettersOf(lens.directions.down)];
    setText(this.#letters.right, right);
    setText(this.#letters.left, opposite(right));
    setText(this.#letters.bottom, down);
    setText(this.#letters.top, opposite(down));
    this.#drawing.replaceChildren(...crossOf(facts), ...pathOf(facts), ...marksOf(facts), ...barOf(facts));
  }
}

export function figure(value: number): string {
  return Math.abs(value) >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
}

function valuesAt(scene: Scene, at: Vec3): string {
  return [scene.base, scene.overlay]
    .filter((layer): layer is VolumeLayer => layer !== null)
    .map((layer) => {
      const value = shownAt(layer, at);
      if (value === null) return '';
      const text = layer.unit.startsWith('SUV') ? value.toFixed(2) : String(Math.round(value * 10) / 10);
      return layer.unit === '' ? text : `${text} ${layer.unit}`;
    })
    .filter((text) => text !== '')
    .join('  ');
}

/** Where the plane of another viewport cuts this one: through the cross. */
export function lineOf(facts: Pick<OverlayFacts, 'scene' | 'name' | 'lens'>, other: PlaneName) {
  const { axes, cross: middle } = facts.scene.state;
  const direction = unit(cross(facts.lens.directions.normal, directionsOf(axes, other).normal));
  const { right, down } = facts.lens.directions;
  return {
    at: facts.lens.toCanvas(middle),
    along: { x: dot(direction, right), y: dot(direction, down) },
  };
}

function crossOf(facts: OverlayFacts): SVGElement[] {
  const { scene, name, size, lens } = facts;
  if (!scene.state.showsCross) return [];
  const reach = size.width + size.height;
  const knob = Math.min(size.width, size.height) * knobShare;
  const gap = 14;
  const half = scene.state.slab.thicknessMm / 2 / lens.mmPerPixel;
  return planeNames
    .filter((other) => other !== name)
    .flatMap((other) => {
      const { at, along } = lineOf(facts, other);
      const line = (from: number, to: number, aside = 0, look = 'yv-cross-line') =>
        svg('line', {
          class: look,
          'data-plane': other,
          x1: String(at.x + along.x * from - along.y * aside),
          y1: String(at.y + along.y * from + along.x * aside),
          x2: String(at.x + along.x * to - along.y * aside),
          y2: String(at.y + along.y * to + along.x * aside),
        });
      const knobs = [-knob, knob].map((far) =>
        svg('circle', {
          class: 'yv-cross-knob',
          'data-plane': other,
          cx: String(at.x + along.x * far),
          cy: String(at.y + along.y * far),
          r: '4.5',
        }),
      );
      const edges =
        half > 2
          ? [half, -half].map((aside) => line(-reach, reach, aside, 'yv-cross-line yv-cross-slab'))
          : [];
      return [line(gap, reach), line(-reach, -gap), ...edges, ...knobs];
    });
}

function pathOf({ scene, name, lens }: OverlayFacts): SVGElement[] {
  const { path } = scene.state;
  if (path === null || path.plane !== name) return [];
  const points = path.points.map(lens.toCanvas);
  const line = points.map(({ x, y }) => `${x},${y}`).join(' ');
  return [
    svg('polyline', { class: 'yv-path', points: line }),
    ...points.map(({ x, y }) =>
      svg('circle', { class: 'yv-path-dot', cx: String(x), cy: String(y), r: '3.5' }),
    ),
  ];
}

function marksOf({ scene, lens, drawing }: OverlayFacts): SVGElement[] {
  const { marks, cross: through, slab } = scene.state;
  const { normal } = lens.directions;
  const reach = Math.max(slab.thicknessMm, Math.min(...scene.base.voxels.spacing)) / 2;
  const here = marks.filter((mark) => isOnPlane(mark, normal, through, reach)).map(({ points }) => points);
  return [...here, ...(drawing === null ? [] : [drawing])].flatMap((points) =>
    drawMark(points.map(lens.toCanvas), valueText(scene, points)),
  );
}

/** Never a figure on a preview; what the voxels leave open beside it where the volume is reduced. */
export function valueText({ base }: Scene, points: readonly Vec3[]): string {
  return base.voxels.isComplete ? markText(points, measureError(base)) : '…';
}

function barOf({ lens, size }: OverlayFacts): SVGElement[] {
  const most = size.height * 0.4 * lens.mmPerPixel;
  const mm = [200, 100, 50, 20, 10, 5, 2, 1].find((one) => one <= most);
  if (mm === undefined) return [];
  const long = mm / lens.mmPerPixel;
  const [x, y] = [size.width - 12, size.height / 2 + 24];
  return [
    svg('path', { class: 'yv-bar', d: `M${x - 5} ${y}H${x}V${y + long}H${x - 5}` }),
    svg(
      'text',
      { class: 'yv-bar-text', x: String(x - 8), y: String(y + long / 2 + 4), 'text-anchor': 'end' },
      mm >= 10 ? `${mm / 10}\u2009cm` : `${mm}\u2009mm`,
    ),
  ];
}

/** A point moved along the plane's normal, back into the plane through `through`. */
export function ontoPlane(point: Vec3, normal: Vec3, through: Vec3): Vec3 {
  return add(point, scale(normal, dot(subtract(through, point), normal)));
}
