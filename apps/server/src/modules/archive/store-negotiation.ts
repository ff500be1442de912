// Which presentation contexts we accept, and from whom (PS3.8 §7.1.1, PS3.4 Annex B). Storage: every class of the
// standard's table and private classes by rule, in every transfer syntax that keeps its pixels in the object.
// Services of the contract that are not built are accepted too, so that their requests get an honest 0x0122.
import { isStorageSopClass, transferSyntax, verificationSopClassUid } from '@yunying/dicom';
import { type ChooseSyntax, contextResult } from '@yunying/dimse';

const implicitVrLittleEndian = '1.2.840.10008.1.2';

// Accepted and answered 0x0122 until they are built.
const announced: ReadonlySet<string> = new Set([
  '1.2.840.10008.5.1.4.1.2.1.1', // Patient Root FIND, MOVE, GET
  '1.2.840.10008.5.1.4.1.2.1.2',
  '1.2.840.10008.5.1.4.1.2.1.3',
  '1.2.840.10008.5.1.4.1.2.2.1', // Study Root FIND, MOVE, GET
  '1.2.840.10008.5.1.4.1.2.2.2',
  '1.2.840.10008.5.1.4.1.2.2.3',
  '1.2.840.10008.5.1.4.31', // Modality Worklist FIND
  '1.2.840.10008.3.1.2.3.3', // Modality Performed Procedure Step
  '1.2.840.10008.1.20.1', // Storage Commitment Push Model
  '1.2.840.10008.5.1.4.33', // Instance Availability Notification
]);
const withoutPixels = new Set(['mime', 'xml', 'smpte-2110']);

/** `mayStore`: what the node rule says. */
export function chooseSyntax(mayStore: boolean): ChooseSyntax {
  return ({ abstractSyntax, transferSyntaxes }) => {
    if (abstractSyntax === verificationSopClassUid || announced.has(abstractSyntax)) {
      return transferSyntaxes.find(isPlain) ?? contextResult.transferSyntaxesNotSupported;
    }
    if (!isStorable(abstractSyntax)) return contextResult.abstractSyntaxNotSupported;
    if (!mayStore) return contextResult.userRejection;
    const storable = transferSyntaxes.filter(isStorableSyntax);
    // The sender's order, but implicit VR last: it loses the VR of private elements.
    const chosen = storable.find((uid) => uid !== implicitVrLittleEndian) ?? storable[0];
    return chosen ?? contextResult.transferSyntaxesNotSupported;
  };
}

/** The table, retired ones too; private classes (not under the standard's root); storage classes newer than the table. */
export function isStorable(sopClassUid: string): boolean {
  if (isStorageSopClass(sopClassUid)) return true;
  return !sopClassUid.startsWith('1.2.840.10008.') || sopClassUid.startsWith('1.2.840.10008.5.1.4.1.1.');
}

function isPlain(uid: string): boolean {
  const syntax = transferSyntax(uid);
  return syntax !== undefined && !syntax.encapsulated && !syntax.deflated && syntax.codec === 'none';
}

function isStorableSyntax(uid: string): boolean {
  const syntax = transferSyntax(uid);
  return syntax !== undefined && !withoutPixels.has(syntax.codec);
}
