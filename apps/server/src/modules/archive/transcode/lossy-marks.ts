// What a data set must say when its pixels were compressed with loss (PS3.3 C.7.6.1.1.5): flag, ratio and method,
// appended where it was compressed before; a derived image with the description and code of what was done, a reference
// to its source, and a SOP Instance UID of its own (C.7.6.1.1.2). The UID follows from the source and the setting, so
// that an object sent twice is the same object.
import { createHash } from 'node:crypto';
import { lossyMethod } from '@yunying/codec';
import {
  createDataset,
  type Dataset,
  getElement,
  getNumbers,
  getSequence,
  getString,
  getStrings,
  setValue,
} from '@yunying/dicom';

export type LossyStep = { transferSyntaxUid: string; askedRatio: number; ratio: number };

/** Changes `head`; answers the UID that the derived object has now. */
export function markLossy(head: Dataset, step: LossyStep): string {
  const source = {
    classUid: getString(head, 'SOPClassUID') ?? '',
    instanceUid: getString(head, 'SOPInstanceUID') ?? '',
  };
  const method = lossyMethod(step.transferSyntaxUid) ?? 'ISO_10918_1';
  const ratio = Math.round(step.ratio * 100) / 100;
  setValue(head, 'LossyImageCompression', '01');
  setValue(head, 'LossyImageCompressionRatio', [
    ...getNumbers(head, 'LossyImageCompressionRatio').map(String),
    String(ratio),
  ]);
  setValue(head, 'LossyImageCompressionMethod', [...getStrings(head, 'LossyImageCompressionMethod'), method]);
  const [, ...rest] = getStrings(head, 'ImageType');
  setValue(head, 'ImageType', ['DERIVED', ...(rest.length > 0 ? rest : ['PRIMARY'])]);
  appendDescription(head, `Lossy compression ${method}, ratio ${ratio}`);
  setValue(head, '00089215', [
    ...getSequence(head, '00089215'),
    code(head, '113040', 'DCM', 'Lossy Compression'),
  ]);
  const predecessor = createDataset(head);
  setValue(predecessor, '00081150', source.classUid);
  setValue(predecessor, '00081155', source.instanceUid);
  setValue(predecessor, '0040A170', [code(predecessor, '121320', 'DCM', 'Uncompressed predecessor')]);
  setValue(head, '00082112', [...getSequence(head, '00082112'), predecessor]);
  const instanceUid = derivedUid(`${source.instanceUid} ${step.transferSyntaxUid} ${step.askedRatio}`);
  setValue(head, 'SOPInstanceUID', instanceUid);
  return instanceUid;
}

function code(parent: Dataset, value: string, scheme: string, meaning: string): Dataset {
  const item = createDataset(parent);
  setValue(item, 'CodeValue', value);
  setValue(item, 'CodingSchemeDesignator', scheme);
  setValue(item, 'CodeMeaning', meaning);
  return item;
}

/** As bytes: what stands there may be in any character set, what is added is ASCII. */
function appendDescription(head: Dataset, text: string): void {
  const element = getElement(head, 'DerivationDescription');
  const before = element?.kind === 'value' ? Buffer.from(element.value).toString('latin1').trimEnd() : '';
  const whole = Buffer.from(before === '' ? text : `${before}; ${text}`, 'latin1');
  if (whole.length <= 1024) setValue(head, 'DerivationDescription', whole, 'ST');
}

/** 2.25 with a UUID made from a hash (RFC 9562 version 8). */
function derivedUid(of: string): string {
  const bytes = createHash('sha256').update(of).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${bytes.toString('hex')}`)}`;
}
