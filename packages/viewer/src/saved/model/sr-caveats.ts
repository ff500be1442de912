// How far a measured value may be trusted, as content items of a measurement report: where the size of a pixel came from
// (Measurement Method of TID 300) and whether the pixels had been compressed lossily before (PS3.3 C.7.6.1.1.5). The
// standard has no codes for these, so they are ours; other viewers show their meaning.
import { itemsOf, type JsonItem, textOf } from '../../geometry/dicom-json.ts';
import type { SpacingKind } from '../../geometry/spacing.ts';
import type { MarkTrust } from './saved-types.ts';
import { type Code, code, codeItem, items, text } from './write-json.ts';

const own = (value: string, meaning: string): Code => ({ value, scheme: '99YUNYING', meaning });
const yes: Code = { value: '373066001', scheme: 'SCT', meaning: 'Yes' };
const method: Code = { value: '370129005', scheme: 'SCT', meaning: 'Measurement Method' };
const lossy = own('LOSSYORIGIN', 'Pixels were compressed lossily');
const ratio = own('LOSSYRATIO', 'Lossy Image Compression Ratio');

const methods: Readonly<Record<SpacingKind, Code>> = {
  patient: own('SPACINGPATIENT', 'Pixel spacing in the patient, as the object says'),
  calibrated: own('SPACINGOBJECT', 'Pixel spacing calibrated, as the object says'),
  detector: own('SPACINGDETECTOR', 'Pixel spacing at the detector, not corrected'),
  ultrasound: own('SPACINGREGION', 'Ultrasound region calibration'),
  manual: own('SPACINGREADER', 'Calibrated by the reader with a known length'),
  none: own('SPACINGNONE', 'Not calibrated'),
};

/** Below a number that depends on the size of pixels. */
export function methodItems(trust: MarkTrust | null, unit: string): JsonItem[] {
  if (trust === null || !/^(mm|cm|px)/.test(unit)) return [];
  return [codeContent('HAS CONCEPT MOD', method, methods[trust.spacing])];
}

/** In the group of a measurement. */
export function lossyItems(trust: MarkTrust | null): JsonItem[] {
  if (trust === null || !trust.isLossy) return [];
  const made = [codeContent('CONTAINS', lossy, yes)];
  if (trust.lossyRatio !== null)
    made.push({
      ...content('CONTAINS', 'TEXT', ratio),
      '0040A160': text('UT', String(Number(trust.lossyRatio.toFixed(2)))),
    });
  return made;
}

/** What a group says of its values; null where it says nothing, as those of other systems. */
export function readTrust(group: readonly JsonItem[]): MarkTrust | null {
  const trust: MarkTrust = { spacing: 'patient', isLossy: false, lossyRatio: null };
  let isKnown = false;
  for (const item of group) {
    const concept = conceptOf(item);
    if (concept === lossy.value) {
      isKnown = true;
      trust.isLossy = true;
    }
    const said = Number(textOf(item, '0040A160') ?? Number.NaN);
    if (concept === ratio.value && said > 0) trust.lossyRatio = said;
    for (const below of itemsOf(item, '0040A730')) {
      const value = itemsOf(below, '0040A168')[0];
      const spacing = value === undefined ? null : spacingOf(textOf(value, '00080100') ?? '');
      if (spacing === null) continue;
      isKnown = true;
      trust.spacing = spacing;
    }
  }
  return isKnown ? trust : null;
}

function spacingOf(value: string): SpacingKind | null {
  for (const kind of ['patient', 'calibrated', 'detector', 'ultrasound', 'manual', 'none'] as const)
    if (methods[kind].value === value) return kind;
  return null;
}

function conceptOf(item: JsonItem): string {
  const [concept] = itemsOf(item, '0040A043');
  return concept === undefined ? '' : (textOf(concept, '00080100') ?? '');
}

function content(relationship: string, valueType: string, concept: Code): JsonItem {
  return {
    '0040A010': code(relationship),
    '0040A040': code(valueType),
    '0040A043': items(codeItem(concept)),
  };
}

function codeContent(relationship: string, concept: Code, value: Code): JsonItem {
  return { ...content(relationship, 'CODE', concept), '0040A168': items(codeItem(value)) };
}
