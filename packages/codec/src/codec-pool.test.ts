import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CodecPool } from './codec-pool.ts';
import { encodeHtj2k, htj2kLosslessRpcl } from './encode-htj2k.ts';
import { pixelDigest } from './prepare-frame.ts';
import { corpusAbsent, readCorpusObject } from './testing/corpus.ts';
import { describePixels, patternFor } from './testing/descriptions.ts';

const ct = describePixels({
  rows: 256,
  columns: 256,
  bitsAllocated: 16,
  pixelRepresentation: 1,
  bitsStored: 12,
});
const pixels = patternFor(ct);
const stored = new Uint8Array(pixels.buffer);

describe('CodecPool', () => {
  const pool = new CodecPool({ size: 1 });
  afterAll(() => pool.close());

  it('prepares every product of a frame in shared memory with one decode', async () => {
    const bytes = new Uint8Array(new SharedArrayBuffer(stored.length));
    bytes.set(stored);
    const made = await pool.prepareFrame({
      bytes,
      description: ct,
      want: {
        htj2k: true,
        pixelSha256: true,
        preview: { longSidePx: 512, format: 'webp', maxBytes: 60_000 },
        thumbnail: { longSidePx: 128, format: 'webp', maxBytes: 8_000 },
      },
    });
    expect(made.refused).toEqual({});
    expect(made.pixelSha256).toBe(pixelDigest(pixels));
    expect(made.stats).toEqual({ min: Math.min(...pixels), max: Math.max(...pixels) });
    expect(made.preview?.width).toBe(256);
    expect(made.thumbnail?.bytes.length).toBeLessThan(8_000);
    const codestream = made.htj2k?.codestream ?? new Uint8Array();
    const back = await pool.decodeFrame({
      bytes: codestream,
      description: { ...ct, transferSyntaxUid: htj2kLosslessRpcl },
    });
    expect(back.pixels).toEqual(pixels);
  });

  it('names the product it cannot make and still makes the others', async () => {
    const wide = describePixels({ bitsAllocated: 32 });
    const bytes = new Uint8Array(patternFor(wide).buffer);
    const want = { htj2k: true, preview: { longSidePx: 64, format: 'webp' as const } };
    const made = await pool.prepareFrame({ bytes, description: wide, want });
    expect(made.refused.htj2k?.code).toBe('unsupported-pixels');
    expect(made.preview?.width).toBe(4);
  });

  it('gives frames in explicit little endian for transcoding', async () => {
    const { codestream } = await encodeHtj2k(pixels, ct);
    const raw = await pool.decodeToRaw({
      bytes: codestream,
      description: { ...ct, transferSyntaxUid: htj2kLosslessRpcl },
    });
    expect(Buffer.compare(raw.bytes, stored)).toBe(0);
    const mask = describePixels({ rows: 1, columns: 10, bitsAllocated: 1 });
    const packed = await pool.decodeToRaw({ bytes: Uint8Array.of(0b10101100, 0b10), description: mask });
    expect([...packed.bytes]).toEqual([0b10101100, 0b10]);
  });

  it('rejects with the error’s code, and with the caller’s reason when the caller gives up', async () => {
    await expect(pool.decodeFrame({ bytes: new Uint8Array(3), description: ct })).rejects.toMatchObject({
      name: 'CodecError',
      code: 'corrupt',
    });
    const signal = AbortSignal.abort(new Error('client went away'));
    await expect(pool.decodeFrame({ bytes: stored, description: ct }, { signal })).rejects.toThrow(
      'client went away',
    );
  });
});

