// The frame on screen as saved objects need to know it: its place in the patient and how far its slice reaches.

import type { FrameFacts } from '../geometry/frame-facts.ts';
import { chooseSpacing } from '../geometry/spacing.ts';
import { distanceTo, patientPlane } from './model/patient-plane.ts';
import type { Target } from './model/segmentation.ts';

export function targetOf(facts: FrameFacts, neighbours: readonly (FrameFacts | null)[]): Target {
  const spacing = chooseSpacing(facts.spacing);
  const isMetric = spacing.kind === 'patient' || spacing.kind === 'calibrated';
  const own = facts.spacing.pixelSpacing ?? (isMetric ? [spacing.y, spacing.x] : null);
  const plane = patientPlane(facts.imagePosition, facts.imageOrientation, own);
  let nearest = Number.POSITIVE_INFINITY;
  for (const neighbour of neighbours) {
    const [x, y, z] = neighbour?.imagePosition ?? [];
    if (plane === null || x === undefined || y === undefined || z === undefined) continue;
    const distance = Math.abs(distanceTo(plane, [x, y, z]));
    if (distance > 1e-3) nearest = Math.min(nearest, distance);
  }
  const thickness = Number.isFinite(nearest) ? nearest : (facts.sliceThickness ?? 1);
  return {
    sopInstanceUid: facts.sopInstanceUid,
    frameNumber: facts.frameNumber,
    plane,
    frameOfReferenceUid: facts.frameOfReferenceUid,
    rows: facts.rows ?? 0,
    columns: facts.columns ?? 0,
    reachMm: Math.max(0.01, thickness / 2),
  };
}
