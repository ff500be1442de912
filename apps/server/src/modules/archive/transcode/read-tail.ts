// What stands behind the pixel data in a stored object: private groups above 7FE0, padding, digital signatures. Small,
// and read only when an object is written anew.
import { createDataset, type Dataset, DicomError, parseDataset, transferSyntax } from '@yunying/dicom';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import type { PlacedInstance } from '../archive-types.ts';
import type { PixelLayout } from '../pixel-layout.ts';

const tailLimitBytes = 64 * 1024 * 1024;
const itemHeaderBytes = 8;

export async function readTail(
  ctx: Pick<Context, 'blobs'>,
  instance: PlacedInstance,
  layout: Exclude<PixelLayout, { kind: 'deflated' }>,
): Promise<Dataset> {
  const start = endOfPixels(layout);
  const size = Number(instance.size_bytes);
  const bigEndian = transferSyntax(instance.transfer_syntax_uid)?.bigEndian ?? false;
  if (start >= size) return createDataset(null, bigEndian);
  if (size - start > tailLimitBytes)
    throw new AppError('request.not_acceptable', {
      transferSyntaxUid: instance.transfer_syntax_uid,
      reason: 'more than 64 MiB stand behind the pixel data',
    });
  const bytes = await ctx.blobs.readBytes(instance.blob_id, { start }, tailLimitBytes);
  const limits = { maxElementBytes: tailLimitBytes, maxHeaderBytes: tailLimitBytes };
  try {
    return parseDataset(bytes, instance.transfer_syntax_uid, { limits });
  } catch (error) {
    // Bytes that are no elements (a device's trailer) have no place in another encoding.
    if (error instanceof DicomError) return createDataset(null, bigEndian);
    throw error;
  }
}

/** Native values have even length; fragments are followed by the Sequence Delimitation Item (PS3.5 §A.4). */
function endOfPixels(layout: Exclude<PixelLayout, { kind: 'deflated' }>): number {
  if (layout.kind === 'native') return layout.offset + layout.length + (layout.length % 2);
  const fragments = layout.lengths.reduce((sum, length) => sum + length + itemHeaderBytes, 0);
  return layout.first + fragments;
}
