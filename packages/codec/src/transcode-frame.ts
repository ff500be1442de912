// A stored frame -> the bytes it has in Explicit VR Little Endian (PS3.5 A.2), for WADO transcoding. YBR frames that
// were not converted by their codec stay YBR; cells keep their width, and bit-packed cells are packed again per frame.
import { decodeFrame } from './decode-frame.ts';
import type { PixelDescription } from './pixel-description.ts';
import type { FrameRequest } from './prepare-frame.ts';
import { decodeOptions } from './prepare-frame.ts';

export type RawFrame = { bytes: Uint8Array; description: PixelDescription };

export async function decodeToRaw(request: FrameRequest): Promise<RawFrame> {
  const options = { ...decodeOptions(request), colour: 'stored' as const };
  const { pixels, description } = await decodeFrame(request.bytes, request.description, options);
  if (request.description.bitsAllocated === 1) {
    return { bytes: packBits(pixels), description: { ...description, bitsAllocated: 1 } };
  }
  // Every supported platform is little endian, and typed arrays have its order.
  return { bytes: new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength), description };
}

function packBits(pixels: ArrayLike<number>): Uint8Array {
  const out = new Uint8Array(Math.ceil(pixels.length / 8));
  for (let i = 0; i < pixels.length; i++) {
    if (pixels[i] !== 0) out[i >> 3] = (out[i >> 3] ?? 0) | (1 << (i & 7));
  }
  return out;
}
