// Raw deflate where there is no zlib: stored blocks only (RFC 1951 §3.2.4). Valid everywhere, not smaller.

const maxStored = 0xffff;

export function deflateRaw(bytes: Uint8Array): Uint8Array {
  const blocks = Math.max(1, Math.ceil(bytes.length / maxStored));
  const out = new Uint8Array(bytes.length + blocks * 5);
  const view = new DataView(out.buffer);
  let to = 0;
  for (let block = 0; block < blocks; block++) {
    const part = bytes.subarray(block * maxStored, (block + 1) * maxStored);
    out[to] = block === blocks - 1 ? 1 : 0;
    view.setUint16(to + 1, part.length, true);
    view.setUint16(to + 3, ~part.length & 0xffff, true);
    out.set(part, to + 5);
    to += 5 + part.length;
  }
  return out;
}
