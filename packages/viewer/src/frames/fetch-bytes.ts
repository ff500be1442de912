// One ranged GET of a frame's codestream, with patience: network errors and 5xx are tried again after 0.5 and 2 s,
// refusals (4xx) never. The session cookie goes along; nothing secret is in the address.

export class FrameHttpError extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`the frame was answered with HTTP ${status}`);
    this.name = 'FrameHttpError';
    this.status = status;
  }
}

export const retryWaitsMs = [500, 2000] as const;
const mostBytes = 512 * 2 ** 20;

export type ByteWish = { url: string; accept: string; from: number; to: number | null };

/** The bytes and whether the server answered only the part that was asked for. */
export async function fetchBytes(
  wish: ByteWish,
  signal: AbortSignal,
  fetcher: typeof fetch = fetch,
): Promise<{ bytes: Uint8Array; isPart: boolean }> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await fetchOnce(wish, signal, fetcher);
    } catch (error) {
      if (signal.aborted) throw error;
      const wait = retryWaitsMs[attempt];
      if (wait === undefined || (error instanceof FrameHttpError && error.status < 500)) throw error;
      await pause(wait, signal);
    }
  }
}

async function fetchOnce(wish: ByteWish, signal: AbortSignal, fetcher: typeof fetch) {
  const headers: Record<string, string> = { accept: wish.accept };
  const isRanged = wish.from > 0 || wish.to !== null;
  if (isRanged) headers.range = `bytes=${wish.from}-${wish.to === null ? '' : wish.to - 1}`;
  const response = await fetcher(wish.url, { headers, credentials: 'same-origin', signal });
  if (!response.ok) throw new FrameHttpError(response.status);
  const length = Number(response.headers.get('content-length') ?? 0);
  if (length > mostBytes) throw new Error(`the frame has ${length} bytes, ${mostBytes} is the most`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { bytes, isPart: response.status === 206 };
}

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(new DOMException('aborted', 'AbortError'));
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** The line is gone, in contrast to an answer that says no. */
export function isNetworkError(error: unknown): boolean {
  return error instanceof TypeError;
}
