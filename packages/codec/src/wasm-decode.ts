// Decoding through the WebAssembly codecs: 8-bit JPEG (libjpeg-turbo), JPEG-LS (CharLS), JPEG 2000 (OpenJPEG),
// HTJ2K (OpenJPH) and JPEG XL (libjxl). Each returns raw sample patterns with the facts the codestream states;
// the size is checked against the object before and after, because the decoders believe their input.
import { CodecError } from './codec-error.ts';
import { readJpegHead, readSizMarker, requireFullComponents } from './codestream-heads.ts';
import type { PixelDescription } from './pixel-description.ts';
import { containerBytes } from './pixel-description.ts';
import type { FrameFacts, WasmDecoder } from './wasm-modules.ts';
import { withWasm } from './wasm-modules.ts';

const endOfImage = Buffer.of(0xff, 0xd9);

export type CodecOutput = {
  raw: Uint8Array | Uint16Array | Int16Array;
  components: number;
  bits: number;
  isSigned: boolean;
};

export async function decodeTurboJpeg(bytes: Uint8Array): Promise<CodecOutput> {
  return withWasm('jpeg', 'JPEG', (m) =>
    runDecoder(new m.JPEGDecoder(), bytes, (decoder) => decoder.decode()),
  );
}

export async function decodeJpegLs(bytes: Uint8Array, d: PixelDescription): Promise<CodecOutput> {
  const head = readJpegHead(bytes);
  requireSize(head, d, 'JPEG-LS');
  // CharLS takes seconds to notice that its input stops early. 0xFFD9 cannot occur inside the coded data.
  if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).lastIndexOf(endOfImage) < 0) {
    throw new CodecError('corrupt', `JPEG-LS: no EOI marker up to byte ${bytes.length}`);
  }
  return withWasm('jpegLs', 'JPEG-LS', (m) =>
    runDecoder(new m.JpegLSDecoder(), bytes, (decoder) => decoder.decode()),
  );
}

export async function decodeJpeg2000(bytes: Uint8Array, d: PixelDescription): Promise<CodecOutput> {
  requireSize(readSizMarker(bytes), d, 'JPEG 2000');
  return withWasm('jpeg2000', 'JPEG 2000', (m) =>
    runDecoder(new m.J2KDecoder(), bytes, (decoder) => decoder.decode()),
  );
}

/** `level` 0 is full size, each further level halves it (rounded up). OpenJPH reports errors, it does not throw. */
export async function decodeHtj2k(bytes: Uint8Array, d: PixelDescription, level = 0): Promise<CodecOutput> {
  requireSize(readSizMarker(bytes), d, 'HTJ2K');
  requireFullComponents(bytes);
  return withWasm('htj2k', 'HTJ2K', (m) =>
    runDecoder(
      new m.HTJ2KDecoder(),
      bytes,
      (decoder) => {
        decoder.decodeSubResolution(level);
        const message = decoder.getLastErrorMessage();
        if (!decoder.getIsHeaderValid() || message !== '') {
          throw new CodecError(
            'corrupt',
            `HTJ2K: ${message === '' ? 'header is not valid' : message.slice(0, 160)}`,
          );
        }
      },
      level,
    ),
  );
}

export async function decodeJpegXl(bytes: Uint8Array, d: PixelDescription): Promise<CodecOutput> {
  const out = await withWasm('jpegXl', 'JPEG XL', (m) =>
    runDecoder(new m.JpegXLDecoder(), bytes, (decoder) => {
      decoder.decode();
      const facts = decoder.getFrameInfo();
      requireSize(
        { rows: facts.height, columns: facts.width, components: facts.componentCount },
        d,
        'JPEG XL',
      );
    }),
  );
  return out;
}

function runDecoder<D extends WasmDecoder>(
  decoder: D,
  bytes: Uint8Array,
  decode: (decoder: D) => void,
  level = 0,
): CodecOutput {
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decode(decoder);
    return copyOut(decoder, level);
  } finally {
    decoder.delete();
  }
}

function copyOut(decoder: WasmDecoder, level: number): CodecOutput {
  const facts: FrameFacts = decoder.getFrameInfo();
  const scale = 2 ** level;
  const count = Math.ceil(facts.width / scale) * Math.ceil(facts.height / scale) * facts.componentCount;
  const sampleBytes = containerBytes(facts.bitsPerSample);
  const view = decoder.getDecodedBuffer();
  if (sampleBytes === 4) {
    throw new CodecError(
      'unsupported-pixels',
      `codestream samples of ${facts.bitsPerSample} bits are not supported, 16 is the most`,
    );
  }
  if (view.length < count * sampleBytes) {
    throw new CodecError(
      'corrupt',
      `decoder returned ${view.length} bytes for ${count} samples of ${facts.bitsPerSample} bits`,
    );
  }
  const copy = view.slice(0, count * sampleBytes);
  const isSigned = facts.isSigned === true;
  const words = isSigned
    ? new Int16Array(copy.buffer, 0, copy.length >> 1)
    : new Uint16Array(copy.buffer, 0, copy.length >> 1);
  return {
    raw: sampleBytes === 1 ? copy : words,
    components: facts.componentCount,
    bits: facts.bitsPerSample,
    isSigned,
  };
}

export function requireSize(
  head: { rows: number; columns: number; components: number },
  d: PixelDescription,
  label: string,
): void {
  if (head.rows !== d.rows || head.columns !== d.columns || head.components !== d.samplesPerPixel) {
    throw new CodecError(
      'corrupt',
      `${label} codestream is ${head.columns}x${head.rows}x${head.components}, the object says ${d.columns}x${d.rows}x${d.samplesPerPixel}`,
    );
  }
}
