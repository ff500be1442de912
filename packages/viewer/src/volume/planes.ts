// The three planes of a reconstruction: the patient's axes, turned together when a line is turned (so they stay at
// right angles), and the pictures they cut for viewports of any size and zoom.
import { add, type Cut, cross, dot, length, rotateAround, scale, subtract, type Vec3 } from '@yunying/volume';
import type { Point, Size } from '../geometry/affine.ts';
import { unit } from './space.ts';

export type PlaneName = 'axial' | 'coronal' | 'sagittal';
export const planeNames: readonly PlaneName[] = ['axial', 'sagittal', 'coronal'];

/** To the left, to the back and to the head of the patient, or turned from there. */
export type Axes = { x: Vec3; y: Vec3; z: Vec3 };
export const straightAxes: Axes = { x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1] };

/** Directions of a viewport: right, down, and right × down, away from the reader. */
export type Directions = { right: Vec3; down: Vec3; normal: Vec3 };

/**
 * Of a plane's own normal and, within it, the patient's upright: turning the axes about a plane's normal turns the
 * other planes and leaves its own picture as it is.
 */
export function directionsOf(axes: Axes, name: PlaneName): Directions {
  if (name === 'axial') {
    const normal = axes.z;
    const right = within([1, 0, 0], normal) ?? axes.x;
    return { right, down: cross(normal, right), normal };
  }
  const normal = name === 'coronal' ? axes.y : scale(axes.x, -1);
  const down = within([0, 0, -1], normal) ?? scale(axes.z, -1);
  return { right: cross(down, normal), down, normal };
}

function within(wanted: Vec3, normal: Vec3): Vec3 | null {
  const part = subtract(wanted, scale(normal, dot(wanted, normal)));
  return length(part) < 0.1 ? null : unit(part);
}

/** Turns all axes about a direction; made square again, so that thousands of small turns do not shear them. */
export function turnAxes(axes: Axes, about: Vec3, radians: number): Axes {
  const x = unit(rotateAround(axes.x, unit(about), radians));
  const turned = rotateAround(axes.y, unit(about), radians);
  const z = unit(cross(x, turned));
  return { x, y: cross(z, x), z };
}

/** The way the wheel goes through a plane: head to feet, front to back, left to right. */
export function scrollDirection(axes: Axes, name: PlaneName): Vec3 {
  const { normal } = directionsOf(axes, name);
  return name === 'axial' ? scale(normal, -1) : normal;
}

/** How a viewport looks at its plane: a point that is in its middle, and mm per CSS pixel. */
export type Look = { centre: Vec3; mmPerPixel: number };

export type Lens = {
  directions: Directions;
  toCanvas(point: Vec3): Point;
  toPatient(at: Point): Vec3;
  mmPerPixel: number;
};

/** Between a viewport's CSS pixels and the plane through `through`. */
export function lensOf(directions: Directions, look: Look, through: Vec3, canvas: Size): Lens {
  const { right, down, normal } = directions;
  const centre = add(look.centre, scale(normal, dot(subtract(through, look.centre), normal)));
  const { mmPerPixel } = look;
  return {
    directions,
    mmPerPixel,
    toCanvas: (point) => {
      const off = subtract(point, centre);
      return {
        x: canvas.width / 2 + dot(off, right) / mmPerPixel,
        y: canvas.height / 2 + dot(off, down) / mmPerPixel,
      };
    },
    toPatient: ({ x, y }) =>
      add(
        centre,
        add(
          scale(right, (x - canvas.width / 2) * mmPerPixel),
          scale(down, (y - canvas.height / 2) * mmPerPixel),
        ),
      ),
  };
}

/** The picture of `factor` pixels per CSS pixel that fills the viewport. */
export function planeOf(lens: Lens, canvas: Size, factor: number): Cut {
  const width = Math.max(1, Math.round(canvas.width * factor));
  const height = Math.max(1, Math.round(canvas.height * factor));
  const stepX = canvas.width / width;
  const stepY = canvas.height / height;
  const { right, down, normal } = lens.directions;
  return {
    origin: lens.toPatient({ x: stepX / 2, y: stepY / 2 }),
    right: scale(right, lens.mmPerPixel * stepX),
    down: scale(down, lens.mmPerPixel * stepY),
    normal,
    width,
    height,
  };
}

/** mm per pixel at which all corners are inside. */
export function fitLook(
  corners: readonly Vec3[],
  centre: Vec3,
  { right, down }: Directions,
  canvas: Size,
): Look {
  let across = 1;
  let tall = 1;
  for (const corner of corners) {
    const off = subtract(corner, centre);
    across = Math.max(across, Math.abs(dot(off, right)) * 2);
    tall = Math.max(tall, Math.abs(dot(off, down)) * 2);
  }
  return { centre, mmPerPixel: Math.max(across / canvas.width, tall / canvas.height) * 1.02 };
}
