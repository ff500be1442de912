// What a console shows of the patient of a study until somebody asks to see it: 王*明, 4501****12, 1980****. Keywords
// that say nothing of a person stay as they are.
import { parsePersonName } from '@yunying/dicom';
import { maskIdentity, maskName } from '../../mpi/index.ts';
import type { Attributes } from './edit-types.ts';

const masks: Readonly<Record<string, (text: string) => string>> = {
  PatientName: maskPersonName,
  PatientID: maskIdentity,
  PatientBirthDate: (text) => text.replace(/^(\d{4})\d+$/, '$1****'),
};

export function maskAttributes(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([keyword, value]) => {
      const mask = masks[keyword];
      return [keyword, value === null || value === '' || mask === undefined ? value : mask(value)];
    }),
  );
}

/** A DICOM person name: of its groups the one that people read. */
function maskPersonName(text: string): string {
  const { ideographic, alphabetic } = parsePersonName(text);
  const name = ideographic === '' ? alphabetic : ideographic;
  const isChinese = /\p{Script=Han}/u.test(name);
  return maskName(name.replaceAll('^', isChinese ? '' : ' ').trim());
}