describe('CodecPool with workers that fail', () => {
  const workerUrl = new URL('./testing/faulty-worker.ts', import.meta.url);
  let pool: CodecPool;
  beforeAll(() => {
    pool = new CodecPool({ size: 1, timeoutMs: 1_500, workerUrl });
  });
  afterAll(() => pool.close());
  const call = (kind: number) => pool.decodeFrame({ bytes: Uint8Array.of(kind), description: ct });

  it.each([
    ['leaves the process', 1, /worker-lost/],
    ['never ends', 2, /timeout/],
    ['eats all memory', 3, /timeout|worker-lost/],
    ['throws outside any promise', 4, /worker-lost/],
  ])('loses one call when a worker %s and serves the next', async (_, kind, code) => {
    await expect(call(kind)).rejects.toMatchObject({ code: expect.stringMatching(code) });
    expect([...(await call(0)).pixels]).toEqual([0]);
  });

  it('starts the time limit when a thread takes the call, not while it waits', async () => {
    const outcomes = await Promise.allSettled([call(2), call(0), call(0)]);
    expect(outcomes.map((o) => o.status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  });

  it('lets a waiting caller leave at once and refuses more than may wait', async () => {
    const own = new CodecPool({ size: 1, timeoutMs: 1_500, maxWaiting: 1, workerUrl });
    const slow = own.decodeFrame({ bytes: Uint8Array.of(2), description: ct });
    const controller = new AbortController();
    const waiting = own.decodeFrame(
      { bytes: Uint8Array.of(0), description: ct },
      { signal: controller.signal },
    );
    await expect(own.decodeFrame({ bytes: Uint8Array.of(0), description: ct })).rejects.toMatchObject({
      code: 'limit',
    });
    controller.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    await expect(slow).rejects.toMatchObject({ code: 'timeout' });
    await own.close();
  });

  it('ends calls under way when it is closed and takes no more', async () => {
    const own = new CodecPool({ size: 1, workerUrl });
    const running = own.decodeFrame({ bytes: Uint8Array.of(2), description: ct });
    const waiting = own.decodeFrame({ bytes: Uint8Array.of(0), description: ct });
    const settled = Promise.allSettled([running, waiting]);
    await own.close();
    for (const outcome of await settled) expect(outcome).toMatchObject({ reason: { code: 'closed' } });
    await expect(own.decodeFrame({ bytes: Uint8Array.of(0), description: ct })).rejects.toMatchObject({
      code: 'closed',
    });
  });
});

describe.skipIf(corpusAbsent)('damaged codestreams (skipped where the corpus is absent)', () => {
  const folder = 'dicom/transfer-syntaxes';
  const sources = [
    'same-ct-every-syntax/CT_RLELosslessTransferSyntax_1.2.840.10008.1.2.5.dcm',
    'same-ct-every-syntax/CT_JPEGProcess1TransferSyntax_1.2.840.10008.1.2.4.50.dcm',
    'same-ct-every-syntax/CT_JPEGProcess10_12TransferSyntax_1.2.840.10008.1.2.4.55.dcm',
    'same-ct-every-syntax/CT_JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70.dcm',
    'same-ct-every-syntax/CT_JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80.dcm',
    'same-ct-every-syntax/CT_JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90.dcm',
    'more/HTJ2KLossless_08_RGB.dcm',
    'more/will-jxl.dcm',
    'more/liver_deflate.dcm',
  ];
  const pool = new CodecPool({ size: 1, timeoutMs: 10_000 });
  afterAll(() => pool.close());

  it.each(sources)(
    'of %s are refused or decoded, 200 times, and the pool lives',
    async (source) => {
      const object = readCorpusObject(`${folder}/${source}`);
      if (object === undefined) throw new Error(`no pixels in ${source}`);
      const whole = object.frame(0).bytes;
      const random = randomFrom(source.length);
      for (let i = 0; i < 200; i++) {
        const bytes = mutate(whole, i, random);
        const outcome = await pool
          .decodeFrame({ bytes, description: object.description })
          .catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome.name).toBe('CodecError');
      }
      const after = await pool.decodeFrame({ bytes: whole, description: object.description });
      expect(after.pixels.length).toBeGreaterThan(0);
    },
    120_000,
  );
});

function randomFrom(start: number): (below: number) => number {
  let seed = start;
  return (below) => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return Math.floor((seed / 0x80000000) * below);
  };
}

/** Changes one to four bytes, half the time near the front; every fourth is also cut short. */
function mutate(whole: Uint8Array, round: number, random: (below: number) => number): Uint8Array {
  const bytes = new Uint8Array(whole);
  for (let n = random(4) + 1; n > 0; n--) {
    bytes[random(round % 4 < 2 ? Math.min(400, bytes.length) : bytes.length)] =
      random(3) === 0 ? 255 : random(256);
  }
  return round % 4 === 3 ? bytes.subarray(0, random(bytes.length)) : bytes;
}
