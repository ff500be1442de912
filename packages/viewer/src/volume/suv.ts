// What packages/volume must know of a PET series to give SUV, read from its metadata.
import { type Suv, suvOf } from '@yunying/volume';
import { itemsOf, type JsonItem, numberOf, textOf, textsOf } from '../geometry/dicom-json.ts';

export function readSuv(instances: readonly JsonItem[]): Suv {
  const [first = {}] = instances;
  const drug = itemsOf(first, '00540016')[0] ?? {};
  return suvOf({
    modality: textOf(first, '00080060'),
    units: textOf(first, '00541001'),
    correctedImage: textsOf(first, '00280051') ?? [],
    decayCorrection: textOf(first, '00541102'),
    weightKg: numberOf(first, '00101030'),
    totalDoseBq: numberOf(drug, '00181074'),
    halfLifeSeconds: numberOf(drug, '00181075'),
    seriesAt: momentOf(first, '00080021', '00080031'),
    acquiredAt: instances
      .map((one) => momentOf(one, '00080022', '00080032'))
      .filter((moment) => moment !== null),
    scanAt: textOf(first, '0009100D'),
    countsFactor: numberOf(first, '70531000'),
    injectedAt: textOf(drug, '00181078'),
    injectionTime: textOf(drug, '00181072'),
  });
}

function momentOf(item: JsonItem, dateTag: string, timeTag: string): string | null {
  const [date, time] = [textOf(item, dateTag), textOf(item, timeTag)];
  return date === null || time === null ? null : date + time;
}
