// Where a blob store is: file:FOLDER or s3://bucket/prefix?endpoint=URL&region=NAME. Keys of S3 stores are the two usual
// environment variables, never part of the location, so that a location may be shown and kept in a row.
import { resolve } from 'node:path';

export type FileLocation = { kind: 'file'; folder: string };
export type S3Location = {
  kind: 's3';
  bucket: string;
  /** Without slashes at the ends; empty: the whole bucket. */
  prefix: string;
  /** null: the region's own endpoint at AWS. */
  endpoint: string | null;
  region: string;
  /** null: what the machine offers (instance role). Never logged. */
  credentials: { accessKeyId: string; secretAccessKey: string } | null;
};
export type BlobLocation = FileLocation | S3Location;
export type StoreTier = 'hot' | 'warm' | 'cold' | 'vault';
export type ReadStore = { location: BlobLocation; tier: StoreTier };

export function parseBlobs(
  text: string,
  dataDir: string,
  env: Record<string, string | undefined>,
): BlobLocation {
  if (text.startsWith('s3:')) return parseS3(text, env);
  if (!text.startsWith('file:'))
    throw new Error('must be file:, file:FOLDER or s3://bucket?endpoint=URL&region=NAME');
  const path = text.slice('file:'.length).replace(/^\/\/(?=\/)/, '');
  return { kind: 'file', folder: path === '' ? resolve(dataDir, 'blobs') : resolve(dataDir, path) };
}

/** `warm=file:/old cold=s3://…`, separated by spaces; cold where no tier is said. */
export function parseReadStores(text: string, parseOne: (text: string) => BlobLocation): ReadStore[] {
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => {
      const [, tier, rest] = /^(hot|warm|cold|vault)=(.*)$/.exec(word) ?? [];
      return { location: parseOne(rest ?? word), tier: isTier(tier) ? tier : 'cold' };
    });
}

function isTier(text: string | undefined): text is StoreTier {
  return text === 'hot' || text === 'warm' || text === 'cold' || text === 'vault';
}

/** The address without keys, as rows and people see it. */
export function describeS3({ bucket, prefix, endpoint }: S3Location): string {
  return `s3://${bucket}/${prefix}${endpoint === null ? '' : `?endpoint=${endpoint}`}`;
}

function parseS3(text: string, env: Record<string, string | undefined>): S3Location {
  const url = URL.canParse(text) ? new URL(text) : null;
  const bucket = url?.hostname ?? '';
  const endpoint = url?.searchParams.get('endpoint') ?? null;
  const prefix = (url?.pathname ?? '').replace(/^\/+|\/+$/g, '');
  const known = ['endpoint', 'region'];
  const valid =
    url !== null &&
    /^[a-z0-9][a-z0-9.-]{1,62}$/.test(bucket) &&
    /^[A-Za-z0-9_./-]{0,200}$/.test(prefix) &&
    url.username === '' &&
    url.password === '' &&
    [...url.searchParams.keys()].every((name) => known.includes(name)) &&
    (endpoint === null || /^https?:\/\/[^/@]+\/?$/.test(endpoint));
  // The value is not repeated: it may hold keys that were put there by mistake.
  if (!valid) throw new Error('must be s3://bucket/prefix?endpoint=URL&region=NAME, without keys');
  const accessKeyId = env.AWS_ACCESS_KEY_ID ?? '';
  const secretAccessKey = env.AWS_SECRET_ACCESS_KEY ?? '';
  if ((accessKeyId === '') !== (secretAccessKey === ''))
    throw new Error('needs both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
  return {
    kind: 's3',
    bucket,
    prefix,
    endpoint,
    region: url.searchParams.get('region') ?? 'us-east-1',
    credentials: accessKeyId === '' ? null : { accessKeyId, secretAccessKey },
  };
}
