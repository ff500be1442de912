// Application Entity titles (PS3.5 §6.2 VR AE): 1-16 printable ASCII characters, no backslash, leading
// and trailing spaces not significant. Used by the associate PDUs and by Move Destination.
import { DimseError } from './errors.ts';

export function isAeTitle(text: string): boolean {
  return /^[\x20-\x5b\x5d-\x7e]{1,16}$/.test(text) && text.trim() !== '';
}

/** The sixteen bytes of the A-ASSOCIATE fields. */
export function encodeAeTitle(title: string): Buffer {
  if (!isAeTitle(title)) {
    throw new DimseError(
      'invalid-argument',
      'an AE title is 1-16 printable ASCII characters without backslash',
    );
  }
  return Buffer.from(title.padEnd(16, ' '), 'latin1');
}

/** Spaces and the NUL padding of some devices are cut; the result may still be no valid title. */
export function decodeAeTitle(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/\0+$/, '')
    .replace(/^ +| +$/g, '');
}
