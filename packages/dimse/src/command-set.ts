// Command Set codec: group 0000 in implicit VR little endian (PS3.7 §6.3, annex E.1). Elements appear
// under their keyword in camelCase; elements this table does not know are skipped on reading. Every
// length is checked and the whole set is bounded by the caller's limit.
import { isAeTitle } from './ae-title.ts';
import { DimseError } from './errors.ts';
import { isUid } from './uids.ts';

export interface CommandSet {
  readonly commandField: number;
  readonly commandDataSetType: number;
  readonly affectedSopClassUid?: string;
  readonly requestedSopClassUid?: string;
  readonly messageId?: number;
  readonly messageIdBeingRespondedTo?: number;
  readonly moveDestination?: string;
  readonly priority?: number;
  readonly status?: number;
  readonly offendingElement?: readonly number[];
  readonly errorComment?: string;
  readonly errorId?: number;
  readonly affectedSopInstanceUid?: string;
  readonly requestedSopInstanceUid?: string;
  readonly eventTypeId?: number;
  readonly attributeIdentifierList?: readonly number[];
  readonly actionTypeId?: number;
  readonly numberOfRemainingSuboperations?: number;
  readonly numberOfCompletedSuboperations?: number;
  readonly numberOfFailedSuboperations?: number;
  readonly numberOfWarningSuboperations?: number;
  readonly moveOriginatorApplicationEntityTitle?: string;
  readonly moveOriginatorMessageId?: number;
}

export type CommandFields = Partial<CommandSet>;

/** Command Data Set Type of a message without dataset; every other value means that one follows. */
export const noDataset = 0x0101;
const withDataset = 0x0001;

type Vr = 'UI' | 'US' | 'AE' | 'LO' | 'AT';
type Value = number | string | readonly number[];

const elements: readonly (readonly [element: number, keyword: keyof CommandSet, vr: Vr])[] = [
  [0x0002, 'affectedSopClassUid', 'UI'],
  [0x0003, 'requestedSopClassUid', 'UI'],
  [0x0100, 'commandField', 'US'],
  [0x0110, 'messageId', 'US'],
  [0x0120, 'messageIdBeingRespondedTo', 'US'],
  [0x0600, 'moveDestination', 'AE'],
  [0x0700, 'priority', 'US'],
  [0x0800, 'commandDataSetType', 'US'],
  [0x0900, 'status', 'US'],
  [0x0901, 'offendingElement', 'AT'],
  [0x0902, 'errorComment', 'LO'],
  [0x0903, 'errorId', 'US'],
  [0x1000, 'affectedSopInstanceUid', 'UI'],
  [0x1001, 'requestedSopInstanceUid', 'UI'],
  [0x1002, 'eventTypeId', 'US'],
  [0x1005, 'attributeIdentifierList', 'AT'],
  [0x1008, 'actionTypeId', 'US'],
  [0x1020, 'numberOfRemainingSuboperations', 'US'],
  [0x1021, 'numberOfCompletedSuboperations', 'US'],
  [0x1022, 'numberOfFailedSuboperations', 'US'],
  [0x1023, 'numberOfWarningSuboperations', 'US'],
  [0x1030, 'moveOriginatorApplicationEntityTitle', 'AE'],
  [0x1031, 'moveOriginatorMessageId', 'US'],
];

const byElement = new Map(elements.map((row) => [row[0], row]));

/** Encodes with group length; `hasDataset` decides the Command Data Set Type. */
export function encodeCommandSet(fields: CommandFields, hasDataset: boolean): Buffer {
  const all: CommandFields = { ...fields, commandDataSetType: hasDataset ? withDataset : noDataset };
  const parts: Buffer[] = [elementHeader(0x0000, 4), Buffer.alloc(4)];
  let length = 0;
  for (const [element, keyword, vr] of elements) {
    const value = all[keyword];
    if (value === undefined) continue;
    const bytes = encodeValue(keyword, vr, value);
    parts.push(elementHeader(element, bytes.length), bytes);
    length += 8 + bytes.length;
  }
  parts[1]?.writeUInt32LE(length);
  return Buffer.concat(parts, 12 + length);
}

function elementHeader(element: number, length: number): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(element, 2);
  header.writeUInt32LE(length, 4);
  return header;
}

