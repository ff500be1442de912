// STOW-RS of metadata with bulk data parts (PS3.18 §10.5.1.1): the first part (or parts) hold data sets as DICOM JSON or XML,
// the others the values that they name by BulkDataURI, matched by Content-Location. Bulk data are kept in a folder of their
// own until all parts are there; then one object after the other is put together and stored like any other.
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  type Dataset,
  type DicomJson,
  encodeDataset,
  encodeFileMeta,
  explicitVrLittleEndian,
  fromDicomJson,
  getString,
  transferSyntax,
} from '@yunying/dicom';
import { AppError } from '../../../errors.ts';
import { dicomJson, type Part } from '../../../http/media.ts';
import { dicomXml, fromNativeXml } from './native-model.ts';

const metadataLimitBytes = 64 * 1024 ** 2;
const objectLimitBytes = 1024 ** 3;
const pixelData = '7FE00010';
const octets = 'application/octet-stream';

type Bulk = {
  mediaType: string;
  transferSyntaxUid: string | null;
  files: { path: string; sizeBytes: number }[];
};
export type MetadataObject =
  | { body: AsyncIterable<Uint8Array>; missing: number }
  /** What is wrong with this one; the others go on. */
  | { failed: { sopClassUid: string; sopInstanceUid: string } | null };

/** Every object of the request. The folder is gone when the reader has finished, however it ends. */
export async function* readMetadataObjects(
  parts: AsyncIterable<Part>,
  rootType: string,
): AsyncGenerator<MetadataObject> {
  const folder = await mkdtemp(join(tmpdir(), 'yunying-stow-'));
  try {
    const { datasets, bulk } = await collectParts(parts, rootType, folder);
    for (const json of datasets) yield await assemble(json, bulk);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function collectParts(parts: AsyncIterable<Part>, rootType: string, folder: string) {
  const datasets: DicomJson[] = [];
  const bulk = new Map<string, Bulk>();
  let count = 0;
  for await (const { headers, body } of parts) {
    const { type, parameters } = contentType(headers['content-type'] ?? (count === 0 ? rootType : octets));
    count += 1;
    if (type === dicomJson || type === 'application/json' || type === dicomXml) {
      datasets.push(...readDatasets(type, await readText(body)));
      continue;
    }
    const location = headers['content-location'];
    if (location === undefined)
      throw new AppError('request.invalid', {
        reason: 'a bulk data part without Content-Location',
        part: count,
      });
    const path = join(folder, String(count));
    let sizeBytes = 0;
    const counted = async function* () {
      for await (const chunk of body) {
        sizeBytes += chunk.length;
        if (sizeBytes > objectLimitBytes)
          throw new AppError('request.body_too_large', { limit: objectLimitBytes });
        yield chunk;
      }
    };
    await pipeline(counted(), createWriteStream(path));
    const known = bulk.get(location.trim()) ?? {
      mediaType: type,
      transferSyntaxUid: parameters.get('transfer-syntax') ?? null,
      files: [],
    };
    known.files.push({ path, sizeBytes });
    bulk.set(location.trim(), known);
  }
  if (datasets.length === 0) throw new AppError('request.invalid', { reason: 'no metadata part' });
  return { datasets, bulk };
}

function contentType(text: string): { type: string; parameters: Map<string, string> } {
  const [type = '', ...rest] = text.split(';').map((word) => word.trim());
  const parameters = new Map(
    rest.map((word) => {
      const [name = '', value = ''] = word.split('=');
      return [name.trim().toLowerCase(), value.trim().replace(/^"|"$/g, '')];
    }),
  );
  return { type: type.toLowerCase(), parameters };
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > metadataLimitBytes)
      throw new AppError('request.body_too_large', { limit: metadataLimitBytes });
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks, length).toString('utf8');
}

function readDatasets(type: string, text: string): DicomJson[] {
  if (type === dicomXml) return [fromNativeXml(text)];
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

async function assemble(json: DicomJson, bulk: ReadonlyMap<string, Bulk>): Promise<MetadataObject> {
  const named = new Map<string, { bulk: Bulk; values: Uint8Array[] }>();
  let missing = 0;
  let total = 0;
  for (const uri of urisOf(json)) {
    const found = bulk.get(uri);
    if (found === undefined) {
      missing += 1;
      continue;
    }
    total += found.files.reduce((sum, file) => sum + file.sizeBytes, 0);
    if (total > objectLimitBytes) throw new AppError('request.body_too_large', { limit: objectLimitBytes });
    const values: Uint8Array[] = [];
    for (const { path } of found.files) values.push(await readFile(path));
    named.set(uri, { bulk: found, values });
  }
  const pixelUri = json[pixelData]?.BulkDataURI;
  const pixels = pixelUri === undefined ? undefined : named.get(pixelUri);
  const stored = text(json['00083002']) ?? text(json['00020010']);
  try {
    const dataset = fromDicomJson(withoutMeta(json), {
      loadBulk: (uri) => {
        const values = named.get(uri)?.values;
        return values === undefined ? null : Buffer.concat(values);
      },
    });
    // Pixels that the sender names but does not send: an object without them would look whole.
    if (pixelUri !== undefined && pixels === undefined) return { failed: identityOf(dataset) };
    const syntax = syntaxOf(pixels?.bulk, stored);
    if (syntax === null) return { failed: identityOf(dataset) };
    if (transferSyntax(syntax)?.encapsulated === true && pixels !== undefined)
      dataset.elements.set(pixelData, {
        kind: 'fragments',
        tag: pixelData,
        vr: 'OB',
        fragments: [new Uint8Array(0), ...pixels.values],
      });
    const identity = identityOf(dataset);
    if (identity === null) return { failed: null };
    const head = encodeFileMeta({ ...identity, transferSyntaxUid: syntax });
    return { body: joined(head, encodeDataset(dataset, syntax)), missing };
  } catch {
    return { failed: null };
  }
}

async function* joined(...pieces: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

/** Compressed pixels say their syntax on the part, or the metadata does; everything else is written little endian. */
function syntaxOf(pixels: Bulk | undefined, stored: string | null): string | null {
  if (pixels === undefined || pixels.mediaType === octets) return explicitVrLittleEndian;
  const named = pixels.transferSyntaxUid ?? stored;
  return named !== null && transferSyntax(named)?.encapsulated === true ? named : null;
}

function withoutMeta(json: DicomJson): DicomJson {
  return Object.fromEntries(
    Object.entries(json).filter(([tag]) => !tag.startsWith('0002') && tag !== '00083002'),
  );
}

function identityOf(dataset: Dataset): { sopClassUid: string; sopInstanceUid: string } | null {
  const sopClassUid = getString(dataset, '00080016');
  const sopInstanceUid = getString(dataset, '00080018');
  return sopClassUid === null || sopInstanceUid === null ? null : { sopClassUid, sopInstanceUid };
}

function text(element: DicomJson[string] | undefined): string | null {
  const value = element?.Value?.[0];
  return typeof value === 'string' ? value : null;
}

function urisOf(json: DicomJson, depth = 0): string[] {
  if (depth > 32) return [];
  return Object.values(json).flatMap((element) => {
    if (typeof element !== 'object' || element === null) return [];
    if (typeof element.BulkDataURI === 'string') return [element.BulkDataURI];
    if (!Array.isArray(element.Value)) return [];
    return element.Value.flatMap((item) =>
      typeof item === 'object' && item !== null ? urisOf(item as DicomJson, depth + 1) : [],
    );
  });
}
