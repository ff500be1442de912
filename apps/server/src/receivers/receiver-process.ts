// One receiver process: the DICOM upper layer of the connections that the server hands over, with its own event loop,
// database connections and blob store. It listens to nothing itself and ends with the server: when the channel breaks
// (kill -9 of the server) it ends at once, as the server did.
import '../file-threads.ts';
import type { Socket } from 'node:net';
import { CodecPool } from '@yunying/codec';
import { createBlobStore } from '../blob/index.ts';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import { fileKeys } from '../crypto/index.ts';
import { openDatabase, openRunning } from '../db/index.ts';
import { claimNodeNumber } from '../db/node-number.ts';
import type { SocketDoor } from '../door.ts';
import { reasonOf } from '../errors.ts';
import { createJobs } from '../jobs/index.ts';
import { createLogger } from '../log/index.ts';
import { createMetrics } from '../metrics.ts';
import * as modules from '../modules/index.ts';
import type { FromReceiver, ToReceiver } from './receiver-messages.ts';

type Receiver = { door: SocketDoor; ctx: Context; close(): Promise<void> };

/** Several commits under way, and the audit beside them. */
const poolSize = 10;

let receiver: Receiver | null = null;

process.on('disconnect', () => process.exit(1));
// The server decides when to stop: a signal to the whole group must not cut the drain short.
process.on('SIGTERM', () => {});
process.on('SIGINT', () => {});
process.on('message', (message: ToReceiver, socket?: Socket) => void onMessage(message, socket));
process.on('unhandledRejection', (error) => {
  receiver?.ctx.log.error({ event: 'server.unhandled_rejection', error });
});

async function onMessage(message: ToReceiver, socket: Socket | undefined): Promise<void> {
  switch (message.kind) {
    case 'start':
      try {
        receiver = await open(message.config);
        tell({ kind: 'ready' });
      } catch (error) {
        const reason = reasonOf(error);
        process.send?.({ kind: 'failed', reason }, () => process.exit(1));
      }
      return;
    case 'connection':
      // The peer may have gone while the socket was on its way: then there is none.
      if (socket === undefined || receiver === null) {
        socket?.destroy();
        tell({ kind: 'connection-closed' });
        return;
      }
      socket.once('close', () => tell({ kind: 'connection-closed' }));
      receiver.door.accept(socket, message.secure);
      return;
    case 'metrics':
      if (receiver !== null)
        tell({ kind: 'metrics', id: message.id, metrics: await receiver.ctx.metrics.values() });
      return;
    case 'stop':
      await receiver?.door.stop(message.limitMs);
      await receiver?.close();
      process.exit(0);
  }
}

async function open(config: Config): Promise<Receiver> {
  const log = createLogger({ level: config.log.level });
  const database =
    config.databaseUrl === null ? await openRunning(config, log, poolSize) : await openDatabase(config, log);
  const node = await claimNodeNumber(database, log);
  const blobs = await createBlobStore({ config, db: database.db, log, clock: systemClock });
  const codec = new CodecPool();
  const jobs = createJobs({ database, config: config.jobs, log });
  const metrics = createMetrics();
  const crypto = fileKeys(config.dataDir);
  const ctx: Context = {
    config,
    db: database.db,
    crypto,
    blobs,
    jobs,
    codec,
    log,
    clock: systemClock,
    metrics,
  };
  const close = async () => {
    jobs.close();
    await Promise.allSettled([codec.close(), blobs.close(), node.release()]);
    await database.close();
  };
  return { door: await modules.scp(ctx).open(), ctx, close };
}

function tell(message: FromReceiver): void {
  if (process.connected) process.send?.(message);
}
