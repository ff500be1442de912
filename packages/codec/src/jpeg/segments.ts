// Marker segments of a JPEG image (ISO 10918-1 Annex B): tables, frame header and scans in file order. The entropy
// decoders (dct-scan.ts, lossless-scan.ts) are called for each scan; this file knows no pixels.
import { CodecError } from '../codec-error.ts';
import type { JpegHead } from '../codestream-heads.ts';
import type { HuffmanTable } from './bit-reader.ts';
import { buildHuffmanTable } from './bit-reader.ts';

export type Component = { id: number; h: number; v: number; quantId: number };
export type ScanPart = { component: number; dc: HuffmanTable | undefined; ac: HuffmanTable | undefined };

/** Ss, Se, Ah, Al of the scan header; Ss is the predictor and Al the point transform in lossless scans. */
export type Scan = {
  parts: ScanPart[];
  ss: number;
  se: number;
  ah: number;
  al: number;
  restartInterval: number;
  at: number;
};

export type JpegParts = {
  components: Component[];
  quant: Map<number, Uint16Array>;
};

type Tables = { dc: Map<number, HuffmanTable>; ac: Map<number, HuffmanTable>; restartInterval: number };

/** Progressive images have at most a few dozen scans; hundreds are an attack on time. */
const maxScans = 256;

/** Calls `decodeScan` for every scan; it returns the position after the scan's entropy-coded data. */
export function walkSegments(
  bytes: Uint8Array,
  decodeScan: (parts: JpegParts, scan: Scan) => number,
): JpegParts {
  const parts: JpegParts = { components: [], quant: new Map() };
  const tables: Tables = { dc: new Map(), ac: new Map(), restartInterval: 0 };
  let scans = 0;
  let at = 2;
  while (at + 1 < bytes.length) {
    if (bytes[at] !== 0xff) {
      at++;
      continue;
    }
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xd9) break;
    if (marker === 0xff || marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    const body = bytes.subarray(at + 4, at + 2 + length);
    if (length < 2 || body.length !== length - 2) {
      throw new CodecError('corrupt', `marker segment at byte ${at} runs past the end`);
    }
    if (marker === 0xda) {
      if (++scans > maxScans) throw new CodecError('limit', `more than ${maxScans} scans in one JPEG image`);
      at = decodeScan(parts, readScan(body, parts, tables, at + 2 + length));
      continue;
    }
    readTables(marker, body, { parts, tables, at });
    at += 2 + length;
  }
  if (scans === 0) throw new CodecError('corrupt', 'JPEG image has no scan');
  return parts;
}

function readTables(
  marker: number,
  body: Uint8Array,
  into: { parts: JpegParts; tables: Tables; at: number },
): void {
  if (marker === 0xdb) readQuant(body, into.parts.quant, into.at);
  else if (marker === 0xc4) readHuffman(body, into.tables, into.at);
  else if (marker === 0xdd) into.tables.restartInterval = ((body[0] ?? 0) << 8) | (body[1] ?? 0);
  else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8 && marker !== 0xcc) {
    if (into.parts.components.length > 0)
      throw new CodecError('corrupt', `second frame header at byte ${into.at}`);
    into.parts.components = readComponents(body, into.at);
  }
}

function readComponents(body: Uint8Array, at: number): Component[] {
  return Array.from({ length: body[5] ?? 0 }, (_, i) => {
    const hv = body[7 + 3 * i] ?? 0;
    const component = { id: body[6 + 3 * i] ?? 0, h: hv >> 4, v: hv & 15, quantId: body[8 + 3 * i] ?? 0 };
    if (component.h < 1 || component.h > 4 || component.v < 1 || component.v > 4) {
      throw new CodecError(
        'corrupt',
        `sampling factors ${component.h}x${component.v} in the frame header at byte ${at}`,
      );
    }
    return component;
  });
}

function readQuant(body: Uint8Array, quant: Map<number, Uint16Array>, at: number): void {
  let from = 0;
  while (from < body.length) {
    const head = body[from++] ?? 0;
    const wide = head >> 4 !== 0;
    if (body.length < from + (wide ? 128 : 64))
      throw new CodecError('corrupt', `quantisation table at byte ${at} is short`);
    const table = new Uint16Array(64);
    for (let i = 0; i < 64; i++) {
      table[i] = wide
        ? ((body[from + 2 * i] ?? 0) << 8) | (body[from + 2 * i + 1] ?? 0)
        : (body[from + i] ?? 0);
    }
    quant.set(head & 15, table);
    from += wide ? 128 : 64;
  }
}

function readHuffman(body: Uint8Array, tables: Tables, at: number): void {
  let from = 0;
  while (from + 17 <= body.length) {
    const head = body[from] ?? 0;
    const counts = body.subarray(from + 1, from + 17);
    const total = counts.reduce((sum, n) => sum + n, 0);
    const symbols = body.subarray(from + 17, from + 17 + total);
    if (total > 256 || symbols.length !== total)
      throw new CodecError('corrupt', `Huffman table at byte ${at} is damaged`);
    (head >> 4 === 0 ? tables.dc : tables.ac).set(head & 15, buildHuffmanTable(counts, symbols, at));
    from += 17 + total;
  }
}

function readScan(body: Uint8Array, parts: JpegParts, tables: Tables, at: number): Scan {
  const count = body[0] ?? 0;
  if (count < 1 || count > 4 || body.length < 4 + 2 * count) {
    throw new CodecError('corrupt', `scan header before byte ${at} is damaged`);
  }
  const scanParts = Array.from({ length: count }, (_, i) => {
    const component = parts.components.findIndex((c) => c.id === body[1 + 2 * i]);
    if (component < 0) throw new CodecError('corrupt', `scan before byte ${at} names an unknown component`);
    const ids = body[2 + 2 * i] ?? 0;
    return { component, dc: tables.dc.get(ids >> 4), ac: tables.ac.get(ids & 15) };
  });
  const tail = body.subarray(1 + 2 * count);
  return {
    parts: scanParts,
    ss: tail[0] ?? 0,
    se: tail[1] ?? 0,
    ah: (tail[2] ?? 0) >> 4,
    al: (tail[2] ?? 0) & 15,
    restartInterval: tables.restartInterval,
    at,
  };
}

export function requireTable<T>(table: T | undefined, what: string, scan: Scan): T {
  if (table === undefined)
    throw new CodecError('corrupt', `${what} table is missing for the scan at byte ${scan.at}`);
  return table;
}

/** The processes decoded here: sequential and progressive DCT, lossless; all Huffman (SOF0-3). */
export function requireHuffmanProcess(head: JpegHead): void {
  if (head.sof > 0xc3) {
    const name = head.sof >= 0xc9 ? 'arithmetic coding' : 'hierarchical coding';
    throw new CodecError('unsupported-syntax', `JPEG ${name} (SOF${head.sof - 0xc0}) is not supported`);
  }
}
