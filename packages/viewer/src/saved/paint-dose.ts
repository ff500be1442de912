// Dose over a picture as bands of colour between shares of the maximum, sampled on a coarse grid of the viewport.
import { element } from '../dom.ts';
import type { Point, Size } from '../geometry/affine.ts';
import { type DoseGrid, doseAt } from './model/dose.ts';
import { pointOnPlane } from './model/patient-plane.ts';
import type { Target } from './model/segmentation.ts';

export const doseBands: readonly { share: number; rgb: readonly [number, number, number] }[] = [
  { share: 0.95, rgb: [230, 40, 40] },
  { share: 0.8, rgb: [245, 140, 30] },
  { share: 0.5, rgb: [240, 220, 60] },
  { share: 0.3, rgb: [70, 200, 90] },
  { share: 0.1, rgb: [60, 130, 240] },
];

const mostSamples = 192;

type Dose = { grid: DoseGrid; values: Float32Array; maximum: number };
type View = { target: Target; toCanvas(image: Point): Point; size: Size };

export function paintDose(
  paint: CanvasRenderingContext2D,
  { grid, values, maximum }: Dose,
  view: View,
): void {
  const { plane, frameOfReferenceUid, rows, columns } = view.target;
  if (plane === null || maximum <= 0 || frameOfReferenceUid !== grid.frameOfReferenceUid) return;
  const step = Math.max(1, Math.ceil(Math.max(rows, columns) / mostSamples));
  const across = Math.ceil(columns / step);
  const down = Math.ceil(rows / step);
  const small = element('canvas', { width: String(across), height: String(down) });
  const brush = small.getContext('2d');
  if (brush === null) return;
  const image = brush.createImageData(across, down);
  for (let row = 0; row < down; row += 1) {
    for (let column = 0; column < across; column += 1) {
      const centre = { x: (column + 0.5) * step - 0.5, y: (row + 0.5) * step - 0.5 };
      const share = doseAt(grid, values, pointOnPlane(plane, centre)) / maximum;
      const band = doseBands.find((one) => share >= one.share);
      if (band === undefined) continue;
      image.data.set([...band.rgb, 255], (row * across + column) * 4);
    }
  }
  brush.putImageData(image, 0, 0);
  const origin = view.toCanvas({ x: -0.5, y: -0.5 });
  const right = view.toCanvas({ x: across * step - 0.5, y: -0.5 });
  const below = view.toCanvas({ x: -0.5, y: down * step - 0.5 });
  const ratio = devicePixelRatio;
  paint.setTransform(
    (ratio * (right.x - origin.x)) / across,
    (ratio * (right.y - origin.y)) / across,
    (ratio * (below.x - origin.x)) / down,
    (ratio * (below.y - origin.y)) / down,
    ratio * origin.x,
    ratio * origin.y,
  );
  paint.imageSmoothingEnabled = true;
  paint.drawImage(small, 0, 0);
}
