// Objects on their way out, one after the other, the next one opened while one is sent: memory does not grow with their
// number. Corrections are read for many at once.
import type { PlacedInstance } from '../archive-types.ts';
import { type Outgoing, openOutgoing } from '../outgoing/open-outgoing.ts';
import { correctionsOf } from '../outgoing/outgoing-parts.ts';
import type { WebContext } from './web-types.ts';

const correctionsAtOnce = 500;

export type Opened = { instance: PlacedInstance; outgoing: Outgoing };

/** Each object opened, and the one after it on the way. */
export async function* openEach(
  ctx: WebContext,
  instances: readonly PlacedInstance[],
  accept: readonly string[] | '*',
  first: Outgoing | null = null,
): AsyncGenerator<Opened> {
  for (let at = 0; at < instances.length; at += correctionsAtOnce) {
    const some = instances.slice(at, at + correctionsAtOnce);
    const corrections = await correctionsOf(
      ctx.db,
      some.map((instance) => instance.id),
    );
    const open = (instance: PlacedInstance) => {
      const opening = openOutgoing(ctx, instance, accept, { corrections });
      opening.catch(() => undefined); // reported when its turn comes
      return opening;
    };
    let next: Promise<Outgoing> | null = null;
    for (const [index, instance] of some.entries()) {
      const isFirst = at === 0 && index === 0 && first !== null;
      const outgoing: Outgoing = isFirst ? first : await (next ?? open(instance));
      const following = some[index + 1];
      next = following === undefined ? null : open(following);
      yield { instance, outgoing };
    }
  }
}

export async function* bytesOf({ fileMeta, dataset }: Outgoing): AsyncGenerator<Uint8Array> {
  yield fileMeta;
  yield* dataset;
}
