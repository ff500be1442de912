// What runs inside a worker thread of CodecPool: the package's functions with errors turned into plain outcomes
// (an error's class and code do not survive the thread border) and results transferred, not copied.
import { setPriority } from 'node:os';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import sharp from 'sharp';
import { asCodecError } from './codec-error.ts';
import { decodeFrame as decode } from './decode-frame.ts';
import { type EncodedFrame, type EncodeRequest, encodeStored } from './encode-frame.ts';
import { measureTones as measure, type Tones } from './measure-tones.ts';
import type { DecodedFrame } from './pixel-description.ts';
import type { FrameRequest, PreparedFrame, PrepareRequest, Refusal } from './prepare-frame.ts';
import { decodeOptions, prepareFrame as prepare } from './prepare-frame.ts';
import type { Picture, RenderOptions } from './render-frame.ts';
import { renderFrame as render } from './render-frame.ts';
import type { RawFrame } from './transcode-frame.ts';
import { decodeToRaw as transcode } from './transcode-frame.ts';

// Preparing pictures gives way to receiving them. On Linux this is the priority of this thread alone.
try {
  setPriority(10);
} catch {
  // not allowed here: then both compete as equals
}

// Worker threads are the parallelism; libvips' own threads and cache would only multiply memory.
sharp.concurrency(1);
sharp.cache(false);

export type Outcome<T> = { done: T } | { failed: Refusal };

export type WorkerTasks = {
  prepareFrame: { request: PrepareRequest; result: PreparedFrame };
  decodeFrame: { request: FrameRequest; result: DecodedFrame };
  decodeToRaw: { request: FrameRequest; result: RawFrame };
  encode: { request: EncodeRequest; result: EncodedFrame };
  measureTones: { request: FrameRequest; result: Tones };
  renderFrame: { request: DecodedFrame & { options: RenderOptions }; result: Picture };
};

export function prepareFrame(request: PrepareRequest): Promise<unknown> {
  return settle(
    () => prepare(request),
    (made) => [made.htj2k?.codestream, made.preview?.bytes, made.thumbnail?.bytes],
  );
}

export function decodeFrame(request: FrameRequest): Promise<unknown> {
  return settle(
    () => decode(request.bytes, request.description, decodeOptions(request)),
    (made) => [made.pixels],
  );
}

export function decodeToRaw(request: FrameRequest): Promise<unknown> {
  return settle(
    () => transcode(request),
    (made) => [made.bytes],
  );
}

export function encode(request: EncodeRequest): Promise<unknown> {
  return settle(
    () => encodeStored(request),
    (made) => [made.bytes],
  );
}

export function measureTones(request: FrameRequest): Promise<unknown> {
  return settle(
    () => measure(request),
    () => [],
  );
}

export function renderFrame(request: DecodedFrame & { options: RenderOptions }): Promise<unknown> {
  return settle(
    () => render(request.pixels, request.description, request.options),
    (made) => [made.bytes],
  );
}

async function settle<T>(
  make: () => Promise<T>,
  views: (made: T) => (ArrayBufferView | undefined)[],
): Promise<unknown> {
  try {
    const done = await make();
    const buffers = new Set(
      views(done).flatMap((view) => (view?.buffer instanceof ArrayBuffer ? [view.buffer] : [])),
    );
    return move({ [transferableSymbol]: [...buffers], [valueSymbol]: { done } });
  } catch (error) {
    const { code, message } = asCodecError(error, 'corrupt', 'frame');
    return { failed: { code, message } };
  }
}
