// One stored frame -> samples: chooses the decoder by transfer syntax and codestream, normalises the result to the
// object's sample layout (interleaved, sign-extended, bits outside BitsStored dropped) and colour to RGB.
// Callers: the pool's worker, tests. Decoders: native-frame, rle, jpeg/, wasm-decode.
import { inflateRawSync } from 'node:zlib';
import { asCodecError, CodecError } from './codec-error.ts';
import type { JpegHead } from './codestream-heads.ts';
import {
  hasEndOfImage,
  readJpegHead,
  requireWholeTileParts,
  usesComponentTransform,
} from './codestream-heads.ts';
import { expand422, interleavePlanes, isYbr, ybrToRgb } from './colour.ts';
import { decodeJpeg } from './jpeg/decode-jpeg.ts';
import { nativeSampleCount, readNativeSamples } from './native-frame.ts';
import type { DecodedFrame, LutTable, PixelDescription, Samples } from './pixel-description.ts';
import {
  checkDescription,
  containerBytes,
  explicitLittleEndian,
  normaliseSamples,
  sampleCount,
} from './pixel-description.ts';
import { decodeRle } from './rle.ts';
import { frameCoding, hasBigEndianPixels } from './transfer-syntaxes.ts';
import type { CodecOutput } from './wasm-decode.ts';
import {
  decodeHtj2k,
  decodeJpeg2000,
  decodeJpegLs,
  decodeJpegXl,
  decodeTurboJpeg,
  requireSize,
} from './wasm-decode.ts';

export type DecodeOptions = {
  /** First bit of the frame in the first byte; only bit-packed multi-frame objects need it. */
  bitOffset?: number;
  /** `stored` keeps YBR samples of uncompressed, RLE and lossless frames as they are (for transcoding). */
  colour?: 'rgb' | 'stored';
};

type Coded = { samples: Samples; description: PixelDescription };

export async function decodeFrame(
  bytes: Uint8Array,
  description: PixelDescription,
  options: DecodeOptions = {},
): Promise<DecodedFrame> {
  checkDescription(description);
  if (bytes.length === 0) throw new CodecError('corrupt', 'the frame has no bytes');
  const coded = await decodeSamples(bytes, withLittleEndianLuts(description), options.bitOffset ?? 0);
  const { photometricInterpretation: model } = coded.description;
  const toRgb = options.colour !== 'stored' && isYbr(model) && coded.description.samplesPerPixel === 3;
  if (toRgb) {
    if (coded.description.bitsStored !== 8) {
      throw new CodecError(
        'unsupported-pixels',
        `${model} of ${coded.description.bitsStored} bits is not renderable`,
      );
    }
    ybrToRgb(coded.samples, model.startsWith('YBR_PARTIAL'));
  }
  return { pixels: coded.samples, description: decodedDescription(coded.description, toRgb) };
}

function decodedDescription(d: PixelDescription, toRgb: boolean): PixelDescription {
  const { planarConfiguration: _, ...rest } = d;
  return {
    ...rest,
    transferSyntaxUid: explicitLittleEndian,
    bitsAllocated: containerBytes(d.bitsAllocated) * 8,
    highBit: d.bitsStored - 1,
    photometricInterpretation:
      toRgb || /^YBR_(RCT|ICT)$/.test(d.photometricInterpretation) ? 'RGB' : d.photometricInterpretation,
    ...(d.samplesPerPixel > 1 ? { planarConfiguration: 0 } : {}),
  };
}

async function decodeSamples(bytes: Uint8Array, d: PixelDescription, bitOffset: number): Promise<Coded> {
  const uid = d.transferSyntaxUid;
  switch (frameCoding(uid)) {
    case 'native':
      return decodeNative(bytes, d, { bigEndian: hasBigEndianPixels(uid), bitOffset });
    case 'deflated':
      return decodeNative(inflateFrame(bytes, d), d, { bigEndian: false, bitOffset: 0 });
    case 'rle':
      return { samples: decodeRle(bytes, d), description: d };
    case 'jpeg':
      return decodeJpegFrame(bytes, d);
    case 'jpeg-ls':
      return settle(await decodeJpegLs(bytes, d), d);
    case 'jpeg-2000':
      requireWholeTileParts(bytes);
      return settle(await decodeJpeg2000(bytes, d), afterTransform(bytes, d));
    case 'htj2k':
      requireWholeTileParts(bytes);
      return settle(await decodeHtj2k(bytes, d), afterTransform(bytes, d));
    case 'jpeg-xl':
      return settle(
        await decodeJpegXl(bytes, d),
        d.samplesPerPixel === 3 ? { ...d, photometricInterpretation: 'RGB' } : d,
      );
    case undefined:
      throw new CodecError(
        'unsupported-syntax',
        `transfer syntax ${uid} has no still frames that can be decoded here`,
      );
  }
}

