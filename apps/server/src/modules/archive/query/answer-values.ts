// A row of the engine as attributes of the DICOM JSON model, for QIDO-RS answers and C-FIND identifiers alike: what is
// asked and not known is there without a value (PS3.4 §C.4.1.3.2, PS3.18 §10.6.3.3).
import { type DicomJson, type JsonElement, type JsonValue, vrOf } from '@yunying/dicom';
import { jsonPersonName } from '../instance-metadata.ts';
import { attributes } from './attributes.ts';
import type { QueryRow } from './query-archive.ts';

const numbers: ReadonlySet<string> = new Set(['IS', 'US', 'UL', 'SS', 'SL', 'DS']);
const ofSeveralValues: ReadonlySet<string> = new Set(['00080061', '00080062']);

export function answerValues(row: QueryRow, tags: Iterable<string>): DicomJson {
  const json: DicomJson = {};
  for (const tag of tags) {
    if (!attributes.has(tag)) {
      json[tag] = row.stored?.[tag] ?? { vr: vrOf(tag) };
      continue;
    }
    json[tag] = elementOf(tag, row.values.get(tag) ?? null);
  }
  return json;
}

function elementOf(tag: string, text: string | null): JsonElement {
  const vr = vrOf(tag);
  if (text === null || text === '') return { vr };
  if (vr === 'PN') {
    const name = jsonPersonName(text);
    return name === null ? { vr } : { vr, Value: [name] };
  }
  const texts = ofSeveralValues.has(tag) ? text.split('\\').filter((one) => one !== '') : [text];
  return { vr, Value: texts.map((one): JsonValue => (numbers.has(vr) ? Number(one) : one)) };
}
