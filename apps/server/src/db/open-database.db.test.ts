import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestContext, type TestContext } from '../testing/context.ts';

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
