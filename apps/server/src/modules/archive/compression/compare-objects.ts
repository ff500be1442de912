// Proof that a recoded object says the same as its original: every attribute but those of the pixels' coding byte for
// byte, every frame bit for bit. Uncompressed originals are compared with their own bytes, so that bits outside of
// Bits Stored count too.
import { createHash } from 'node:crypto';
import { createDataset, encodeDataset, explicitVrLittleEndian, setValue } from '@yunying/dicom';
import type { Context } from '../../../context.ts';
import type { PlacedInstance } from '../archive-types.ts';
import { openFrameSource } from '../frames/frame-source.ts';
import { parsePixelLayout } from '../pixel-layout.ts';
import { type RefusalCode, readWholeHead } from './check-replaceable.ts';

type Part = Pick<Context, 'blobs' | 'codec'>;
export type Comparison = { equal: true; pixelSha256: string } | { equal: false; reason: RefusalCode };

/** How pixels are coded, not what they are: Photometric Interpretation, Planar Configuration, offset tables. */
const codingTags = new Set(['00280004', '00280006', '7FE00001', '7FE00002', '7FE00010']);

export async function compareObjects(
  ctx: Part,
  original: PlacedInstance,
  made: PlacedInstance,
  signal: AbortSignal,
): Promise<Comparison> {
  const [before, after] = [await canonical(ctx, original), await canonical(ctx, made)];
  if (!before.equals(after)) return { equal: false, reason: 'not-equal' };
  const [from, to] = [await openFrameSource(ctx, original), await openFrameSource(ctx, made)];
  const layout = parsePixelLayout(original.pixel_layout);
  const hash = createHash('sha256');
  for (let frame = 1; frame <= original.number_of_frames; frame += 1) {
    signal.throwIfAborted();
    const request = await from.read(frame);
    const [source, copy] = [
      await ctx.codec.decodeToRaw(request, { signal }),
      await ctx.codec.decodeToRaw(await to.read(frame), { signal }),
    ];
    if (!bytesOf(source.bytes).equals(bytesOf(copy.bytes))) return { equal: false, reason: 'not-equal' };
    const plain = layout?.kind === 'native' ? plainBytes(request.bytes, request.description) : null;
    if (plain !== null && !plain.subarray(0, copy.bytes.length).equals(bytesOf(copy.bytes)))
      return { equal: false, reason: 'unused-bits' };
    hash.update(copy.bytes);
  }
  return { equal: true, pixelSha256: hash.digest('hex') };
}

async function canonical(ctx: Part, instance: PlacedInstance): Promise<Buffer> {
  const head = await readWholeHead(ctx, instance);
  const copy = createDataset(null, head.bigEndian);
  for (const [tag, element] of head.elements) {
    if (!codingTags.has(tag)) copy.elements.set(tag, element);
  }
  // RGB may be coded as YBR_RCT, everything else keeps its interpretation.
  const model = head.elements.get('00280004');
  const text = model?.kind === 'value' ? Buffer.from(model.value).toString('latin1').trim() : '';
  setValue(copy, '00280004', text === 'YBR_RCT' ? 'RGB' : text, 'CS');
  return Buffer.from(encodeDataset(copy, explicitVrLittleEndian));
}

/** The stored cells as little endian, where they lie as decoded ones do; null where they do not. */
function plainBytes(
  bytes: Uint8Array,
  d: {
    bitsAllocated: number;
    samplesPerPixel: number;
    planarConfiguration?: number;
    transferSyntaxUid: string;
  },
): Buffer | null {
  if (d.samplesPerPixel > 1 && d.planarConfiguration === 1) return null;
  const plain = Buffer.from(bytes);
  if (d.transferSyntaxUid !== '1.2.840.10008.1.2.2') return plain;
  return d.bitsAllocated === 16 ? plain.swap16() : null;
}

function bytesOf(view: Uint8Array): Buffer {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}
