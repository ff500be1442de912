// Pieces of byte streams, and words of a big endian value turned round, without holding them.

/** Bytes `start` to `end` (inclusive) of what `source` gives; the rest is not read. */
export async function* sliceBytes(
  source: AsyncIterable<Uint8Array>,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const chunk of source) {
    const from = Math.max(0, start - at);
    const to = Math.min(chunk.length, end + 1 - at);
    at += chunk.length;
    if (to > from) yield chunk.subarray(from, to);
    if (at > end) return;
  }
}

/** Each word of `width` bytes back to front; a rest shorter than a word stays as it is. */
export async function* swapBytes(
  source: AsyncIterable<Uint8Array>,
  width: 2 | 4 | 8,
): AsyncGenerator<Uint8Array> {
  let rest = Buffer.alloc(0);
  for await (const chunk of source) {
    const joined = Buffer.concat([rest, chunk]);
    const whole = joined.length - (joined.length % width);
    rest = joined.subarray(whole);
    if (whole > 0) yield swap(joined.subarray(0, whole), width);
  }
  if (rest.length > 0) yield rest;
}

function swap(bytes: Buffer, width: 2 | 4 | 8): Buffer {
  return width === 2 ? bytes.swap16() : width === 4 ? bytes.swap32() : bytes.swap64();
}
