// The database as the rest of the server sees it: a typed Kysely handle, a transaction, and new ids.
import type { Kysely, Transaction } from 'kysely';
import type { Schema } from './schema.gen.ts';

export { newId } from './ids.ts';
export { type Database, openAt, openDatabase, openRunning } from './open-database.ts';
export { prepared } from './prepared-client.ts';
export type { Schema } from './schema.gen.ts';

export type Db = Kysely<Schema>;
export type Tx = Transaction<Schema>;
