// Whether an object may be replaced by a lossless HTJ2K of itself: only when nothing but the coding of its pixels would
// change. Codes of refusals are stored, counted and shown. The pixels themselves are compared later, frame by frame.
import { frameCoding } from '@yunying/codec';
import { type Dataset, getElement, getNumber, getString, readHead, walkElements } from '@yunying/dicom';
import type { Context } from '../../../context.ts';
import type { PlacedInstance } from '../archive-types.ts';
import { openInstanceBytes } from '../open-instance.ts';
import { parsePixelLayout } from '../pixel-layout.ts';
import { embeddedOverlays } from '../transcode/embedded-overlays.ts';
import { readTail } from '../transcode/read-tail.ts';

export type RefusalCode =
  | 'already-htj2k'
  | 'lossy-original'
  | 'private-syntax'
  | 'whole-deflated'
  | 'no-still-frames'
  | 'embedded-overlays'
  | 'signed'
  | 'behind-pixels'
  | 'unusual-cells'
  | 'not-encodable'
  | 'unused-bits'
  | 'not-equal'
  | 'no-gain'
  | 'damaged';

const headLimitBytes = 256 * 1024 * 1024;
const htj2k = /^1\.2\.840\.10008\.1\.2\.4\.20[123]$/;
const lossyOnly = /^1\.2\.840\.10008\.1\.2\.4\.(5[0-6]|59|6[0-4]|81|9[13]|111|112)$/;
/** Digital Signatures Sequence, MAC Parameters Sequence, Encrypted Attributes Sequence. */
const signatures = new Set(['FFFAFFFA', '4FFE0001', '04000500']);

export function refusalBySyntax(transferSyntaxUid: string): RefusalCode | null {
  if (htj2k.test(transferSyntaxUid)) return 'already-htj2k';
  if (lossyOnly.test(transferSyntaxUid)) return 'lossy-original';
  if (!transferSyntaxUid.startsWith('1.2.840.10008.')) return 'private-syntax';
  return frameCoding(transferSyntaxUid) === undefined ? 'no-still-frames' : null;
}

/** null: it may be tried. */
export async function findRefusal(
  ctx: Pick<Context, 'blobs'>,
  instance: PlacedInstance,
): Promise<RefusalCode | null> {
  const bySyntax = refusalBySyntax(instance.transfer_syntax_uid);
  if (bySyntax !== null) return bySyntax;
  const layout = parsePixelLayout(instance.pixel_layout);
  if (layout === null) return 'no-still-frames';
  if (layout.kind === 'deflated') return 'whole-deflated';
  const head = await readWholeHead(ctx, instance);
  if (getString(head, 'LossyImageCompression') === '01') return 'lossy-original';
  if (embeddedOverlays(head).length > 0) return 'embedded-overlays';
  if (hasSignature(head)) return 'signed';
  const bitsStored = getNumber(head, 'BitsStored') ?? 0;
  if (getNumber(head, 'HighBit') !== bitsStored - 1) return 'unusual-cells';
  if (![8, 16].includes(getNumber(head, 'BitsAllocated') ?? 0)) return 'unusual-cells';
  const tail = await readTail(ctx, instance, layout);
  if ([...tail.elements.keys()].some((tag) => tag !== 'FFFCFFFC'))
    return hasSignature(tail) ? 'signed' : 'behind-pixels';
  return null;
}

export async function readWholeHead(
  ctx: Pick<Context, 'blobs'>,
  instance: Pick<PlacedInstance, 'blob_id' | 'pixel_layout'>,
): Promise<Dataset> {
  const layout = parsePixelLayout(instance.pixel_layout);
  const pixelsAt =
    layout?.kind === 'native' ? layout.offset : layout?.kind === 'encapsulated' ? layout.first : 0;
  const { body } = await openInstanceBytes(ctx, instance, { start: 0, end: pixelsAt - 1 });
  try {
    const limits = { maxElementBytes: headLimitBytes, maxHeaderBytes: headLimitBytes };
    return (await readHead(body, { keepBulk: true, limits })).dataset;
  } finally {
    body.destroy();
  }
}

function hasSignature(dataset: Dataset): boolean {
  let found = getElement(dataset, 'FFFAFFFA') !== undefined;
  walkElements(dataset, ({ tag }) => {
    found ||= signatures.has(tag);
  });
  return found;
}
