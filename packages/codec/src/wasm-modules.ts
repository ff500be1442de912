// The WebAssembly codecs, one instance of each per thread, made on first use. Only the WASM builds are loaded: the
// packages' main entries are asm.js and several times slower. A trap (RuntimeError) leaves an instance in an unknown
// state, so `withWasm` throws it away and the next call gets a fresh one.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { asCodecError, CodecError } from './codec-error.ts';

export type FrameFacts = {
  width: number;
  height: number;
  bitsPerSample: number;
  componentCount: number;
  isSigned?: boolean;
  isUsingColorTransform?: boolean;
};

type Deletable = { delete(): void };

export interface WasmDecoder extends Deletable {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getFrameInfo(): FrameFacts;
}

export interface Jpeg2000Decoder extends WasmDecoder {
  getColorSpace(): number;
}

export interface Htj2kDecoder extends WasmDecoder {
  readHeader(): void;
  decodeSubResolution(level: number): void;
  getIsHeaderValid(): boolean;
  getLastErrorMessage(): string;
}

export interface Htj2kEncoder extends Deletable {
  getDecodedBuffer(facts: FrameFacts): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  encode(): void;
  setQuality(lossless: boolean, step: number): void;
  setDecompositions(count: number): void;
  setProgressionOrder(order: number): void;
  setBlockDimensions(size: { width: number; height: number }): void;
  setTLMMarker(on: boolean): void;
  setTilePartDivisionsAtResolutions(on: boolean): void;
}

interface WasmEncoder extends Deletable {
  getDecodedBuffer(facts: FrameFacts): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  encode(): void;
}

export interface JpegLsEncoder extends WasmEncoder {
  setNearLossless(near: number): void;
  setInterleaveMode(mode: number): void;
}

export interface Jpeg2000Encoder extends WasmEncoder {
  setQuality(lossless: boolean, step: number): void;
  setDecompositions(count: number): void;
  setProgressionOrder(order: number): void;
}

type WasmModules = {
  jpeg: { JPEGDecoder: new () => WasmDecoder };
  jpegLs: { JpegLSDecoder: new () => WasmDecoder };
  jpeg2000: { J2KDecoder: new () => Jpeg2000Decoder };
  htj2k: { HTJ2KDecoder: new () => Htj2kDecoder; HTJ2KEncoder: new () => Htj2kEncoder };
  jpegXl: { JpegXLDecoder: new () => WasmDecoder };
  jpegLsEncoder: { JpegLSEncoder: new () => JpegLsEncoder };
  jpeg2000Encoder: { J2KEncoder: new () => Jpeg2000Encoder };
};

type Instance<K extends keyof WasmModules> = WasmModules[K] & {
  getExceptionMessage?: (pointer: number) => string | [string, string];
  HEAPU8: Uint8Array;
};

/** A WebAssembly memory never shrinks; an instance that grew beyond this for one huge frame is let go. */
const keptHeapBytes = 256 * 2 ** 20;

const paths: Record<keyof WasmModules, { script: string; binary: string }> = {
  jpeg: { script: 'codec-libjpeg-turbo-8bit/decodewasmjs', binary: 'codec-libjpeg-turbo-8bit/decodewasm' },
  jpegLs: { script: 'codec-charls/decodewasmjs', binary: 'codec-charls/decodewasm' },
  jpeg2000: { script: 'codec-openjpeg/decodewasmjs', binary: 'codec-openjpeg/decodewasm' },
  htj2k: { script: 'codec-openjph/wasmjs', binary: 'codec-openjph/wasm' },
  jpegXl: { script: 'codec-libjxl/decodewasmjs', binary: 'codec-libjxl/decodewasm' },
  jpegLsEncoder: { script: 'codec-charls/wasmjs', binary: 'codec-charls/wasm' },
  jpeg2000Encoder: { script: 'codec-openjpeg/wasmjs', binary: 'codec-openjpeg/wasm' },
};

const load = createRequire(import.meta.url);
const instances = new Map<keyof WasmModules, Promise<unknown>>();

/** Runs `use` with the codec and turns anything it throws into a CodecError. Copy results out before returning. */
export async function withWasm<K extends keyof WasmModules, T>(
  name: K,
  label: string,
  use: (module: WasmModules[K]) => T,
): Promise<T> {
  const module = await instantiate(name);
  try {
    const result = use(module);
    if (module.HEAPU8.byteLength > keptHeapBytes) instances.delete(name);
    return result;
  } catch (error) {
    if (error instanceof CodecError) throw error;
    // C++ exceptions arrive as a pointer into the heap or as a WebAssembly.Exception; traps as RuntimeError.
    instances.delete(name);
    throw asCodecError(readableException(module, error), 'corrupt', label);
  }
}

async function instantiate<K extends keyof WasmModules>(name: K): Promise<Instance<K>> {
  let promise = instances.get(name);
  if (promise === undefined) {
    promise = makeInstance(name);
    instances.set(name, promise);
  }
  return (await promise) as Instance<K>; // parse border: the packages carry no types
}

async function makeInstance(name: keyof WasmModules): Promise<unknown> {
  const path = paths[name];
  const loaded = load(`@cornerstonejs/${path.script}`);
  const factory = typeof loaded === 'function' ? loaded : loaded.default;
  const silent = () => undefined;
  const wasmBinary = readFileSync(load.resolve(`@cornerstonejs/${path.binary}`));
  return factory({ wasmBinary, print: silent, printErr: silent });
}

function readableException(module: Instance<keyof WasmModules>, error: unknown): unknown {
  if (typeof error !== 'number') return error;
  if (module.getExceptionMessage === undefined) return new Error(`decoder threw (exception ${error})`);
  const message = module.getExceptionMessage(error);
  return new Error(typeof message === 'string' ? message : message.join(' '));
}
