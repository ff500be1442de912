// One frame as little endian octets, for the archive's bulk data door.
import type { PlacedInstance } from '../archive/index.ts';
import { type MakeContext, makeDecoded } from './make-frame.ts';

/** `frame`: 1 is the first. */
export async function decodeFrame(
  ctx: MakeContext,
  instance: PlacedInstance,
  frame: number,
): Promise<Uint8Array> {
  const picture = await makeDecoded(ctx, instance, frame);
  return 'bytes' in picture ? picture.bytes : new Uint8Array(0);
}
