// The few unique identifiers the upper layer itself must know (PS3.6 annex A), and the rule of a valid
// UID on the wire (PS3.5 §9.1, lenient on leading zeros, which real devices send).

export const applicationContextUid = '1.2.840.10008.3.1.1.1';
export const verificationSopClassUid = '1.2.840.10008.1.1';
export const implicitVrLittleEndianUid = '1.2.840.10008.1.2';
export const explicitVrLittleEndianUid = '1.2.840.10008.1.2.1';

/** Who we are in A-ASSOCIATE (PS3.7 §D.3.3.2): one identity for associations and files. */
export { implementationClassUid, implementationVersionName } from '@yunying/dicom';

export function isUid(text: string): boolean {
  return text.length <= 64 && /^\d+(\.\d+)*$/.test(text);
}
