// What a client must know of a built volume to ask for planes and views of it.
import type { VolumeDescription } from '@yunying/api';
import { type AnatomicalPlane, planeStack, presetsFor } from '@yunying/volume';
import type { Volume } from './volume-types.ts';

export function describeVolume(volume: Volume): VolumeDescription {
  const { geometry, grid } = volume;
  const planes = (name: AnatomicalPlane) => {
    const stack = planeStack(grid, name, 512);
    return { count: stack.planes, stepMm: stack.stepMm };
  };
  return {
    columns: geometry.columns,
    rows: geometry.rows,
    slices: geometry.slices,
    spacingMm: [...geometry.spacing],
    reduced: [...volume.reduced],
    tiltDegrees: Math.round(geometry.tiltDegrees * 10) / 10,
    missing: geometry.missing,
    uneven: geometry.uneven,
    phases: geometry.phases,
    phase: geometry.phase,
    modality: volume.modality,
    unit: volume.unit,
    hasSuv: volume.suvFactor !== null,
    window: volume.window,
    presets: presetsFor(volume.modality).map(({ name }) => name),
    planes: { axial: planes('axial'), coronal: planes('coronal'), sagittal: planes('sagittal') },
  };
}

export function isReduced({ reduced }: Volume): boolean {
  return reduced.some((by) => by > 1);
}
