// Public names of the DICOM package: reading, writing, values, character sets, dictionary, JSON model.
export { type Charset, charsetOf, type DecodedText, decodeText, makeCharset } from './charset.ts';
export { detectCharset } from './charset-detect.ts';
export {
  type BulkElement,
  type BulkRef,
  createDataset,
  type Dataset,
  type DicomElement,
  deleteElement,
  type Fragment,
  type FragmentsElement,
  getElement,
  hasElement,
  type SequenceElement,
  type ValueElement,
  walkElements,
} from './dataset.ts';
export { type DirectoryFile, type DirectoryRecord, encodeDicomdir } from './dicomdir.ts';
export {
  type DictionaryEntry,
  dictionary,
  dictionaryEntry,
  isPrivateTag,
  keywordOf,
  tagOf,
  toTag,
  vrOf,
} from './dictionary.ts';
export type { WarningCode } from './element-header.ts';
export { DicomError, type DicomErrorCode, formatTag } from './errors.ts';
export { encodeGb18030, normalizeChinese } from './gb18030.ts';
export { type FromJsonOptions, fromDicomJson } from './json-read.ts';
export { isJsonItem, itemsOf, numberOf, numbersOf, textOf, textsOf } from './json-values.ts';
export {
  type DicomJson,
  type JsonElement,
  type JsonPersonName,
  type JsonValue,
  type ToJsonOptions,
  toDicomJson,
} from './json-write.ts';
export { defaultLimits, type Limits } from './limits.ts';
export {
  type Changes,
  encodeFileMeta,
  encodeMetaDataset,
  type FileMeta,
  patchDataset,
  writePart10,
} from './part10.ts';
export { type ObjectIdentity, parseDataset, parseDicom, readHead, requireIdentity } from './read.ts';
export { recode, type SettableValue, setCharset, setValue } from './set-values.ts';
export { isStorageSopClass, type SopClass, type SopClassKind, sopClass, sopClasses } from './sop-classes.ts';
export { DicomStream, type DicomStreamOptions, type ParsedDicom, type ReadWarning } from './stream.ts';
export { swapWords } from './swap.ts';
export {
  deflatedExplicitVrLittleEndian,
  explicitVrBigEndian,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
  type PixelCodec,
  type TransferSyntax,
  transferSyntax,
  transferSyntaxes,
} from './transfer-syntaxes.ts';
export {
  applicationContextUid,
  implementationClassUid,
  implementationVersionName,
  isUid,
  mediaStorageDirectoryUid,
  newUid,
  verificationSopClassUid,
} from './uids.ts';
export {
  effectiveVr,
  elementStrings,
  getNumber,
  getNumbers,
  getPersonName,
  getSequence,
  getString,
  getStrings,
  getText,
  type PersonName,
  parsePersonName,
} from './values.ts';
export { isVr, usesCharset, type Vr, vrs } from './vr.ts';
export { type EncodeOptions, encodeDataset } from './write.ts';
