// Statements of the engine take as many forms as there are combinations of keys. One that comes again is prepared, so
// that it is parsed and planned once per connection; how many is limited, because every connection keeps their plans
// and strangers choose the combinations.
import { type CompiledQuery, type RawBuilder, sql } from 'kysely';
import { type Db, prepared } from '../../../db/index.ts';

const mostPrepared = 64;
const mostSeen = 1000;
const kept = new Set<string>();
const seen = new Set<string>();

export async function runShape<Row>(db: Db, statement: RawBuilder<unknown>): Promise<Row[]> {
  const compiled = sql<Row>`${statement}${prepared}`.compile(db);
  const plain = { ...compiled, sql: compiled.sql.replace(/\/\*prepared\*\/$/, '') };
  const query: CompiledQuery<Row> = isUsual(compiled.sql) ? compiled : plain;
  return (await db.executeQuery(query)).rows;
}

function isUsual(text: string): boolean {
  if (kept.has(text)) return true;
  if (kept.size >= mostPrepared) return false;
  if (seen.delete(text)) {
    kept.add(text);
    return true;
  }
  if (seen.size >= mostSeen) seen.clear();
  seen.add(text);
  return false;
}
