// The port of the blob store: what the rest of the server may ask of it. See index.ts for the order that matters.
import type { Readable } from 'node:stream';
import type { QueryCreator } from 'kysely';
import type { Db, Schema, Tx } from '../db/index.ts';

export type BlobAbout = {
  mediaType: string;
  /** What the bytes are: 'instance', 'rendition', 'report' … Kind 'instance' (Part 10) carries no header of ours. */
  kind: string;
  /** Identifiers for recovery by listing: SOP Instance UID, report id … never names or numbers of people. */
  ids?: Record<string, string>;
  /** Where the bytes came from: 'dimse:CT01', 'stow:client-id', 'job:media.prepare-study'. */
  source?: string;
  /** Written (and hashed) before the first byte of the source, e.g. the Part 10 preamble and file meta group. */
  prefix?: Uint8Array;
  /** Refuse more than this with storage.too_large. */
  limitBytes?: number;
  /** Called, in order, with chunks that are not needed any more although the object is not finished; maybe never. */
  onCopied?: ((chunk: Uint8Array) => void) | undefined;
};

export type StoredBytes = {
  sha256: string;
  sizeBytes: number;
  key: string;
  storeId: string;
  mediaType: string;
  /** Bytes of our self-description in front of the content; 0 for Part 10 objects, which describe themselves. */
  payloadOffset: number;
};

/** Byte positions as in HTTP: `end` is the last byte wanted, inclusive; absent = to the end. */
export type BlobRange = { start: number; end?: number };

export type BlobBody = {
  body: Readable;
  /** Bytes in `body`. */
  sizeBytes: number;
  /** Bytes in the whole blob. */
  totalBytes: number;
  sha256: string;
  mediaType: string;
};

export type BlobVerdict = {
  ok: boolean;
  sha256: string;
  expectedSha256: string;
  reason?: 'missing' | 'size' | 'hash';
};

export type CopyOutcome = { copied: number; failed: number; finished: boolean };
export type RepairOutcome = { written: number; bad: number; whole: number };
export type ScrubOutcome = {
  checked: number;
  bytes: number;
  damaged: number;
  copied: number;
  failed: number;
};
export type CopyLimits = {
  limitMs?: number;
  signal?: AbortSignal;
  progress?: (done: number, total: number) => Promise<void>;
};

export type StoreHealth = {
  stores: { url: string; tier: string; use: 'first' | 'second' | 'read'; answers: boolean }[];
  /** Objects without a second copy that should have one; counted up to 100,000. */
  withoutSecond: number;
  /** Objects of which no whole copy is known. */
  withoutWhole: number;
  /** When the copy that was not read back for longest was; null: none ever. */
  oldestCheckAt: Date | null;
};

export interface BlobStore {
  /** Streams to a temporary file, hashes (SHA-256), makes it durable. Not yet known to any row. */
  put(source: AsyncIterable<Uint8Array>, about: BlobAbout): Promise<StoredBytes>;
  /** Writes the rows blob + blob_copy, or finds the blob of equal content (then the new file is removed). */
  record(tx: Tx, stored: StoredBytes): Promise<{ blobId: string; existed: boolean }>;
  /**
   * For the hot path: gives the rows of new blobs as parts of one statement (common table expressions), to be ended
   * with the caller's own insert. The statement fails as a whole when a content is known already: then use record().
   */
  recordAlong(
    db: Db | Tx,
    stored: readonly StoredBytes[],
  ): { creator: QueryCreator<Schema>; blobIds: string[] };
  /** For bytes that were put and will not be recorded. */
  discard(stored: StoredBytes): Promise<void>;
  /** Reads bytes that were put but perhaps not recorded yet (e.g. parse before the transaction). */
  readStored(stored: StoredBytes, range?: BlobRange): Promise<Readable>;
  read(blobId: string, range?: BlobRange): Promise<BlobBody>;
  /**
   * For small things; refuses more than `limitBytes` (default 16 MiB). The bytes may be placed in `into`, when they fit:
   * fresh memory for each of many large reads costs more than the reading.
   */
  readBytes(blobId: string, range?: BlobRange, limitBytes?: number, into?: Buffer): Promise<Buffer>;
  /** Re-hashes the live copy from the store and writes verified_at when it is whole. */
  verify(blobId: string): Promise<BlobVerdict>;
  /**
   * Reads back blobs that were written since, compares SHA-256, and writes their SM3 and verified_at. SM3 costs four
   * times as much as SHA-256: a sender does not wait for it. Ends when all are sealed, or after `limitMs`.
   */
  seal(options?: { limitMs?: number; signal?: AbortSignal }): Promise<{ sealed: number; damaged: number }>;
  /** Marks a copy as dead. The file stays until the recovery window has passed. */
  bury(tx: Tx, blobCopyId: string, reason: 'policy' | 'superseded' | 'user'): Promise<void>;
  /** Removes files that no row ever knew and that are older than the recovery window. */
  sweepOrphans(options?: {
    olderThan?: Date;
    signal?: AbortSignal;
  }): Promise<{ seen: number; removed: number; bytes: number }>;
  /** Makes the second copies that are lacking, and reads each back. Does nothing without a second store. */
  makeSecondCopies(limits?: CopyLimits): Promise<CopyOutcome>;
  /** Checks every copy of a blob and writes a new one for each that is bad or lacking, from one that is whole. */
  repair(blobId: string, signal?: AbortSignal): Promise<RepairOutcome>;
  /** Reads copies back at the set rate, those checked longest ago first, and asks for repair of what is bad. */
  scrub(limits?: CopyLimits): Promise<ScrubOutcome>;
  /** How the stores and copies stand. Counts rows of what is open, not whole tables. */
  health(): Promise<StoreHealth>;
  /** Room left, for /readyz and refusing early. */
  room(): Promise<{ freeBytes: number; reserveBytes: number; full: boolean }>;
  close(): Promise<void>;
}
