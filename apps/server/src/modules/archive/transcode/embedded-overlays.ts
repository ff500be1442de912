// Overlays that lie in unused high bits of the pixel cells (retired form of PS3.3 C.9.2: Overlay Bits Allocated other
// than 1, no Overlay Data). Coding keeps the stored bits only, so they are lifted into (60xx,3000) first.
import { type Dataset, deleteElement, getElement, getNumber, setValue } from '@yunying/dicom';
import type { FrameSource } from '../frames/frame-source.ts';

export type EmbeddedOverlay = { group: string; bit: number };

const mostOverlayBytes = 64 * 1024 * 1024;

/** Groups 6000 to 601E that say they have rows but bring no data of their own. */
export function embeddedOverlays(head: Dataset): EmbeddedOverlay[] {
  const found: EmbeddedOverlay[] = [];
  for (let number = 0x6000; number <= 0x601e; number += 2) {
    const group = number.toString(16).toUpperCase();
    const hasData = getElement(head, `${group}3000`) !== undefined;
    if (getElement(head, `${group}0010`) === undefined || hasData) continue;
    found.push({ group, bit: getNumber(head, `${group}0102`) ?? 0 });
  }
  return found;
}

/** null: done, and `head` changed; else why it cannot be. The cells must be plain ones of 8 or 16 bits. */
export async function liftOverlays(head: Dataset, source: FrameSource): Promise<string | null> {
  const overlays = embeddedOverlays(head);
  if (overlays.length === 0) return null;
  const { description } = await source.read(1);
  const { rows, columns, bitsAllocated, samplesPerPixel } = description;
  const perFrame = rows * columns;
  const bytesNeeded = Math.ceil((perFrame * source.numberOfFrames) / 8);
  const bigEndian = description.transferSyntaxUid === '1.2.840.10008.1.2.2';
  if (samplesPerPixel !== 1 || !(bitsAllocated === 16 || (bitsAllocated === 8 && !bigEndian)))
    return 'overlays in the bits of cells that are not plain';
  if (bytesNeeded > mostOverlayBytes) return 'overlays of too many frames';
  for (const { group, bit } of overlays) {
    const sameSize = getNumber(head, `${group}0010`) === rows && getNumber(head, `${group}0011`) === columns;
    if (!sameSize || bit >= bitsAllocated) return 'overlays of another size than the picture';
  }
  const planes = overlays.map(() => new Uint8Array(bytesNeeded));
  for (let frame = 1; frame <= source.numberOfFrames; frame += 1) {
    const { bytes } = await source.read(frame);
    const cells = {
      bytes,
      wide: bitsAllocated === 16,
      bigEndian,
      count: perFrame,
      from: (frame - 1) * perFrame,
    };
    for (const [index, { bit }] of overlays.entries())
      takeBits(cells, bit, planes[index] ?? new Uint8Array(0));
  }
  for (const [index, { group }] of overlays.entries()) {
    setValue(head, `${group}0100`, 1, 'US');
    setValue(head, `${group}0102`, 0, 'US');
    setValue(head, `${group}3000`, planes[index] ?? new Uint8Array(0), 'OW');
    deleteElement(head, `${group}0200`);
    if (source.numberOfFrames === 1) continue;
    setValue(head, `${group}0015`, source.numberOfFrames, 'IS');
    setValue(head, `${group}0051`, 1, 'US');
  }
  return null;
}

type Cells = { bytes: Uint8Array; wide: boolean; bigEndian: boolean; count: number; from: number };

function takeBits({ bytes, wide, bigEndian, count, from }: Cells, bit: number, into: Uint8Array): void {
  const byte = wide ? (bigEndian ? 1 - (bit >> 3) : bit >> 3) : 0;
  const mask = 1 << (bit & 7);
  const step = wide ? 2 : 1;
  for (let i = 0; i < count; i++) {
    if (((bytes[i * step + byte] ?? 0) & mask) === 0) continue;
    const at = from + i;
    into[at >> 3] = (into[at >> 3] ?? 0) | (1 << (at & 7));
  }
}
