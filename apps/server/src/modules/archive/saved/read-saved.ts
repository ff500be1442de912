// One saved object whole, as DICOM JSON: contours and graphics are long values, which WADO-RS metadata gives by address
// only, one request each. Objects with pixels keep their pixel data behind its address.
import { type DicomJson, DicomStream, toDicomJson } from '@yunying/dicom';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import type { PlacedInstance } from '../archive-types.ts';
import { getInstanceMetadata } from '../instance-metadata.ts';

const limitBytes = 64 * 1024 ** 2;

export async function readSaved(ctx: Pick<Context, 'blobs'>, instance: PlacedInstance): Promise<DicomJson> {
  if (instance.pixel_layout !== null || instance.number_of_frames > 0)
    return getInstanceMetadata(ctx, instance);
  const { body, totalBytes } = await ctx.blobs.read(instance.blob_id);
  try {
    if (totalBytes > limitBytes) throw new AppError('request.body_too_large', { limit: limitBytes });
    const stream = new DicomStream({ keepBulk: true });
    for await (const chunk of body) stream.write(chunk);
    return toDicomJson(stream.end().dataset);
  } finally {
    body.destroy();
  }
}
