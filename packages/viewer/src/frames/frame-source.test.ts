import { describe, expect, it } from 'vitest';
import type { Quality } from '../types.ts';
import type { DecodeJob } from './decoder.ts';
import { FrameSource, type FrameSourceOptions } from './frame-source.ts';
import type { Pixels } from './pixels.ts';

const lengths = [100, 400, 1000];

type Call = { url: string; range: string | null; signal: AbortSignal | null };

/** A server of 1000-byte frames whose byte n is n mod 251; answers when `release` is called. */
function server() {
  const calls: Call[] = [];
  const waiting: (() => void)[] = [];
  let status = 200;
  const fetcher: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    const range = headers.get('range');
    const signal = init?.signal ?? null;
    calls.push({ url: String(input), range, signal });
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
      waiting.push(() => {
        const [from = '0', to = ''] = range?.replace('bytes=', '').split('-') ?? [];
        const end = to === '' ? 1000 : Number(to) + 1;
        const body = Uint8Array.from({ length: end - Number(from) }, (_, at) => (Number(from) + at) % 251);
        resolve(
          new Response(status === 200 ? body : null, {
            status: status === 200 && range !== null ? 206 : status,
          }),
        );
      });
    });
  };
  const release = async () => {
    for (const answer of waiting.splice(0)) answer();
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setTimeout(resolve, 0));
  };
  return { calls, fetcher, release, refuse: (code: number) => (status = code) };
}

const decoded = (job: Pick<DecodeJob, 'bytes' | 'level'>): Pixels => ({
  samples: job.bytes.slice(),
  columns: job.bytes.length,
  rows: 1,
  components: 1,
  step: 2 ** job.level,
  offset: 0,
  min: 0,
  max: 255,
});

function open(count: number, fetcher: typeof fetch, over: Partial<FrameSourceOptions> = {}) {
  const seen: [number, Quality][] = [];
  const source = new FrameSource({
    frames: Array.from({ length: count }, (_, at) => ({
      url: `/f/${at}`,
      lengths,
      columns: 512,
      rows: 512,
      padding: null,
      hasFilm: true,
    })),
    modality: 'CT',
    accept: 'image/jphc',
    concurrency: 6,
    budgetBytes: 2 ** 30,
    thrifty: false,
    decode: async (job) => decoded(job),
    loadFilm: async () => decoded({ bytes: new Uint8Array(3), level: 0 }),
    finish: async (_index, pixels) => pixels,
    onFrame: (index, quality) => seen.push([index, quality]),
    onError: () => undefined,
    fetcher,
    ...over,
  });
  return { source, seen };
}

