// What the recorder itself measured and said: Waveform Annotation Sequence (0040,B020), PS3.3 C.10.10.
import { type Dataset, getSequence, getString } from '@yunying/dicom';

const mostAnnotations = 2000;
const mostMeasurements = 24;

export function measurementsOf(dataset: Dataset): { name: string; value: string; unit: string }[] {
  const found: { name: string; value: string; unit: string }[] = [];
  for (const item of getSequence(dataset, '0040B020').slice(0, mostAnnotations)) {
    const value = getString(item, 'NumericValue');
    const concept = getSequence(item, 'ConceptNameCodeSequence')[0];
    const units = getSequence(item, 'MeasurementUnitsCodeSequence')[0];
    const name = concept === undefined ? null : getString(concept, 'CodeMeaning');
    if (value === null || name === null || found.length >= mostMeasurements) continue;
    const unit = (units === undefined ? null : getString(units, 'CodeValue')) ?? '';
    found.push({
      name: name.slice(0, 40),
      value: value.slice(0, 16),
      unit: unit.replace(/\{[^}]*\}/g, '').slice(0, 12),
    });
  }
  return found;
}

/** Sentences, such as the recorder's interpretation. */
export function statementsOf(dataset: Dataset): string[] {
  return getSequence(dataset, '0040B020')
    .slice(0, mostAnnotations)
    .flatMap((item) => getString(item, 'UnformattedTextValue') ?? [])
    .map((text) => text.trim().slice(0, 200))
    .filter((text) => text !== '')
    .slice(0, 24);
}