function encodeValue(keyword: string, vr: Vr, value: Value): Buffer {
  if (vr === 'US' && typeof value === 'number') {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16LE(value & 0xffff);
    return bytes;
  }
  if (vr === 'AT' && Array.isArray(value)) {
    const bytes = Buffer.alloc(value.length * 4);
    value.forEach((tag: number, index) => {
      bytes.writeUInt16LE(tag >>> 16, index * 4);
      bytes.writeUInt16LE(tag & 0xffff, index * 4 + 2);
    });
    return bytes;
  }
  if (typeof value !== 'string') throw new DimseError('invalid-argument', `${keyword} has the wrong type`);
  if (vr === 'UI') {
    if (!isUid(value)) throw new DimseError('invalid-argument', `${keyword} is not a UID`);
    return Buffer.from(value.length % 2 === 0 ? value : `${value}\0`, 'latin1');
  }
  if (vr === 'AE' && !isAeTitle(value))
    throw new DimseError('invalid-argument', `${keyword} is not an AE title`);
  // Error Comment has 64 characters of the default repertoire (PS3.7 annex E.1).
  const text = vr === 'LO' ? value.replace(/[^\x20-\x5b\x5d-\x7e]/g, '?').slice(0, 64) : value;
  return Buffer.from(text.length % 2 === 0 ? text : `${text} `, 'latin1');
}

/** Throws DimseError 'protocol' that names the element and its byte offset. */
export function decodeCommandSet(bytes: Buffer): CommandSet {
  const found: Partial<Record<keyof CommandSet, Value>> = {};
  let at = 0;
  while (at < bytes.length) {
    if (bytes.length - at < 8) throw malformed(at, 'an element header is cut off');
    const group = bytes.readUInt16LE(at);
    const element = bytes.readUInt16LE(at + 2);
    const length = bytes.readUInt32LE(at + 4);
    // Orthanc puts the failed-UID list (0008,0058) behind the command elements when a C-GET fails: it is stepped over.
    const isForeign = group !== 0;
    if (isForeign && found.commandField === undefined)
      throw malformed(at, `group ${group.toString(16).padStart(4, '0')} in a command set`);
    if (length > bytes.length - at - 8) {
      throw malformed(at, `(0000,${element.toString(16).padStart(4, '0')}) has length ${length}`);
    }
    const row = isForeign ? undefined : byElement.get(element);
    if (row !== undefined && length > 0) {
      const [, keyword, vr] = row;
      if (found[keyword] !== undefined) throw malformed(at, `${keyword} appears twice`);
      found[keyword] = decodeValue(bytes.subarray(at + 8, at + 8 + length), vr, keyword, at);
    }
    at += 8 + length;
  }
  if (typeof found.commandField !== 'number') throw malformed(at, 'Command Field is missing');
  if (typeof found.commandDataSetType !== 'number') throw malformed(at, 'Command Data Set Type is missing');
  // Parse border: decodeValue gave each keyword the type its VR has in the table.
  return found as CommandSet;
}

function decodeValue(bytes: Buffer, vr: Vr, keyword: string, at: number): Value {
  switch (vr) {
    case 'US':
      if (bytes.length !== 2) throw malformed(at, `${keyword} has ${bytes.length} bytes, US has 2`);
      return bytes.readUInt16LE(0);
    case 'AT': {
      if (bytes.length % 4 !== 0) throw malformed(at, `${keyword} is no whole number of tags`);
      const tags: number[] = [];
      for (let i = 0; i < bytes.length; i += 4) {
        tags.push(bytes.readUInt16LE(i) * 0x10000 + bytes.readUInt16LE(i + 2));
      }
      return tags;
    }
    case 'UI':
      if (bytes.length > 128) throw malformed(at, `${keyword} is longer than a UID`);
      return bytes.toString('latin1').replace(/[\0 ]+$/, '');
    case 'AE':
    case 'LO':
      if (bytes.length > 256) throw malformed(at, `${keyword} is too long`);
      return bytes.toString('latin1').replace(/\0+$/, '').trim();
  }
}

function malformed(at: number, what: string): DimseError {
  return new DimseError('protocol', `malformed command set at byte ${at}: ${what}`);
}
