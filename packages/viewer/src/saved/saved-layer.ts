// What saved sets draw over a viewport's picture: segmentations and dose on a canvas, outlines and drawings as lines, the
// star of a key image. Drawn anew after every change of the viewport; owns nothing but the pictures of segments.
import { element, svg } from '../dom.ts';
import type { Point, Size } from '../geometry/affine.ts';
import { drawMark, type TakenPlaces } from './draw-mark.ts';
import { rgbToCss } from './model/cielab.ts';
import type { Cover } from './model/gsps-cover.ts';
import { distanceTo, pixelUnder } from './model/patient-plane.ts';
import type { Mark } from './model/saved-types.ts';
import { framesOn, type Target } from './model/segmentation.ts';
import { outlinesOn } from './model/structures.ts';
import { paintOverlay, shutterLines } from './paint-cover.ts';
import { paintDose } from './paint-dose.ts';
import type { SavedEntry } from './saved-content.ts';
import { nameOf, type SavedSession } from './saved-session.ts';
import type { SegmentPictures } from './segment-pictures.ts';

export type LayerView = {
  target: Target;
  toCanvas(image: Point): Point;
  size: Size;
  /** What is said beside a drawing. */
  label(mark: Mark): string;
  keyLabel: string;
  /** Of the presentation state that the viewport wears. */
  cover: Cover | null;
};

export class SavedLayer {
  readonly root: HTMLElement;
  readonly #canvas = element('canvas', { class: 'yv-saved-canvas', 'aria-hidden': 'true' });
  readonly #lines = svg('svg', { class: 'yv-drawing', 'aria-hidden': 'true' });
  readonly #star = element('div', { class: 'yv-saved-star', hidden: true });
  readonly #session: SavedSession;
  readonly #pictures: SegmentPictures;
  #hasPaint = false;

