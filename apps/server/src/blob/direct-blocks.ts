// Page-aligned memory for writes past the page cache (open(2), O_DIRECT). Objects are written once and read back from
// the medium when they are sealed; sending half a gigabyte a second through fresh pages of the cache cost more than
// everything else on the store path together. A WebAssembly memory is where JavaScript can have aligned pages.
import * as fs from 'node:fs';

const blockBytes = 1024 * 1024;
/** Offset, length and memory of a direct write are multiples of this on every disk in use. */
export const alignment = 4096;
const blocks = 32;
const wasmPageBytes = 65_536;

/** The one class of the WebAssembly JavaScript interface that is used; TypeScript has its types only for browsers. */
declare const WebAssembly: {
  Memory: new (limits: { initial: number; maximum: number }) => { buffer: ArrayBuffer };
};

let free: Buffer[] | null = null;

/** A block, or null when all are in use: the caller writes through the page cache then, and nobody waits for anybody. */
export function takeBlock(): Buffer | null {
  free ??= makeBlocks();
  return free.pop() ?? null;
}

export function giveBlock(block: Buffer): void {
  free?.push(block);
}

function makeBlocks(): Buffer[] {
  const pages = (blocks * blockBytes) / wasmPageBytes;
  const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages });
  return Array.from({ length: blocks }, (_, index) => Buffer.from(buffer, index * blockBytes, blockBytes));
}

/** Whether files in this folder can be written directly (tmpfs of older kernels and some network file systems cannot). */
export async function takesDirectWrites(folder: string): Promise<boolean> {
  const path = `${folder}/.direct-${process.pid}`;
  try {
    const file = await fs.promises.open(path, directFlags, 0o600);
    await file.close();
    return true;
  } catch {
    return false;
  } finally {
    await fs.promises.rm(path, { force: true });
  }
}

const { O_WRONLY, O_CREAT, O_EXCL, O_DIRECT } = fs.constants;
/** A new file for writing, past the page cache. */
export const directFlags = O_WRONLY | O_CREAT | O_EXCL | (O_DIRECT ?? 0);
