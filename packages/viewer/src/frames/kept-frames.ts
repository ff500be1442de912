// Compressed frames kept by the browser's Cache Storage, so that what was read once can be read again without a line
// (viewer spec §4): one cache per series, let go after 24 hours, at the end of the session, or when all of them
// together are too large. Where the setting or the browser does not allow it nothing is kept: memory only.
const prefix = 'yunying-frames';
const keepMs = 24 * 3600_000;
const mostBytes = 600 * 2 ** 20;
const writesAtOnce = 4;

export class KeptFrames {
  readonly #cache: Cache;
  readonly #known: Set<string>;
  readonly #queue: { url: string; bytes: Uint8Array }[] = [];
  #writing = 0;
  #room: number;
  #closed = false;

  /** null where the browser has no Cache Storage (no secure context, private window). */
  static async open(seriesInstanceUid: string, now = Date.now()): Promise<KeptFrames | null> {
    if (typeof caches === 'undefined') return null;
    try {
      const room = mostBytes - (await forgetExpired(now));
      const names = await caches.keys();
      const name = names.find((one) => one.startsWith(prefix) && one.endsWith(`/${seriesInstanceUid}`));
      const cache = await caches.open(name ?? `${prefix}/${now}/${seriesInstanceUid}`);
      const urls = (await cache.keys()).map(({ url }) => new URL(url).pathname);
      return new KeptFrames(cache, new Set(urls), room);
    } catch {
      return null;
    }
  }

  private constructor(cache: Cache, known: Set<string>, room: number) {
    this.#cache = cache;
    this.#known = known;
    this.#room = room;
  }

  has(url: string): boolean {
    return this.#known.has(url);
  }

  async get(url: string): Promise<Uint8Array | null> {
    try {
      const found = await this.#cache.match(url);
      return found === undefined ? null : new Uint8Array(await found.arrayBuffer());
    } catch {
      return null;
    }
  }

  /** Written behind what is being read, a few at a time. */
  put(url: string, bytes: Uint8Array): void {
    if (this.#closed || this.#known.has(url) || bytes.length > this.#room) return;
    this.#room -= bytes.length;
    this.#queue.push({ url, bytes });
    this.#write();
  }

  remove(url: string): boolean {
    const was = this.#known.delete(url);
    if (was) void this.#cache.delete(url).catch(() => false);
    return was;
  }

  close(): void {
    this.#closed = true;
    this.#queue.length = 0;
  }

  #write(): void {
    if (this.#writing >= writesAtOnce) return;
    const next = this.#queue.shift();
    if (next === undefined) return;
    this.#writing += 1;
    const headers = { 'content-type': 'image/jphc', 'content-length': String(next.bytes.length) };
    this.#cache
      .put(next.url, new Response(new Blob([next.bytes.slice()]), { headers }))
      .then(
        () => this.#known.add(next.url),
        () => (this.#room = 0), // full: nothing more is kept
      )
      .finally(() => {
        this.#writing -= 1;
        this.#write();
      });
  }
}

/** Lets go of what is too old, then of the oldest while all is too large; answers the bytes that stay. */
async function forgetExpired(now: number): Promise<number> {
  let total = (await navigator.storage?.estimate?.())?.usage ?? 0;
  const names = (await caches.keys()).filter((name) => name.startsWith(prefix)).sort();
  for (const name of names) {
    const openedAt = Number(name.split('/')[1]);
    const isOld = !(now - openedAt < keepMs);
    if (!isOld && total < mostBytes) continue;
    await caches.delete(name);
    total = (await navigator.storage?.estimate?.())?.usage ?? 0;
  }
  return Math.min(total, mostBytes);
}

/** At the end of a session: nothing of any patient stays behind. */
export async function forgetKeptFrames(): Promise<void> {
  if (typeof caches === 'undefined') return;
  try {
    for (const name of await caches.keys()) if (name.startsWith(prefix)) await caches.delete(name);
  } catch {
    // No storage, nothing kept.
  }
}
