// A worker module that misbehaves on request (the first byte of the frame says how), for the pool's tests.
import type { FrameRequest } from '../prepare-frame.ts';

export async function decodeFrame(request: FrameRequest): Promise<unknown> {
  switch (request.bytes[0]) {
    case 1:
      process.exit(3);
      break;
    case 2:
      for (;;);
    case 3: {
      const grown: unknown[] = [];
      for (;;) grown.push(new Array(1_000_000).fill({}));
    }
    case 4:
      setTimeout(() => {
        throw new Error('thrown outside any promise');
      }, 1);
      await new Promise(() => undefined);
      break;
    default:
      return { done: { pixels: request.bytes, description: request.description } };
  }
  return undefined;
}
