// Between places on the stage of a view and the patient, through the picture of the server that lies fitted in it: its
// headers say where its first pixel is, which way its rows and columns go, and how far apart its pixels are.
import { add, dot, scale, subtract, type Vec3 } from '@yunying/volume';
import type { Point, Size } from '../geometry/affine.ts';
import type { PicturePlace } from './volume-client.ts';

export type PictureMap = {
  toPatient(at: Point): Vec3;
  toStage(point: Vec3): Point;
  right: Vec3;
  down: Vec3;
  origin: Vec3;
};

/** `box`: the element of the picture on the stage, CSS pixels; the picture is fitted into it whole. */
export function pictureMap(
  { origin, orientation, spacingMm }: PicturePlace,
  picture: Size,
  box: Size & { left: number; top: number },
): PictureMap | null {
  const first = vectorOf(origin);
  const right = vectorOf(orientation.slice(0, 3));
  const down = vectorOf(orientation.slice(3));
  const fits = [picture.width, picture.height, box.width, box.height, spacingMm].every((one) => one > 0);
  if (first === null || right === null || down === null || !fits) return null;
  // CSS pixels of one pixel of the picture.
  const perPixel = Math.min(box.width / picture.width, box.height / picture.height);
  const [left, top] = [
    box.left + (box.width - picture.width * perPixel) / 2,
    box.top + (box.height - picture.height * perPixel) / 2,
  ];
  const mm = spacingMm / perPixel;
  const half = spacingMm / 2;
  // The header names the centre of the first pixel.
  const corner = subtract(first, add(scale(right, half), scale(down, half)));
  return {
    right,
    down,
    origin: first,
    toPatient: ({ x, y }) => add(corner, add(scale(right, (x - left) * mm), scale(down, (y - top) * mm))),
    toStage: (point) => {
      const off = subtract(point, corner);
      return { x: left + dot(off, right) / mm, y: top + dot(off, down) / mm };
    },
  };
}

function vectorOf([x, y, z]: readonly number[]): Vec3 | null {
  return x === undefined || y === undefined || z === undefined ? null : [x, y, z];
}
