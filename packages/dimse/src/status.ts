// DIMSE status codes, their category and a name for people (PS3.7 annex C; the ranges that the storage
// and query/retrieve classes of PS3.4 add). The wire has numbers only; nothing here is sent as text.

export const status = {
  success: 0x0000,
  cancel: 0xfe00,
  pending: 0xff00,
  pendingWithWarning: 0xff01,
  requestedOptionalAttributesNotSupported: 0x0001,
  noSuchAttribute: 0x0105,
  invalidAttributeValue: 0x0106,
  attributeListError: 0x0107,
  processingFailure: 0x0110,
  duplicateSopInstance: 0x0111,
  noSuchObjectInstance: 0x0112,
  noSuchEventType: 0x0113,
  noSuchArgument: 0x0114,
  invalidArgumentValue: 0x0115,
  attributeValueOutOfRange: 0x0116,
  invalidObjectInstance: 0x0117,
  noSuchSopClass: 0x0118,
  classInstanceConflict: 0x0119,
  missingAttribute: 0x0120,
  missingAttributeValue: 0x0121,
  sopClassNotSupported: 0x0122,
  noSuchActionType: 0x0123,
  notAuthorized: 0x0124,
  duplicateInvocation: 0x0210,
  unrecognizedOperation: 0x0211,
  mistypedArgument: 0x0212,
  resourceLimitation: 0x0213,
  outOfResources: 0xa700,
  outOfResourcesUnableToCalculateMatches: 0xa701,
  outOfResourcesUnableToPerformSuboperations: 0xa702,
  moveDestinationUnknown: 0xa801,
  datasetDoesNotMatchSopClass: 0xa900,
  warningCoercion: 0xb000,
  warningSuboperationsFailed: 0xb000,
  warningElementsDiscarded: 0xb006,
  warningDatasetDoesNotMatchSopClass: 0xb007,
  cannotUnderstand: 0xc000,
} as const;

export type StatusCategory = 'success' | 'warning' | 'failure' | 'pending' | 'cancel';

export function statusCategory(code: number): StatusCategory {
  if (code === status.success) return 'success';
  if (code === status.pending || code === status.pendingWithWarning) return 'pending';
  if (code === status.cancel) return 'cancel';
  if (code === 0x0001 || code === 0x0107 || code === 0x0116 || code >> 12 === 0xb) return 'warning';
  return 'failure';
}

const names: ReadonlyMap<number, string> = new Map([
  [0x0000, 'Success'],
  [0x0001, 'Requested optional attributes are not supported'],
  [0x0105, 'No such attribute'],
  [0x0106, 'Invalid attribute value'],
  [0x0107, 'Attribute list error'],
  [0x0110, 'Processing failure'],
  [0x0111, 'Duplicate SOP instance'],
  [0x0112, 'No such SOP instance'],
  [0x0113, 'No such event type'],
  [0x0114, 'No such argument'],
  [0x0115, 'Invalid argument value'],
  [0x0116, 'Attribute value out of range'],
  [0x0117, 'Invalid SOP instance'],
  [0x0118, 'No such SOP class'],
  [0x0119, 'Class-instance conflict'],
  [0x0120, 'Missing attribute'],
  [0x0121, 'Missing attribute value'],
  [0x0122, 'SOP class not supported'],
  [0x0123, 'No such action type'],
  [0x0124, 'Refused: not authorized'],
  [0x0210, 'Duplicate invocation'],
  [0x0211, 'Unrecognized operation'],
  [0x0212, 'Mistyped argument'],
  [0x0213, 'Resource limitation'],
  [0xa701, 'Refused: out of resources, unable to calculate number of matches'],
  [0xa702, 'Refused: out of resources, unable to perform sub-operations'],
  [0xa801, 'Refused: move destination unknown'],
  [0xb000, 'Warning: coercion of data elements or sub-operations with failures'],
  [0xb006, 'Warning: elements discarded'],
  [0xb007, 'Warning: dataset does not match SOP class'],
  [0xfe00, 'Cancelled'],
  [0xff00, 'Pending'],
  [0xff01, 'Pending, optional keys not supported'],
]);

export function statusName(code: number): string {
  const name = names.get(code);
  if (name !== undefined) return name;
  if (code >> 8 === 0xa7) return 'Refused: out of resources';
  if (code >> 8 === 0xa9) return 'Error: dataset does not match SOP class';
  if (code >> 12 === 0xc) return 'Error: cannot understand or unable to process';
  return `${statusCategory(code)} 0x${code.toString(16).padStart(4, '0')}`;
}
