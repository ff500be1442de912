// Does the work for some items ahead of the reader, in order: reading 200 small heads one after the other would wait 200
// times for the disk.

export async function* ahead<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const started: Promise<R>[] = [];
  for (let at = 0; at < items.length; at += 1) {
    for (const item of items.slice(at + started.length, at + width)) {
      const working = work(item);
      working.catch(() => undefined); // reported when its turn comes
      started.push(working);
    }
    const next = started.shift();
    if (next !== undefined) yield await next;
  }
}
