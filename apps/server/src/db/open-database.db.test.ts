import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAppError, toAppError } from '../errors.ts';
import { silentLogger } from '../log/index.ts';
import { openTestContext, type TestContext } from '../testing/context.ts';
import { openAt } from './open-database.ts';

let test: TestContext;
beforeAll(async () => {
  test = await openTestContext();
});
afterAll(() => test.close());

it('survives the loss of a connection that is taken and between two statements', async () => {
  const { db } = test;
  const lost = db.connection().execute(async (taken) => {
    const mine = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(taken);
    await sql`select pg_terminate_backend(${mine.rows[0]?.pid})`.execute(db);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await sql`select 1`.execute(taken);
  });
  await expect(lost).rejects.toThrow();
  expect((await sql<{ one: number }>`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
});

describe('a database that is away is told from a bug, so that senders repeat:', () => {
  it.each([
    ['closed', (socket: Socket) => void socket.destroy()],
    ['reset', (socket: Socket) => void socket.resetAndDestroy()],
  ])('a connection that is %s while a statement runs', async (_how, cut) => {
    const wire = await openWire(test.url);
    const database = await openAt(
      { connectionString: wire.url },
      { poolSize: 1, statementTimeoutMs: 30_000 },
      silentLogger,
      'external',
    );
    try {
      const asked = sql`select pg_sleep(20)`.execute(database.db).catch(toAppError);
      await wire.carrying();
      for (const end of wire.near) cut(end);
      expect(isAppError(await asked, 'platform.database_away')).toBe(true);
      await wire.close();
      const refused = await sql`select 1`.execute(database.db).catch(toAppError);
      expect(isAppError(refused, 'platform.database_away')).toBe(true);
    } finally {
      await database.close();
      await wire.close();
    }
  });

  it('a statement that is wrong stays a bug', async () => {
    const wrong = await sql`select no_such_column`.execute(test.db).catch(toAppError);
    expect(isAppError(wrong, 'platform.internal')).toBe(true);
  });
});

/** TCP between a pool and the database; `near` are the ends of the pool. */
async function openWire(databaseUrl: string) {
  const url = new URL(databaseUrl);
  const near = new Set<Socket>();
  const server = createServer((socket) => {
    const far = connectTcp(Number(url.port), url.hostname);
    near.add(socket);
    for (const [one, other] of [
      [socket, far],
      [far, socket],
    ] as const) {
      one.on('error', () => {});
      one.on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      resolve(bound !== null && typeof bound === 'object' ? bound.port : 0);
    });
  });
  const through = new URL(databaseUrl);
  through.hostname = '127.0.0.1';
  through.port = String(port);
  return {
    url: through.href,
    near,
    carrying: async () => {
      while (near.size === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      await new Promise((resolve) => setTimeout(resolve, 300));
    },
    close: async () => {
      for (const end of near) end.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
