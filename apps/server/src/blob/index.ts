// Blobs: immutable bytes beside the database. One row `blob` per content, one row `blob_copy` per stored file.
// Order that matters: `put` makes the bytes durable, `record` makes them known inside the caller's transaction,
// and only after its commit may anyone answer Success. Bytes never recorded are swept after the recovery window;
// recorded bytes are never overwritten and never deleted before their grave's purge_after.
export { createBlobStore } from './blob-store.ts';
export type {
  BlobAbout,
  BlobBody,
  BlobRange,
  BlobStore,
  BlobVerdict,
  StoredBytes,
  StoreHealth,
} from './blob-types.ts';
export { copyJobs } from './copies.jobs.ts';
export { retireBlob, reviveBlob } from './retire-blob.ts';
export { lookAtStores, measureStores } from './store-health.ts';
