// For tests with DCMTK: a CT object of a few hundred bytes as a file. Not part of the product.
import { encodeDataset, fromDicomJson, newUid, writePart10 } from '@yunying/dicom';

export const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2';

export function smallObject(sopInstanceUid = newUid()): Uint8Array {
  const transferSyntaxUid = '1.2.840.10008.1.2.1';
  const dataset = fromDicomJson({
    '00080016': { vr: 'UI', Value: [ctImageStorage] },
    '00080018': { vr: 'UI', Value: [sopInstanceUid] },
    '00080060': { vr: 'CS', Value: ['CT'] },
    '00100020': { vr: 'LO', Value: ['T1'] },
    '0020000D': { vr: 'UI', Value: [newUid()] },
    '0020000E': { vr: 'UI', Value: [newUid()] },
  });
  return writePart10(
    { sopClassUid: ctImageStorage, sopInstanceUid, transferSyntaxUid },
    encodeDataset(dataset, transferSyntaxUid),
  );
}
