// The data sets of a STOW-RS request that is nothing but metadata: multipart/related of application/dicom+json without
// bulk data (PS3.18 §10.5.1.1). Small by nature, so it is read whole, within a limit.
import type { DicomJson } from '@yunying/dicom';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../../errors.ts';
import { dicomJson, readMultipart } from '../../../http/media.ts';

export async function readJsonParts(
  req: FastifyRequest,
  limits: { bytes: number; objects: number },
): Promise<DicomJson[]> {
  const contentType = req.headers['content-type'] ?? '';
  const isOurs =
    /^multipart\/related\s*;/i.test(contentType) &&
    /;\s*type="?application\/dicom\+json"?\s*(;|$)/i.test(contentType);
  if (!isOurs)
    throw new AppError('request.media_type', { offers: [`multipart/related; type="${dicomJson}"`] });
  const datasets: DicomJson[] = [];
  let left = limits.bytes;
  for await (const { headers, body } of readMultipart(req.raw, contentType, { parts: limits.objects })) {
    const type = (headers['content-type'] ?? dicomJson).split(';')[0]?.trim().toLowerCase();
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) {
      left -= chunk.length;
      if (left < 0) throw new AppError('request.body_too_large', { limit: limits.bytes });
      chunks.push(Uint8Array.from(chunk));
    }
    if (type !== dicomJson) throw new AppError('request.media_type', { offers: [dicomJson] });
    datasets.push(...parseDatasets(Buffer.concat(chunks).toString('utf8')));
  }
  if (datasets.length === 0) throw new AppError('request.invalid', { reason: 'no-parts' });
  if (datasets.length > limits.objects) throw new AppError('request.invalid', { reason: 'too-many-objects' });
  return datasets;
}

function parseDatasets(text: string): DicomJson[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new AppError('request.invalid', { reason: 'the metadata part is not JSON' });
  }
  const list: unknown[] = Array.isArray(json) ? json : [json];
  if (!list.every((one) => typeof one === 'object' && one !== null && !Array.isArray(one)))
    throw new AppError('request.invalid', { reason: 'the metadata part is no list of data sets' });
  return list as DicomJson[]; // each element is checked by fromDicomJson
}
