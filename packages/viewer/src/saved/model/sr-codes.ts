// Coded concepts of measurement reports (PS3.16 TID 1500 and below), in the form the standard names now; older forms
// (SNOMED-RT) are read by their meaning.
import type { Code } from './write-json.ts';

const dcm = (value: string, meaning: string): Code => ({ value, scheme: 'DCM', meaning });
const sct = (value: string, meaning: string): Code => ({ value, scheme: 'SCT', meaning });
const ucum = (value: string, meaning: string): Code => ({ value, scheme: 'UCUM', meaning });
/** What the standard has no code for. */
const own = (value: string, meaning: string): Code => ({ value, scheme: '99YUNYING', meaning });

export const concepts = {
  report: dcm('126000', 'Imaging Measurement Report'),
  language: dcm('121049', 'Language of Content Item and Descendants'),
  chinese: { value: 'zh-CN', scheme: 'RFC5646', meaning: 'Chinese (China)' },
  observerType: dcm('121005', 'Observer Type'),
  person: dcm('121006', 'Person'),
  observerName: dcm('121008', 'Person Observer Name'),
  procedureReported: dcm('121058', 'Procedure reported'),
  imagingProcedure: sct('363679005', 'Imaging procedure'),
  measurements: dcm('126010', 'Imaging Measurements'),
  group: dcm('125007', 'Measurement Group'),
  trackingIdentifier: dcm('112039', 'Tracking Identifier'),
  trackingUid: dcm('112040', 'Tracking Unique Identifier'),
  region: dcm('111030', 'Image Region'),
  comment: dcm('121106', 'Comment'),
  finding: dcm('121071', 'Finding'),
  keyImageComment: dcm('113012', 'Key Object Description'),
  forReading: dcm('113000', 'Of Interest'),
} as const;

/** Names of what is measured, by the name our tools have for it. */
export const measuredConcepts: Readonly<Record<string, Code>> = {
  length: sct('410668003', 'Length'),
  angle: sct('1483009', 'Angle'),
  cobb: sct('285285000', 'Cobb angle'),
  area: sct('42798000', 'Area'),
  perimeter: sct('131191004', 'Perimeter'),
  mean: sct('373098007', 'Mean'),
  deviation: sct('386136009', 'Standard Deviation'),
  minimum: sct('255605001', 'Minimum'),
  maximum: sct('56851009', 'Maximum'),
  time: own('TIMEDIFFERENCE', 'Time difference'),
  distance: own('DEPTHDIFFERENCE', 'Depth difference'),
  velocity: own('VELOCITY', 'Velocity'),
  frequency: own('FREQUENCY', 'Frequency'),
  value: own('PIXELVALUE', 'Pixel value'),
  pixels: own('PIXELCOUNT', 'Number of pixels'),
};

const units: Readonly<Record<string, Code>> = {
  mm: ucum('mm', 'millimeter'),
  cm: ucum('cm', 'centimeter'),
  'mm²': ucum('mm2', 'square millimeter'),
  'cm²': ucum('cm2', 'square centimeter'),
  'mm³': ucum('mm3', 'cubic millimeter'),
  '°': ucum('deg', 'degree'),
  s: ucum('s', 'second'),
  'cm/s': ucum('cm/s', 'centimeter per second'),
  Hz: ucum('Hz', 'Hertz'),
  px: ucum('{pixels}', 'pixels'),
  'px²': ucum('{pixels}2', 'square pixels'),
  HU: ucum("[hnsf'U]", 'Hounsfield unit'),
  '': ucum('1', 'no units'),
};

export function unitCode(unit: string): Code {
  return units[unit] ?? ucum(unit.slice(0, 16), unit);
}

export function unitName(value: string): string {
  return Object.entries(units).find(([, known]) => known.value === value)?.[0] ?? value;
}

/** Our name for a concept, by code or, for others' codes, by its meaning; else the meaning itself. */
export function conceptName(value: string, meaning: string): string {
  for (const [name, known] of Object.entries(measuredConcepts)) {
    if (known.value === value || known.meaning.toLowerCase() === meaning.toLowerCase()) return name;
  }
  if (/^area\b/i.test(meaning)) return 'area';
  return meaning === '' ? value : meaning;
}
