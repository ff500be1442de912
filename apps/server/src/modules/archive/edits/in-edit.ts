// An edit is one transaction. After its commit this process knows that what it remembers of where objects are, and
// whether they may be seen, is out of date; other processes look again within seconds (media/locate-instance.ts).
import type { Context } from '../../../context.ts';
import type { Db, Tx } from '../../../db/index.ts';

const generations = new WeakMap<Db, number>();

/** Changes with every edit made by this process: what was remembered before it is to be looked up again. */
export function editGeneration(db: Db): number {
  return generations.get(db) ?? 0;
}

export async function inEdit<T>(ctx: Pick<Context, 'db'>, run: (tx: Tx) => Promise<T>): Promise<T> {
  const made = await ctx.db.transaction().execute(run);
  generations.set(ctx.db, editGeneration(ctx.db) + 1);
  return made;
}
