// Which instances leave: those an identifier means. What is hidden (rejected, deleted) is not among them, for any door.
import type { Db, Tx } from '../../../db/index.ts';
import { type ObjectRef, type OutgoingAsk, selectObjects } from './repo-outgoing.ts';

const mostObjects = 200_000;
const uidsAtOnce = 1_000;

export async function findObjects(db: Db | Tx, ask: OutgoingAsk): Promise<ObjectRef[] | 'too-many'> {
  const found: ObjectRef[] = [];
  for (const part of split(ask)) {
    found.push(...(await selectObjects(db, part, mostObjects + 1)));
    if (found.length > mostObjects) return 'too-many';
  }
  return found;
}

/** Long lists go to the database in parts; only the list of the level can be long. */
function* split(ask: OutgoingAsk): Generator<OutgoingAsk> {
  for (const key of ['sopInstanceUids', 'seriesInstanceUids', 'studyInstanceUids'] as const) {
    const list = ask[key];
    if (list === undefined || list.length <= uidsAtOnce) continue;
    for (let at = 0; at < list.length; at += uidsAtOnce)
      yield { ...ask, [key]: list.slice(at, at + uidsAtOnce) };
    return;
  }
  yield ask;
}
