// Runs the server as a process: starts it, prints the one ready line on standard output, drains on SIGTERM or
// SIGINT. Anything that prevents the start ends the process with one line on standard error.
import { type Config, readConfig } from './config.ts';
import { reasonOf } from './errors.ts';
import { type Server, startServer } from './start-server.ts';

export async function runServer(config: Config): Promise<void> {
  let server: Server | null = null;
  let stopping = false;

  const end = async (reason: string, code: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    // The drain has its own limits; this one is for a drain that hangs.
    setTimeout(() => process.exit(code === 0 ? 1 : code), (config.drainSeconds + 30) * 1000).unref();
    server?.ctx.log.info({ event: 'server.draining', reason });
    await server?.stop();
    process.exit(code);
  };

  process.on('SIGTERM', () => void end('SIGTERM', 0));
  process.on('SIGINT', () => void end('SIGINT', 0));
  process.on('uncaughtException', (error) => {
    server?.ctx.log.fatal({ event: 'server.uncaught', error });
    process.stderr.write(`yunying: an unexpected error ends the server (${error.name})\n`);
    void end('uncaught', 70);
  });
  process.on('unhandledRejection', (error) => {
    server?.ctx.log.error({ event: 'server.unhandled_rejection', error });
  });

  try {
    server = await startServer(config, (reason) => {
      process.stderr.write(`yunying: ${reason}\n`);
      void end('database-lost', 1);
    });
  } catch (error) {
    fail(error);
  }
  if (stopping) {
    await server.stop();
    process.exit(0);
  }
  process.stdout.write(`${JSON.stringify(server.ready)}\n`);
}

/** One line, so that a script or a service log shows the reason at a glance. */
export function fail(error: unknown): never {
  const reason = reasonOf(error);
  process.stderr.write(`yunying cannot start: ${reason.slice(0, 500)}\n`);
  process.exit(1);
}

export function serve(): Promise<void> {
  let config: Config;
  try {
    config = readConfig();
  } catch (error) {
    fail(error);
  }
  return runServer(config);
}
