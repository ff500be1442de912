// Public names of the codec package: frames in, pixels, HTJ2K renditions and pictures out. Servers use CodecPool;
// the functions beside it are the same work without threads.
export type { CodecErrorCode } from './codec-error.ts';
export { CodecError } from './codec-error.ts';
export type { CallOptions, CodecPoolOptions } from './codec-pool.ts';
export { CodecPool } from './codec-pool.ts';
export type { DecodeOptions } from './decode-frame.ts';
export { decodeFrame } from './decode-frame.ts';
export type { EncodedFrame, EncodeRequest } from './encode-frame.ts';
export { canEncode, encodeFrame } from './encode-frame.ts';
export type { Htj2kRendition } from './encode-htj2k.ts';
export { encodeHtj2k, htj2kLosslessRpcl } from './encode-htj2k.ts';
export type { LossyFrame, LossyTarget } from './encode-lossy.ts';
export { canEncodeLossy, encodeLossy, lossyMethod } from './encode-lossy.ts';
export type { Window } from './grey-pipeline.ts';
export type { Tones } from './measure-tones.ts';
export { measureTones, tonesOf } from './measure-tones.ts';
export type { NativeRange } from './native-frame.ts';
export { nativeFrameRange } from './native-frame.ts';
export type {
  DecodedFrame,
  LutDescriptor,
  LutTable,
  PaletteChannel,
  PixelDescription,
  Samples,
} from './pixel-description.ts';
export { readPrefixLengths } from './prefix-lengths.ts';
export type {
  FrameRequest,
  PreparedFrame,
  PrepareRequest,
  Refusal,
  WantedProducts,
} from './prepare-frame.ts';
export { prepareFrame } from './prepare-frame.ts';
export type { Picture, RenderOptions } from './render-frame.ts';
export { renderFrame } from './render-frame.ts';
export type { SampleStats } from './sample-stats.ts';
export { sampleStats } from './sample-stats.ts';
export type { ByteRange, EncapsulatedLayout, SplitFrames, SplitMethod } from './split-frames.ts';
export { splitFrames } from './split-frames.ts';
export type { RawFrame } from './transcode-frame.ts';
export { decodeToRaw } from './transcode-frame.ts';
export type { FrameCoding } from './transfer-syntaxes.ts';
export { frameCoding } from './transfer-syntaxes.ts';
