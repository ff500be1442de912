// The port of one store: where the bytes of copies lie. The router (blob-store.ts) knows rows and several stores; a
// store knows neither rows nor other stores. Keys are unique and never written twice (data-centre §6).
import type { Readable } from 'node:stream';
import { newId } from '../db/index.ts';
import { AppError } from '../errors.ts';

export type Written = { key: string; sha256: string; sizeBytes: number };
export type Room = { freeBytes: number; reserveBytes: number; full: boolean };
export type Reread = { sha256: string; sm3: string | null; sizeBytes: number };
export type Listed = { key: string; sizeBytes: number; changedAt: Date };

export interface StoreBackend {
  /** Where it is, without secrets; the key of its row in table `store`. */
  readonly url: string;
  open(): Promise<void>;
  /** The id a store carries itself (file or object STORE), so that an unmounted disk or a wrong bucket is noticed. */
  readMarker(): Promise<string | null>;
  writeMarker(id: string): Promise<void>;
  /** Durable when it resolves. `head` lies in front of the content and is not part of its size and hash. */
  write(
    key: string,
    head: Uint8Array | null,
    source: AsyncIterable<Uint8Array>,
    limitBytes: number,
    onCopied?: (chunk: Uint8Array) => void,
  ): Promise<Written>;
  /** Fills the buffer from that position of the stored file; CopyGone when there is less. */
  readInto(key: string, position: number, buffer: Uint8Array): Promise<void>;
  /** Resolves when the file is open, so that what is not there is known before the first byte. */
  openRange(key: string, start: number, length: number): Promise<Readable>;
  /** Hashes of the content after `offset`; null when it cannot be read, an error when the store does not answer. */
  reread(key: string, offset: number, withSm3?: boolean): Promise<Reread | null>;
  /** Of the whole stored file; null when it is not there. */
  size(key: string): Promise<number | null>;
  remove(key: string): Promise<void>;
  list(): AsyncIterable<Listed>;
  removeUnfinished(before: Date): Promise<number>;
  room(): Promise<Room>;
  close(): Promise<void>;
}

/** The copy is not there, or shorter than its row says: another copy may help, a later try does not. */
export class CopyGone extends Error {
  override readonly name = 'CopyGone';
}

export function isGone(error: unknown): boolean {
  return error instanceof CopyGone || (error instanceof Error && 'code' in error && error.code === 'ENOENT');
}

export function requireKey(key: string): string {
  if (!/^\d{4}\/\d{2}\/\d{2}\/\d{2}\/\d{1,20}$/.test(key))
    throw new AppError('storage.missing', { reason: 'bad-key' });
  return key;
}

/** The hour and a unique id: what came after a moment is found by listing, without a database. */
export function newKey(now: Date): string {
  return `${now.toISOString().slice(0, 13).replace(/[-T]/g, '/')}/${newId()}`;
}
