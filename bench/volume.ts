// npm run bench -- volume: planes, slabs and turned views of a 512 × 512 × 200 volume on one core, as the server draws
// them for weak devices: milliseconds a picture and pictures a second, the median of --reps (5). No peer runs here: none
// of the toolkits beside us draws volumes without a display.
import { parseArgs } from 'node:util';
import {
  affineOf,
  cameraAround,
  castRays,
  invert,
  makeBricks,
  planeStack,
  projectMaximum,
  resamplePlane,
  transferOf,
  type VoxelGrid,
} from '@yunying/volume';

const { values } = parseArgs({ options: { reps: { type: 'string', default: '5' } } });
const reps = Math.max(1, Number(values.reps));

/** A body of soft tissue with a tube of bone in it, in air. */
function body(): VoxelGrid {
  const [columns, rows, slices] = [512, 512, 200];
  const samples = new Int16Array(new SharedArrayBuffer(columns * rows * slices * 2));
  for (let at = 0; at < samples.length; at += 1) {
    const [i, j, k] = [at % columns, Math.floor(at / columns) % rows, Math.floor(at / columns / rows)];
    const far = Math.hypot(i - 256, j - 256);
    samples[at] = far > 200 ? -1000 : far > 50 && far < 60 ? 800 : 40 + ((i * 7 + j * 13 + k * 5) % 30);
  }
  const toPatient = affineOf([0.7, 0, 0], [0, 0.7, 0], [0, 0, 1.5], [-179, -179, 0]);
  return { columns, rows, slices, samples, slope: 1, intercept: 0, toPatient, toVoxel: invert(toPatient) };
}

function line(what: string, draw: () => unknown): void {
  draw(); // the first call compiles
  const taken = Array.from({ length: reps }, () => {
    const from = performance.now();
    draw();
    return performance.now() - from;
  }).sort((a, b) => a - b);
  const ms = taken[Math.floor(taken.length / 2)] ?? 0;
  process.stdout.write(
    `${what.padEnd(44)} ${ms.toFixed(1).padStart(8)} ms ${(1000 / ms).toFixed(1).padStart(8)} /s\n`,
  );
}

const grid = body();
const bricks = makeBricks(grid);
for (const name of ['axial', 'coronal', 'sagittal'] as const) {
  const stack = planeStack(grid, name, 512);
  line(`plane 512, ${name}`, () => resamplePlane(grid, stack.at(80)));
}
const coronal = planeStack(grid, 'coronal', 512).at(80);
line('slab 20 mm, maximum, coronal', () => resamplePlane(grid, coronal, { thicknessMm: 20, mode: 'mip' }));
for (const side of [224, 400]) {
  const camera = cameraAround(
    grid,
    { yawDegrees: 30, pitchDegrees: 10, zoom: 1 },
    { width: side, height: side },
  );
  const options = { stepMm: Math.max(0.7, camera.spacingMm / 2) };
  for (const preset of ['bone', 'soft', 'skin'] as const)
    line(`turned view ${side}, ${preset}`, () =>
      castRays(grid, bricks, camera, transferOf(preset, { low: 0, high: 1 }), options),
    );
  line(`turned view ${side}, maximum`, () => projectMaximum(grid, bricks, camera, options));
}
