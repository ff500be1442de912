// Stores the objects of one STOW-RS request while they arrive, several at a time: the next part is read when the bytes of
// the one before have been taken, not when they are durable and committed. Memory is bounded by the number under way.
import { CommitOrder, type CommitPlace } from './commit-order.ts';

const atOnce = 8;

type Body = AsyncIterable<Uint8Array>;

/**
 * `store` answers the outcome of the object at that place of the request. After it throws no further object is begun; those under
 * way end first, and then the first error is thrown.
 */
export async function storeEach<T extends object>(
  objects: AsyncIterable<T>,
  bodyOf: (object: T) => Body | null,
  store: (object: T, at: number, body: Body | null, place: CommitPlace) => Promise<void>,
): Promise<void> {
  const order = new CommitOrder();
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let at = 0;
  try {
    for await (const object of objects) {
      const place = order.next();
      const { promise: taken, resolve } = Promise.withResolvers<void>();
      const body = bodyOf(object);
      const storing = store(object, at, body === null ? null : untilTaken(body, resolve), place)
        .catch((error: unknown) => void failures.push(error))
        .finally(() => {
          place.pass();
          resolve();
          underWay.delete(storing);
        });
      underWay.add(storing);
      at += 1;
      await taken;
      if (underWay.size >= atOnce) await Promise.race(underWay);
      if (failures.length > 0) break;
    }
  } finally {
    await Promise.all(underWay);
  }
  if (failures.length > 0) throw failures[0];
}

async function* untilTaken(body: Body, taken: () => void): AsyncGenerator<Uint8Array> {
  yield* body;
  taken();
}
