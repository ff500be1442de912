// Segmented palettes (PS3.3 C.7.9.2): colour tables written as runs. Opened out into a plain table of the form that
// applyPalette reads. What comes from the object is bounded: never more entries than its descriptor says.

/** `descriptor`: entries, first value, bits. A table of bytes for 8 bits, of little-endian words otherwise. */
export function openSegments(bytes: Uint8Array, descriptor: readonly number[]): Uint8Array {
  const [rawCount = 0, , bits = 16] = descriptor;
  const count = rawCount === 0 ? 65_536 : rawCount;
  const isWide = bits > 8;
  const codes = isWide ? wordsOf(bytes) : Uint16Array.from(bytes);
  const entries: number[] = [];
  run(codes, isWide, { at: 0, end: codes.length, segments: Number.POSITIVE_INFINITY }, entries, count);
  if (entries.length === 0) throw new Error('a segmented palette without entries');
  const last = entries[entries.length - 1] ?? 0;
  while (entries.length < count) entries.push(last);
  if (!isWide) return Uint8Array.from(entries);
  const out = new Uint8Array(count * 2);
  for (const [at, value] of entries.entries()) {
    out[2 * at] = value & 255;
    out[2 * at + 1] = value >> 8;
  }
  return out;
}

/** From where, up to where, how many segments; those that are repeated never repeat others. */
type Course = { at: number; end: number; segments: number };

function run(codes: Uint16Array, isWide: boolean, course: Course, entries: number[], count: number): void {
  let { at } = course;
  for (let done = 0; done < course.segments && at + 1 < course.end && entries.length < count; done += 1) {
    const [kind, length = 0] = [codes[at], codes[at + 1]];
    if (kind === 0) {
      entries.push(...codes.subarray(at + 2, at + 2 + Math.min(length, count - entries.length)));
      at += 2 + length;
    } else if (kind === 1) {
      const from = entries[entries.length - 1] ?? 0;
      const to = codes[at + 2] ?? from;
      for (let step = 1; step <= length && entries.length < count; step += 1)
        entries.push(Math.round(from + ((to - from) * step) / length));
      at += 3;
    } else if (kind === 2 && course.segments === Number.POSITIVE_INFINITY) {
      const inner = { at: offsetAt(codes, at + 2, isWide), end: at, segments: length };
      run(codes, isWide, inner, entries, count);
      at += isWide ? 4 : 6;
    } else throw new Error(`a segmented palette with a segment ${kind} at ${at}`);
  }
}

/** Where the first segment to repeat begins: written in bytes, low part first. */
function offsetAt(codes: Uint16Array, at: number, isWide: boolean): number {
  const part = (index: number) => codes[at + index] ?? 0;
  if (isWide) return (part(0) + part(1) * 65_536) / 2;
  return part(0) + part(1) * 256 + part(2) * 65_536 + part(3) * 16_777_216;
}

function wordsOf(bytes: Uint8Array): Uint16Array {
  const words = new Uint16Array(bytes.length >> 1);
  for (let at = 0; at < words.length; at += 1)
    words[at] = (bytes[2 * at] ?? 0) | ((bytes[2 * at + 1] ?? 0) << 8);
  return words;
}
