import { describe, expect, it } from 'vitest';
import { readPackStream } from './pack-stream.ts';

const lengths: Record<number, number> = { 0: 5, 1: 0, 2: 7, 3: 300 };

function pack(): Uint8Array<ArrayBuffer> {
  const parts = [2, 3, 1, 0].flatMap((index) => {
    const length = lengths[index] ?? 0;
    return [0, 0, 0, index, 0, 0, length >> 8, length & 255, ...Array.from({ length }, (_, at) => at % 256)];
  });
  return Uint8Array.from(parts);
}

function inChunks(
  bytes: Uint8Array<ArrayBuffer>,
  size: number,
  breaks = false,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(stream) {
      if (at >= bytes.length) {
        if (breaks) stream.error(new TypeError('network'));
        else stream.close();
        return;
      }
      stream.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
}

async function read(fetcher: typeof fetch, signal = new AbortController().signal) {
  const records: [number, number][] = [];
  const wish = {
    url: '/pack',
    lengthOf: (index: number) => lengths[index] ?? null,
    onRecord: (index: number, bytes: Uint8Array) => records.push([index, bytes.length]),
    onChunk: () => undefined,
  };
  await readPackStream(wish, signal, fetcher);
  return records;
}

const whole: [number, number][] = [
  [2, 7],
  [3, 300],
  [0, 5],
];

describe('the stream of a pack', () => {
  it.each([1, 3, 8, 9, 1000])('is cut into records whatever the chunks are: %i bytes', async (size) => {
    expect(await read(async () => new Response(inChunks(pack(), size)))).toEqual(whole);
  });

  it('goes on where the line broke, asking for the same pack', async () => {
    const asked: (string | null)[] = [];
    const fetcher: typeof fetch = async (_url, init) => {
      const headers = new Headers(init?.headers);
      const range = headers.get('range');
      asked.push(range === null ? null : `${range} ${headers.get('if-range')}`);
      const from = Number(range?.match(/\d+/)?.[0] ?? 0);
      const body = range === null ? inChunks(pack().slice(0, 40), 7, true) : inChunks(pack().slice(from), 9);
      return new Response(body, { status: range === null ? 200 : 206, headers: { etag: '"a"' } });
    };
    expect(await read(fetcher)).toEqual(whole);
    expect(asked[0]).toBeNull();
    expect(asked[1]).toMatch(/^bytes=\d+- "a"$/);
  });

  it('begins anew when the pack became another one meanwhile', async () => {
    let call = 0;
    const fetcher: typeof fetch = async () => {
      call += 1;
      return new Response(call === 1 ? inChunks(pack().slice(0, 12), 12, true) : inChunks(pack(), 50));
    };
    expect(await read(fetcher)).toEqual(whole);
  });

  it('does not try again what is refused, and leaves out records of a length that is not the index’s', async () => {
    let call = 0;
    const refuse: typeof fetch = async () => {
      call += 1;
      return new Response(null, { status: 403 });
    };
    await expect(read(refuse)).rejects.toThrow('403');
    expect(call).toBe(1);
    const wrong = Uint8Array.from([0, 0, 0, 2, 0, 0, 0, 1, 9, 0, 0, 0, 99, 0, 0, 0, 1, 9]);
    expect(await read(async () => new Response(wrong))).toEqual([]);
  });
});
