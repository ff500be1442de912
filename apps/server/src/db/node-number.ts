// Claims a number 0 to 1023 for this process by a session advisory lock, so that ids made by live processes of
// one database never collide. The lock lives on its own connection; if that breaks, the number is claimed again
// (the same one first).
import type { Client } from 'pg';
import type { Logger } from '../log/index.ts';
import { setIdNode } from './ids.ts';
import type { Database } from './open-database.ts';

const lockClass = 72_011;

export async function claimNodeNumber(
  database: Pick<Database, 'connect'>,
  log: Logger,
): Promise<{ number: () => number; release(): Promise<void> }> {
  let released = false;
  let claim = await claimOn(await database.connect('node number'), Math.floor(Math.random() * 1024));
  setIdNode(claim.number);

  const keep = (client: Client): void => {
    client.once('end', () => {
      if (!released) void reclaim();
    });
  };
  const reclaim = async (): Promise<void> => {
    while (!released) {
      try {
        claim = await claimOn(await database.connect('node number'), claim.number);
        setIdNode(claim.number);
        keep(claim.client);
        return;
      } catch (error) {
        log.warn({ event: 'db.node_number_lost', node: claim.number, error });
        await new Promise((resolve) => setTimeout(resolve, 500).unref());
      }
    }
  };
  keep(claim.client);
  return {
    number: () => claim.number,
    release: async () => {
      released = true;
      await claim.client.end().catch(() => {});
    },
  };
}

async function claimOn(client: Client, first: number): Promise<{ client: Client; number: number }> {
  for (let step = 0; step < 1024; step += 1) {
    const number = (first + step) % 1024;
    const { rows } = await client.query<{ ok: boolean }>('select pg_try_advisory_lock($1, $2) as ok', [
      lockClass,
      number,
    ]);
    if (rows[0]?.ok === true) return { client, number };
  }
  await client.end();
  throw new Error('1024 processes use this database already; no node number is free');
}
