// The memory of the lanes of transfers: objects that are read whole are read into the same bytes one after the other,
// because fresh memory for each costs more than the reading. It is given back only when the peer has answered that it
// holds the object and nothing of it is still to be sent.
import { wholeLimitBytes } from './open-outgoing.ts';

const grainBytes = 64 * 1024;
/** Two transfers with all their lanes; what more of them need is let go at their end. */
const mostSpare = 16;
const spares: Buffer[] = [];

/** Memory for an object of that size; undefined when it is not read whole, or so small that it does not matter. */
export function takeMemory(sizeBytes: number): Buffer | undefined {
  if (sizeBytes > wholeLimitBytes || sizeBytes < grainBytes) return undefined;
  const spare = spares.pop();
  if (spare !== undefined && spare.length >= sizeBytes) return spare;
  return Buffer.allocUnsafeSlow(Math.ceil(sizeBytes / grainBytes) * grainBytes);
}

export function giveMemory(memory: Buffer | undefined): void {
  if (memory !== undefined && spares.length < mostSpare) spares.push(memory);
}
