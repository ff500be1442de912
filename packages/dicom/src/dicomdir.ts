// Writes a DICOMDIR: the Basic Directory of a file-set (PS3.3 F.3, PS3.10 §8.6), Explicit VR Little Endian. Records
// point at each other by byte offsets from the start of the file, so every record is encoded first with empty offsets
// (their length is fixed), places are counted, and the offsets are written in. File IDs: components of A-Z 0-9 _ up to
// 8 signs each (PS3.10 §8.2, PS3.12).
import { createDataset, type Dataset } from './dataset.ts';
import { explicitLittle } from './encoding.ts';
import { DicomError } from './errors.ts';
import { encodeMetaDataset } from './part10.ts';
import { type SettableValue, setCharset, setValue } from './set-values.ts';
import { explicitVrLittleEndian } from './transfer-syntaxes.ts';
import {
  implementationClassUid,
  implementationVersionName,
  mediaStorageDirectoryUid,
  newUid,
} from './uids.ts';
import { isAscii } from './value-bytes.ts';
import { encodeElements } from './write.ts';

export interface DirectoryFile {
  /** Components of the File ID: ['IMAGES', 'S0000001', 'I0000001']. */
  path: readonly string[];
  sopClassUid: string;
  sopInstanceUid: string;
  transferSyntaxUid: string;
}

export interface DirectoryRecord {
  /** PATIENT, STUDY, SERIES, IMAGE … (PS3.3 F.5). */
  type: string;
  /** Keys of the record by keyword or tag; empty text is written as an empty value. */
  keys: Readonly<Record<string, SettableValue>>;
  file?: DirectoryFile;
  children?: readonly DirectoryRecord[];
}

interface Placed {
  bytes: Uint8Array;
  children: Placed[];
  offset: number;
}

const itemHeaderBytes = 8;
// (0004,1400) UL, (0004,1410) US and (0004,1420) UL come first in every record, 8 bytes of header each.
const nextAt = 8;
const lowerAt = 30;
const inUse = 0xffff;

export function encodeDicomdir(fileSetId: string, records: readonly DirectoryRecord[]): Uint8Array {
  checkComponent(fileSetId.replace(/^$/, '_'));
  const meta = metaOfDirectory();
  const placed = records.map(encodeRecord);
  const root = encodeElements(rootOf(fileSetId), explicitLittle);
  // The sequence's own header: tag, SQ, reserved, length.
  const sequence = new Uint8Array(12);
  const start = meta.length + root.length + sequence.length;
  const end = placeRecords(placed, start);
  linkRecords(placed);
  const view = new DataView(root.buffer, root.byteOffset, root.byteLength);
  setOffset(root, view, '1200', placed[0]?.offset ?? 0);
  setOffset(root, view, '1202', placed.at(-1)?.offset ?? 0);
  const head = new DataView(sequence.buffer);
  head.setUint16(0, 0x0004, true);
  head.setUint16(2, 0x1220, true);
  sequence.set([0x53, 0x51], 4);
  head.setUint32(8, end - start, true);
  return join([
    meta,
    root,
    sequence,
    ...inOrder(placed).flatMap((record) => [itemHeader(record), record.bytes]),
  ]);
}

function metaOfDirectory(): Uint8Array {
  const meta = createDataset();
  setValue(meta, '00020001', Uint8Array.of(0, 1));
  setValue(meta, '00020002', mediaStorageDirectoryUid);
  setValue(meta, '00020003', newUid());
  setValue(meta, '00020010', explicitVrLittleEndian);
  setValue(meta, '00020012', implementationClassUid);
  setValue(meta, '00020013', implementationVersionName);
  return encodeMetaDataset(meta);
}

function rootOf(fileSetId: string): Dataset {
  const dataset = createDataset();
  setValue(dataset, '00041130', fileSetId);
  setValue(dataset, '00041200', 0);
  setValue(dataset, '00041202', 0);
  setValue(dataset, '00041212', 0);
  return dataset;
}

function encodeRecord(record: DirectoryRecord): Placed {
  const dataset = createDataset();
  const texts = Object.values(record.keys).filter((value) => typeof value === 'string');
  if (!texts.every(isAscii)) setCharset(dataset, 'ISO_IR 192');
  setValue(dataset, '00041400', 0);
  setValue(dataset, '00041410', inUse);
  setValue(dataset, '00041420', 0);
  setValue(dataset, '00041430', record.type);
  const { file } = record;
  if (file !== undefined) {
    for (const component of file.path) checkComponent(component);
    setValue(dataset, '00041500', file.path);
    setValue(dataset, '00041510', file.sopClassUid);
    setValue(dataset, '00041511', file.sopInstanceUid);
    setValue(dataset, '00041512', file.transferSyntaxUid);
  }
  for (const [key, value] of Object.entries(record.keys)) setValue(dataset, key, value);
  return {
    bytes: encodeElements(dataset, explicitLittle),
    children: (record.children ?? []).map(encodeRecord),
    offset: 0,
  };
}

function checkComponent(component: string): void {
  if (!/^[A-Z0-9_]{1,16}$/.test(component))
    throw new DicomError('bad-value', 'a File ID component holds other signs than A-Z, 0-9 and _', {
      tag: '00041500',
    });
}

/** Depth first, as readers expect them; answers the position behind the last. */
function placeRecords(records: readonly Placed[], from: number): number {
  let at = from;
  for (const record of records) {
    record.offset = at;
    at = placeRecords(record.children, at + itemHeaderBytes + record.bytes.length);
  }
  return at;
}

function linkRecords(records: readonly Placed[]): void {
  for (const [index, record] of records.entries()) {
    const view = new DataView(record.bytes.buffer, record.bytes.byteOffset, record.bytes.byteLength);
    view.setUint32(nextAt, records[index + 1]?.offset ?? 0, true);
    view.setUint32(lowerAt, record.children[0]?.offset ?? 0, true);
    linkRecords(record.children);
  }
}

function inOrder(records: readonly Placed[]): Placed[] {
  return records.flatMap((record) => [record, ...inOrder(record.children)]);
}

function itemHeader(record: Placed): Uint8Array {
  const header = new Uint8Array(itemHeaderBytes);
  const view = new DataView(header.buffer);
  view.setUint16(0, 0xfffe, true);
  view.setUint16(2, 0xe000, true);
  view.setUint32(4, record.bytes.length, true);
  return header;
}

/** Writes the value of (0004,element) UL, wherever it stands in these short bytes. */
function setOffset(bytes: Uint8Array, view: DataView, element: string, value: number): void {
  const number = Number.parseInt(element, 16);
  for (let at = 0; at + 12 <= bytes.length; at += 2) {
    const found = view.getUint16(at, true) === 0x0004 && view.getUint16(at + 2, true) === number;
    if (!found || bytes[at + 4] !== 0x55) continue;
    view.setUint32(at + 8, value, true);
    return;
  }
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