  constructor(session: SavedSession, pictures: SegmentPictures) {
    this.#session = session;
    this.#pictures = pictures;
    this.root = element('div', { class: 'yv-saved-layer' }, this.#canvas, this.#lines, this.#star);
  }

  draw(view: LayerView | null): void {
    const shown =
      view === null ? [] : this.#session.entries.filter((one) => one.isVisible && one.content !== null);
    this.#drawStar(view);
    const taken: TakenPlaces = [];
    this.#lines.replaceChildren(
      ...(view === null ? [] : shutterOf(view)),
      ...(view === null ? [] : shown.flatMap((entry) => this.#linesOf(entry, view, taken))),
    );
    const painted = shown.filter(
      ({ content }) => content?.kind === 'segmentation' || content?.kind === 'dose',
    );
    const hasPlanes = view?.cover != null && view.cover.overlays.length > 0;
    if (view !== null && (painted.length > 0 || hasPlanes)) this.#paint(painted, view);
    else if (this.#hasPaint) this.#clear();
  }

  #drawStar(view: LayerView | null): void {
    const isKey =
      view !== null && (this.#session.isKey(view.target) || this.#session.isKeyOfOthers(view.target));
    this.#star.hidden = !isKey;
    if (view !== null && this.#star.textContent !== `★ ${view.keyLabel}`)
      this.#star.textContent = `★ ${view.keyLabel}`;
  }

  #linesOf(entry: SavedEntry, view: LayerView, taken: TakenPlaces): SVGElement[] {
    const { content } = entry;
    if (content?.kind === 'structures') {
      return content.structures.structures
        .filter(({ number }) => !entry.hidden.has(number))
        .flatMap((structure) => {
          const color = rgbToCss(structure.rgb);
          return outlinesOn(content.structures, structure, view.target).map(({ type, points }) =>
            drawMark(
              { shape: type === 'closed' ? 'polygon' : type === 'open' ? 'polyline' : 'points', points },
              view,
              {
                color,
                label: '',
              },
            ),
          );
        });
    }
    const marks = this.#session.marksOf(entry).filter((mark) => nameOf(mark) === nameOf(view.target));
    const color = entry.object.isOwn ? null : '#6fd0ff';
    const drawn = marks.map((mark) =>
      drawMark(mark, view, { color: mark.color ?? color, label: view.label(mark), taken }),
    );
    if (content?.kind !== 'measurements') return drawn;
    return [...drawn, ...this.#spaceMarks(content.set.spaceMarks, view, color, taken)];
  }

  /** Points of the patient that lie in this slice. */
  #spaceMarks(
    marks: Extract<SavedEntry['content'], { kind: 'measurements' }>['set']['spaceMarks'],
    view: LayerView,
    color: string | null,
    taken: TakenPlaces,
  ): SVGElement[] {
    const { plane, frameOfReferenceUid, reachMm } = view.target;
    if (plane === null) return [];
    return marks
      .filter((mark) => mark.frameOfReferenceUid === frameOfReferenceUid)
      .filter((mark) => mark.points.every((point) => Math.abs(distanceTo(plane, point)) <= reachMm))
      .map((mark) => {
        const points = mark.points.map((point) => pixelUnder(plane, point));
        const flat = {
          ...view.target,
          ...mark,
          points,
          tool: null,
          color: null,
          trust: null,
          trackingUid: null,
        };
        return drawMark(flat, view, { color, label: view.label(flat), taken });
      });
  }

  #paint(entries: readonly SavedEntry[], view: LayerView): void {
    const paint = this.#prepare(view.size);
    if (paint === null) return;
    for (const entry of entries) {
      paint.globalAlpha = entry.opacity;
      if (entry.content?.kind === 'dose') paintDose(paint, entry.content, view);
      if (entry.content?.kind === 'segmentation') this.#paintSegments(paint, entry, view);
    }
    paint.globalAlpha = 1;
    for (const plane of view.cover?.overlays ?? []) paintOverlay(paint, plane, view);
    paint.setTransform(1, 0, 0, 1, 0, 0);
    this.#hasPaint = true;
  }

  #paintSegments(paint: CanvasRenderingContext2D, entry: SavedEntry, view: LayerView): void {
    if (entry.content?.kind !== 'segmentation') return;
    const { segmentation, bytes } = entry.content;
    for (const frame of framesOn(segmentation, view.target)) {
      if (frame.segment !== null && entry.hidden.has(frame.segment)) continue;
      const picture = this.#pictures.picture(
        entry.object.sopInstanceUid,
        segmentation,
        bytes,
        frame,
        entry.hidden,
      );
      const { plane: own } = frame;
      const { plane } = view.target;
      const place = (x: number, y: number): Point => {
        if (own === null || plane === null) return view.toCanvas({ x, y });
        const { position, along, down } = own;
        return view.toCanvas(
          pixelUnder(plane, [
            position[0] + x * along[0] + y * down[0],
            position[1] + x * along[1] + y * down[1],
            position[2] + x * along[2] + y * down[2],
          ]),
        );
      };
      const origin = place(-0.5, -0.5);
      const right = place(segmentation.columns - 0.5, -0.5);
      const below = place(-0.5, segmentation.rows - 0.5);
      const ratio = devicePixelRatio;
      paint.setTransform(
        (ratio * (right.x - origin.x)) / segmentation.columns,
        (ratio * (right.y - origin.y)) / segmentation.columns,
        (ratio * (below.x - origin.x)) / segmentation.rows,
        (ratio * (below.y - origin.y)) / segmentation.rows,
        ratio * origin.x,
        ratio * origin.y,
      );
      paint.imageSmoothingEnabled = false;
      paint.drawImage(picture, 0, 0);
    }
  }

  #prepare({ width, height }: Size): CanvasRenderingContext2D | null {
    const columns = Math.round(width * devicePixelRatio);
    const rows = Math.round(height * devicePixelRatio);
    if (this.#canvas.width !== columns || this.#canvas.height !== rows) {
      this.#canvas.width = columns;
      this.#canvas.height = rows;
    }
    const paint = this.#canvas.getContext('2d');
    paint?.setTransform(1, 0, 0, 1, 0, 0);
    paint?.clearRect(0, 0, columns, rows);
    return paint;
  }

  #clear(): void {
    this.#hasPaint = false;
    this.#canvas.width = 1;
    this.#canvas.height = 1;
  }
}

function shutterOf(view: LayerView): SVGElement[] {
  const shutter = view.cover?.shutter ?? null;
  return shutter === null ? [] : shutterLines(shutter, view);
}
