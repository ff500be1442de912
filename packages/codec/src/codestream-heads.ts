// Reads just the headers of JPEG-family codestreams: SOFn of JPEG and JPEG-LS (ISO 10918-1 B.2.2, ISO 14495-1 C.2.2),
// SIZ of JPEG 2000 and HTJ2K (ISO 15444-1 A.5.1). Used to choose a decoder and to refuse a codestream whose size
// contradicts the object before a decoder allocates anything.
import { CodecError } from './codec-error.ts';

export type CodestreamHead = { rows: number; columns: number; components: number; bits: number };
export type JpegHead = CodestreamHead & {
  /** The SOFn marker's low byte, 0xc0 for baseline ... 0xf7 for JPEG-LS. */
  sof: number;
  componentIds: number[];
  /** Some component has fewer samples than another; only luma/chroma images are stored so. */
  subsampled: boolean;
  hasJfif: boolean;
  /** Colour transform flag of the Adobe APP14 segment, when there is one. */
  adobeTransform?: number;
};

const sot = 0xff90;
const notFrameHeaders = new Set([0xc4, 0xc8, 0xcc]);

export function readJpegHead(bytes: Uint8Array): JpegHead {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw new CodecError('corrupt', 'no SOI marker at byte 0');
  let hasJfif = false;
  let adobeTransform: number | undefined;
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) throw new CodecError('corrupt', `expected a JPEG marker at byte ${at}`);
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    if (marker === 0xd9 || marker === 0xda || length < 2) break;
    const body = bytes.subarray(at + 4, at + 2 + length);
    if (marker === 0xe0 && startsWith(body, 'JFIF')) hasJfif = true;
    if (marker === 0xee && startsWith(body, 'Adobe') && body.length >= 12) adobeTransform = body[11] ?? 0;
    if (marker === 0xf7 || (marker >= 0xc0 && marker <= 0xcf && !notFrameHeaders.has(marker))) {
      const head = readSof(marker, body, at);
      return adobeTransform === undefined ? { ...head, hasJfif } : { ...head, hasJfif, adobeTransform };
    }
    at += 2 + length;
  }
  throw new CodecError('corrupt', `no JPEG frame header (SOFn) before byte ${at}`);
}

function readSof(sof: number, body: Uint8Array, at: number): Omit<JpegHead, 'hasJfif'> {
  const components = body[5] ?? 0;
  if (body.length < 6 + 3 * components || components === 0) {
    throw new CodecError('corrupt', `frame header at byte ${at} is too short`);
  }
  return {
    sof,
    bits: body[0] ?? 0,
    rows: ((body[1] ?? 0) << 8) | (body[2] ?? 0),
    columns: ((body[3] ?? 0) << 8) | (body[4] ?? 0),
    components,
    componentIds: Array.from({ length: components }, (_, i) => body[6 + 3 * i] ?? 0),
    subsampled: Array.from({ length: components }, (_, i) => body[7 + 3 * i]).some((hv) => hv !== body[7]),
  };
}

function startsWith(body: Uint8Array, text: string): boolean {
  return [...text].every((c, i) => body[i] === c.charCodeAt(0));
}

/** True when EOI stands within the padding at the end; a cut-off image has none. */
export function hasEndOfImage(bytes: Uint8Array): boolean {
  const tail = bytes.subarray(Math.max(0, bytes.length - 64));
  for (let i = tail.length - 2; i >= 0; i--) if (tail[i] === 0xff && tail[i + 1] === 0xd9) return true;
  return false;
}

/** Accepts a bare codestream or one wrapped in JP2 boxes (a known habit of some devices). */
export function readSizMarker(bytes: Uint8Array): CodestreamHead {
  const at = findCodestream(bytes);
  if (bytes.length < at + 43)
    throw new CodecError('corrupt', `JPEG 2000 codestream ends at byte ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 43);
  return {
    columns: view.getUint32(8) - view.getUint32(16),
    rows: view.getUint32(12) - view.getUint32(20),
    components: view.getUint16(40),
    bits: ((bytes[at + 42] ?? 0) & 0x7f) + 1,
  };
}

/**
 * Throws when a component has fewer samples than the image (XRsiz, YRsiz in SIZ): OpenJPH is asked for a line of every
 * component for each row, and waits for ever for lines that are not there.
 */
export function requireFullComponents(bytes: Uint8Array): void {
  const { components } = readSizMarker(bytes);
  const first = findCodestream(bytes) + 42;
  for (let at = first; at < first + 3 * components; at += 3) {
    if (bytes[at + 1] !== 1 || bytes[at + 2] !== 1)
      throw new CodecError('unsupported-pixels', `HTJ2K: the component at byte ${at} is subsampled`);
  }
}

function findCodestream(bytes: Uint8Array): number {
  const last = Math.min(bytes.length - 4, 65536);
  const wrapped = bytes[0] === 0 && bytes[4] === 0x6a && bytes[5] === 0x50;
  for (let at = 0; at <= (wrapped ? last : 0); at++) {
    if (bytes[at] === 0xff && bytes[at + 1] === 0x4f && bytes[at + 2] === 0xff && bytes[at + 3] === 0x51)
      return at;
  }
  throw new CodecError('corrupt', 'no JPEG 2000 SOC and SIZ markers at the start of the frame');
}

/** True when COD asks for the multiple component transform, after which samples are RGB (ISO 15444-1 A.6.1, G). */
export function usesComponentTransform(bytes: Uint8Array): boolean {
  let at = findCodestream(bytes) + 2;
  while (at + 10 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0x52) return bytes[at + 8] === 1;
    if (marker === 0x90 || marker === 0x93) break;
    at += 2 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
  }
  return false;
}

/**
 * Throws when a tile-part runs past the end or later tile-parts of the last tile are missing: the JPEG 2000 decoders
 * fill such frames silently. A missing EOC alone is forgiven.
 */
export function requireWholeTileParts(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = findCodestream(bytes) + 2;
  while (at + 4 <= bytes.length && view.getUint16(at) !== sot) {
    if (view.getUint16(at) < 0xff00)
      throw new CodecError('corrupt', `expected a JPEG 2000 marker at byte ${at}`);
    at += 2 + view.getUint16(at + 2);
  }
  let missing = true;
  while (at + 12 <= bytes.length && view.getUint16(at) === sot) {
    const length = view.getUint32(at + 6);
    const parts = view.getUint8(at + 11);
    missing = parts !== 0 && view.getUint8(at + 10) + 1 < parts;
    if (length === 0) return; // the last tile-part may leave its length open
    if (length < 12 || at + length > bytes.length) {
      throw new CodecError(
        'corrupt',
        `tile-part at byte ${at} of ${length} bytes runs past the end at ${bytes.length}`,
      );
    }
    at += length;
  }
  if (missing) throw new CodecError('corrupt', `tile-parts are missing after byte ${at}`);
}
