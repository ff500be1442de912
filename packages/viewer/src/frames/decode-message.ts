// What the page and its decoding workers say to each other.
import type { Pixels } from './pixels.ts';

export type DecodeRequest = {
  id: number;
  bytes: Uint8Array;
  level: number;
  /** What the metadata says; a codestream of another size is refused. */
  columns: number | null;
  rows: number | null;
  padding: number | null;
};

export type DecodeReply = { id: number; pixels: Pixels } | { id: number; error: string };

/** Sent once, when the decoder is compiled. */
export type DecoderReady = { ready: true } | { ready: false; error: string };
