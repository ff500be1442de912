// Raw deflate in Node, for writing the deflated transfer syntaxes. Chosen by '#deflate' in package.json.
import { deflateRawSync } from 'node:zlib';

export function deflateRaw(bytes: Uint8Array): Uint8Array {
  return deflateRawSync(bytes);
}