function decodeNative(
  bytes: Uint8Array,
  d: PixelDescription,
  order: { bigEndian: boolean; bitOffset: number },
): Coded {
  const samples = readNativeSamples(bytes, d, order);
  if (nativeSampleCount(d) !== sampleCount(d) || d.photometricInterpretation === 'YBR_FULL_422') {
    if (d.samplesPerPixel === 3 && d.bitsAllocated === 8) {
      return { samples: expand422(samples, d), description: { ...d, photometricInterpretation: 'YBR_FULL' } };
    }
    throw new CodecError(
      'bad-description',
      `YBR_FULL_422 with ${d.samplesPerPixel} samples of ${d.bitsAllocated} bits`,
    );
  }
  const planar = d.samplesPerPixel > 1 && d.planarConfiguration === 1;
  return { samples: planar ? interleavePlanes(samples, d) : samples, description: d };
}

function inflateFrame(bytes: Uint8Array, d: PixelDescription): Uint8Array {
  const expected = Math.ceil((nativeSampleCount(d) * d.bitsAllocated) / 8);
  try {
    // A copy: zlib does not read shared memory.
    return inflateRawSync(new Uint8Array(bytes), { maxOutputLength: expected + 64 });
  } catch (error) {
    throw asCodecError(error, 'corrupt', 'deflated frame');
  }
}

async function decodeJpegFrame(bytes: Uint8Array, d: PixelDescription): Promise<Coded> {
  const head = readJpegHead(bytes);
  requireSize(head, d, 'JPEG');
  if (head.components === 2 || head.components === 4) {
    throw new CodecError('unsupported-pixels', `JPEG with ${head.components} components is not supported`);
  }
  const lossless = head.sof === 0xc3;
  const asYbr = head.components === 3 && !lossless && codedAsYbr(head, d);
  // The WebAssembly decoder guesses the colour model itself and paints cut-off images grey: where its guess would be
  // wrong or the end is missing, our own decoder runs.
  if (head.bits === 8 && head.sof <= 0xc2 && asYbr === turboGuessesYbr(head) && hasEndOfImage(bytes)) {
    const output = await decodeTurboJpeg(bytes);
    return settle(output, head.components === 3 ? { ...d, photometricInterpretation: 'RGB' } : d);
  }
  const output = {
    raw: decodeJpeg(bytes, head),
    components: head.components,
    bits: head.bits,
    isSigned: false,
  };
  if (head.components !== 3 || lossless) return settle(output, d);
  const model = asYbr ? 'YBR_FULL' : 'RGB';
  return settle(output, { ...d, photometricInterpretation: model });
}

function codedAsYbr(head: JpegHead, d: PixelDescription): boolean {
  if (head.subsampled) return true;
  if (head.adobeTransform !== undefined) return head.adobeTransform !== 0;
  if (hasRgbIds(head)) return false;
  return head.hasJfif || d.photometricInterpretation !== 'RGB';
}

function turboGuessesYbr(head: JpegHead): boolean {
  if (head.components !== 3) return false;
  if (head.hasJfif) return true;
  if (head.adobeTransform !== undefined) return head.adobeTransform !== 0;
  return !hasRgbIds(head);
}

function hasRgbIds(head: JpegHead): boolean {
  return head.componentIds.join() === '82,71,66';
}

function afterTransform(bytes: Uint8Array, d: PixelDescription): PixelDescription {
  return d.samplesPerPixel === 3 && usesComponentTransform(bytes)
    ? { ...d, photometricInterpretation: 'RGB' }
    : d;
}

/** Codec output -> the object's layout; a codestream wider than the object's cells widens the description. */
function settle(output: CodecOutput, d: PixelDescription): Coded {
  const expected = sampleCount(d);
  if (output.components !== d.samplesPerPixel || output.raw.length < expected) {
    throw new CodecError(
      'corrupt',
      `codec gave ${output.raw.length} samples of ${output.components} components, expected ${expected}`,
    );
  }
  const raw = output.raw.length === expected ? output.raw : output.raw.subarray(0, expected);
  const widened =
    output.bits > d.bitsAllocated
      ? {
          ...d,
          bitsAllocated: containerBytes(output.bits) * 8,
          bitsStored: output.bits,
          highBit: output.bits - 1,
        }
      : d;
  // Only a codestream as wide as the whole cell can hold the stored bits anywhere but at the bottom.
  const shift = output.bits === widened.bitsAllocated ? widened.highBit - widened.bitsStored + 1 : 0;
  return { samples: normaliseSamples(raw, widened, shift), description: widened };
}

/** LUT elements of big endian objects are big endian words; after decoding everything is little endian. */
function withLittleEndianLuts(d: PixelDescription): PixelDescription {
  if (d.transferSyntaxUid !== '1.2.840.10008.1.2.2') return d;
  const swap = <T extends LutTable>(table: T): T => {
    const values = new Uint8Array(table.values.subarray(0, table.values.length & ~1));
    Buffer.from(values.buffer).swap16();
    return { ...table, values };
  };
  return {
    ...d,
    ...(d.palette ? { palette: { r: swap(d.palette.r), g: swap(d.palette.g), b: swap(d.palette.b) } } : {}),
    ...(d.modalityLut ? { modalityLut: swap(d.modalityLut) } : {}),
    ...(d.voiLut ? { voiLut: swap(d.voiLut) } : {}),
  };
}