describe('the frame source', () => {
  it('asks for the focused preview and, beside it, for exactly the bytes that are missing', () => {
    const { calls, fetcher } = server();
    const { source } = open(1, fetcher);
    source.focus('a', 0, 0);
    expect(calls.map(({ range }) => range)).toEqual(['bytes=0-399', 'bytes=400-']);
    source.close();
  });

  it('puts both parts together to the whole codestream and upgrades in place', async () => {
    const { fetcher, release } = server();
    const { source, seen } = open(1, fetcher);
    source.focus('a', 0, 0);
    await release();
    expect(seen).toContainEqual([0, 'full']);
    expect(source.qualityOf(0)).toBe('full');
    const whole = source.get(0)?.samples ?? new Uint8Array();
    expect(whole).toHaveLength(1000);
    expect([...whole].every((byte, at) => byte === at % 251)).toBe(true);
    expect(source.stats().bytes).toBe(1000);
    source.close();
  });

  it('keeps two of its connections free for the focused frame', () => {
    const { calls, fetcher } = server();
    const { source } = open(50, fetcher);
    source.focus('a', 10, 1);
    expect(calls.map(({ url }) => url)).toEqual(['/f/10', '/f/10', '/f/11', '/f/9']);
    source.close();
  });

  it('aborts full frames that a new focus makes useless and begins with the new one', () => {
    const { calls, fetcher } = server();
    const { source } = open(200, fetcher);
    source.focus('a', 10, 1);
    source.focus('a', 150, 1);
    const aborted = calls.filter(({ signal }) => signal?.aborted === true);
    expect(aborted.map(({ url, range }) => `${url} ${range}`)).toContain('/f/10 bytes=100-');
    expect(calls.slice(4).map(({ url }) => url)).toContain('/f/150');
    source.close();
    expect(calls.every(({ signal }) => signal?.aborted === true)).toBe(true);
  });

  it('asks for no full frame while slices rush past, and for the one where the reader comes to rest', async () => {
    const { calls, fetcher, release } = server();
    const { source } = open(300, fetcher);
    source.focus('a', 100, 1);
    for (let turn = 0; turn < 6; turn += 1) await release();
    const before = calls.length;
    for (let index = 101; index <= 140; index += 1) source.focus('a', index, 1);
    const rushed = calls.slice(before).filter(({ range }) => range === 'bytes=100-');
    expect(rushed.filter(({ url }) => Number(url.slice(3)) >= 115)).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 200));
    for (let turn = 0; turn < 3; turn += 1) await release();
    expect(calls.map(({ url, range }) => `${url} ${range}`)).toContain('/f/140 bytes=100-');
    source.close();
  });

  it('falls back to the film picture when the pixels are refused, without trying again', async () => {
    const { calls, fetcher, release, refuse } = server();
    const errors: number[] = [];
    const { source } = open(1, fetcher, { onError: (index) => errors.push(index) });
    refuse(404);
    source.focus('a', 0, 0);
    await release();
    await release();
    expect(source.qualityOf(0)).toBe('film');
    expect(errors).toEqual([0]);
    expect(calls.length).toBeLessThanOrEqual(3);
    source.close();
  });

  it('calls a codestream of the wrong length broken instead of showing part of it', async () => {
    const { fetcher, release } = server();
    const { source } = open(1, fetcher, {
      frames: [{ url: '/f/0', lengths: [5000], columns: 512, rows: 512, padding: null, hasFilm: false }],
    });
    source.focus('a', 0, 0);
    await release();
    expect(source.qualityOf(0)).toBe('failed');
    source.close();
  });

  it('shows film pictures only where there is no decoder', async () => {
    const { calls, fetcher, release } = server();
    const { source } = open(2, fetcher, { decode: null });
    source.focus('a', 0, 0);
    await release();
    expect(source.qualityOf(0)).toBe('film');
    expect(calls).toEqual([]);
    source.close();
  });

  it('takes the previews of all frames from one pack, and asks for nothing else meanwhile', async () => {
    const { calls, fetcher, release } = server();
    const count = 20;
    const sent = Uint8Array.from(
      Array.from({ length: count }, (_, index) => [
        0,
        0,
        0,
        index,
        0,
        0,
        1,
        144,
        ...new Array(400).fill(7),
      ]).flat(),
    );
    const packs: string[] = [];
    let send = (): void => undefined;
    const both: typeof fetch = (input, init) => {
      if (!String(input).startsWith('/pack')) return fetcher(input, init);
      packs.push(String(input));
      return new Promise((resolve) => {
        send = () => resolve(new Response(sent));
      });
    };
    const { source } = open(count, both, { packUrl: (level) => `/pack?level=${level}` });
    source.focus('a', 10, 0);
    expect(calls.map(({ url }) => url)).toEqual(['/f/10', '/f/10']);
    expect(packs).toEqual([]);
    await release();
    expect(packs).toEqual(['/pack?level=1']);
    expect(calls).toHaveLength(2);
    send();
    await release();
    expect(Array.from({ length: count }, (_, at) => source.qualityOf(at))).not.toContain('none');
    expect(calls.slice(2).every(({ range }) => range === 'bytes=400-')).toBe(true);
    source.close();
  });

  it('waits while the line is gone, and goes on when it is back', async () => {
    const { fetcher, release } = server();
    let isGone = true;
    const line: typeof fetch = (input, init) =>
      isGone ? Promise.reject(new TypeError('network')) : fetcher(input, init);
    const away: boolean[] = [];
    const { source } = open(1, line, { onAway: (isAway) => away.push(isAway) });
    source.focus('a', 0, 0);
    await new Promise((resolve) => setTimeout(resolve, 2700));
    expect(away).toEqual([true]);
    expect(source.qualityOf(0)).toBe('none');
    isGone = false;
    source.knock();
    await release();
    await release();
    expect(away).toEqual([true, false]);
    expect(source.qualityOf(0)).toBe('full');
    source.close();
  });

  it('shows film pictures while the reader prefers them, and the pixels again afterwards', async () => {
    const { calls, fetcher, release } = server();
    const { source } = open(4, fetcher);
    source.preferFilm(true);
    source.focus('a', 1, 0);
    await release();
    expect(source.qualityOf(1)).toBe('film');
    expect(calls).toEqual([]);
    source.preferFilm(false);
    await release();
    expect(source.qualityOf(1)).toBe('full');
    source.close();
  });

  it('neither gives up nor repeats full frames while many previews wait for the decoder', async () => {
    const { calls, fetcher, release } = server();
    const count = 120;
    const sent = Uint8Array.from(
      Array.from({ length: count }, (_, index) => [
        0,
        0,
        0,
        index,
        0,
        0,
        1,
        144,
        ...new Array(400).fill(7),
      ]).flat(),
    );
    const both: typeof fetch = async (input, init) =>
      String(input).startsWith('/pack') ? new Response(sent) : fetcher(input, init);
    const { source } = open(count, both, {
      packUrl: () => '/pack',
      decode: (job) => new Promise((resolve) => setTimeout(() => resolve(decoded(job)), 2)),
    });
    source.focus('a', 60, 0);
    for (let turn = 0; turn < 12; turn += 1) await release();
    expect(calls.filter(({ signal }) => signal?.aborted === true)).toEqual([]);
    const asked = calls.map(({ url, range }) => `${url} ${range}`);
    expect(new Set(asked).size).toBe(asked.length);
    expect(source.stats().cancelled).toBe(0);
    source.close();
  });
});
