// Which distance between pixels may be believed, and what a measured length must say about it (PS3.3 C.7.6.2.1.1,
// 10.7.1.3). Imager Pixel Spacing of a projection image is the distance at the detector, not in the patient.

/** manual: given by the reader, who drew a length that is known. */
export type SpacingKind = 'patient' | 'detector' | 'calibrated' | 'ultrasound' | 'manual' | 'none';

export type Spacing = {
  /** mm between columns and between rows; with kind none only the pixel's aspect. */
  x: number;
  y: number;
  kind: SpacingKind;
};

export type UltrasoundRegion = {
  spatialFormat: number;
  unitsX: number;
  unitsY: number;
  deltaX: number;
  deltaY: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** Row of the reference pixel, from the region's top; the base line of a trace. */
  referenceY?: number | null;
  referenceValueY?: number | null;
};

export type SpacingFacts = {
  modality: string | null;
  /** DICOM order: rows first (vertical distance), then columns. */
  pixelSpacing: readonly number[] | null;
  imagerPixelSpacing: readonly number[] | null;
  nominalScannedPixelSpacing: readonly number[] | null;
  pixelSpacingCalibrationType: string | null;
  estimatedMagnification: number | null;
  pixelAspectRatio: readonly number[] | null;
  regions: readonly UltrasoundRegion[];
};

const projection = new Set(['CR', 'DX', 'MG', 'XA', 'RF', 'IO', 'PX', 'RG', 'DR']);

export function isProjection(modality: string | null): boolean {
  return modality !== null && projection.has(modality);
}

export function chooseSpacing(facts: SpacingFacts): Spacing {
  const own = pair(facts.pixelSpacing);
  const imager = pair(facts.imagerPixelSpacing) ?? pair(facts.nominalScannedPixelSpacing);
  if (isProjection(facts.modality)) {
    if (facts.pixelSpacingCalibrationType !== null && own !== null) return { ...own, kind: 'calibrated' };
    if (own !== null && (imager === null || !same(own, imager))) return { ...own, kind: 'calibrated' };
    const atDetector = imager ?? own;
    if (atDetector !== null) return { ...atDetector, kind: 'detector' };
  } else if (own !== null) {
    return { ...own, kind: 'patient' };
  }
  const tissue = tissueScale(facts.regions);
  if (tissue !== null) return { ...tissue, kind: 'ultrasound' };
  const [vertical, horizontal] = facts.pixelAspectRatio ?? [];
  const isAspect = positive(vertical) && positive(horizontal);
  return { x: isAspect ? horizontal / vertical : 1, y: 1, kind: 'none' };
}

/** What all tissue regions of an ultrasound picture have in common: for the scale bar, not for measuring. */
function tissueScale(regions: readonly UltrasoundRegion[]): { x: number; y: number } | null {
  const scales = regions
    .filter(isTissue)
    .map(({ deltaX, deltaY }) => pair([deltaY * 10, deltaX * 10].map(Math.abs)));
  const [first] = scales;
  if (first == null || first.x / first.y > 4 || first.y / first.x > 4) return null;
  return scales.every((scale) => scale !== null && same(scale, first)) ? first : null;
}

function isTissue({ spatialFormat, unitsX, unitsY }: UltrasoundRegion): boolean {
  return spatialFormat === 1 && unitsX === 3 && unitsY === 3;
}

/** Ultrasound is measured by the region that holds every point (PS3.3 C.8.5.5): 2D tissue in cm both ways. */
export function spacingAt(facts: SpacingFacts, points: readonly { x: number; y: number }[]): Spacing {
  const inside = facts.regions.filter((region) => points.every((point) => holdsPoint(region, point)));
  const region = inside[0];
  if (region !== undefined && inside.length === 1) {
    const x = Math.abs(region.deltaX) * 10;
    const y = Math.abs(region.deltaY) * 10;
    if (isTissue(region) && x > 0 && y > 0) return { x, y, kind: 'ultrasound' };
    return { x: 1, y: 1, kind: 'none' };
  }
  if (facts.regions.length > 0) return { x: 1, y: 1, kind: 'none' };
  return chooseSpacing(facts);
}

export function holdsPoint(region: UltrasoundRegion, point: { x: number; y: number }): boolean {
  return (
    point.x >= region.left - 0.5 &&
    point.x <= region.right + 0.5 &&
    point.y >= region.top - 0.5 &&
    point.y <= region.bottom + 0.5
  );
}

function pair(values: readonly number[] | null): { x: number; y: number } | null {
  const [y, x] = values ?? [];
  return positive(x) && positive(y) ? { x, y } : null;
}

function positive(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value > 0 && value < 1e4;
}

function same(a: { x: number; y: number }, b: { x: number; y: number }): boolean {
  return Math.abs(a.x - b.x) < 1e-6 && Math.abs(a.y - b.y) < 1e-6;
}
