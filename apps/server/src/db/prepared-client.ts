// Statements of hot paths are parsed and planned once per connection: a statement that ends with the mark below goes
// to PostgreSQL under a name made of its text. Only for statements whose text takes few forms.
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { ofStatement } from './database-away.ts';

const mark = '/*prepared*/';

/** For `modifyEnd` of a Kysely statement. */
export const prepared = sql.raw(mark);

const names = new Map<string, string>();
const mostNames = 500;

export class PreparedClient extends pg.Client {
  // pg.Client.query has a dozen overloads; the pool and Kysely use (text, values).
  override query = ((first: unknown, values?: unknown, ...rest: unknown[]) => {
    const plain = super.query as (...all: unknown[]) => unknown;
    const asked =
      typeof first === 'string' && first.endsWith(mark) && Array.isArray(values)
        ? plain.call(this, { name: nameOf(first), text: first, values }, ...rest)
        : plain.call(this, first, values, ...rest);
    return asked instanceof Promise ? asked.catch(rethrow) : asked;
  }) as pg.Client['query'];
}

function rethrow(error: unknown): never {
  throw ofStatement(error);
}

function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `yy_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
  if (names.size < mostNames) names.set(text, name);
  return name;
}
