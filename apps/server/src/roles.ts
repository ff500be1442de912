// What this process does: a plain table of roles, started in this order and stopped in reverse. YUNYING_ROLES picks
// among them for scale-out; nothing may rely on two of them being in the same process.

import { formatAddress } from './config-values.ts';
import type { Context } from './context.ts';
import { startCron } from './cron.ts';
import type { Door } from './door.ts';
import { closeHttp, createHttp } from './http/create-http.ts';
import type { Readiness } from './http/health.ts';
import type { HttpOptions } from './http/http-types.ts';
import * as modules from './modules/index.ts';
import { createReceiverDoor } from './receivers/receiver-door.ts';
import type { RoleName } from './role-names.ts';

export type { Door } from './door.ts';
export { type RoleName, roleNames } from './role-names.ts';

export type Addresses = { http: string; adminHttp: string; dimse: string; dimseTls: string; mllp: string };
export type StartedRole = { addresses: Partial<Addresses>; stop(limitMs: number): Promise<void> };
export type RoleParts = {
  ctx: Context;
  readiness: Readiness;
  appsFolder: string;
  connectCron: Parameters<typeof startCron>[1];
};
type Role = { start(parts: RoleParts): Promise<StartedRole | null> };

export const roles: Record<RoleName, Role> = {
  worker: {
    start: async ({ ctx }) => {
      ctx.jobs.registerJobs(modules.jobs(ctx));
      const worker = await ctx.jobs.start(ctx);
      return { addresses: {}, stop: (limitMs) => worker.stop(limitMs) };
    },
  },
  web: {
    start: async (parts) => {
      const open = await listen(parts, 'public');
      const admin = await listen(parts, 'admin').catch(async (error: unknown) => {
        await open.stop(0);
        throw error;
      });
      return {
        addresses: { http: open.address, adminHttp: admin.address },
        stop: async (limitMs) => {
          await Promise.all([open.stop(limitMs), admin.stop(limitMs)]);
        },
      };
    },
  },
  // DICOMweb alone, for scale-out: the public listener without the pages. With `web` in the same process it is there.
  dicomweb: {
    start: async (parts) => {
      if (parts.ctx.config.roles.includes('web')) return null;
      const open = await listen(parts, 'public', { pages: false });
      return { addresses: { http: open.address }, stop: open.stop };
    },
  },
  scp: {
    start: async ({ ctx }) =>
      openDoor(
        ctx.config.dimseProcesses > 0 ? createReceiverDoor(ctx) : modules.scp(ctx),
        (address, tls) => ({
          dimse: address,
          ...(tls === undefined ? {} : { dimseTls: tls }),
        }),
      ),
  },
  mllp: { start: async ({ ctx }) => openDoor(modules.mllp(ctx), (address) => ({ mllp: address })) },
  cron: {
    start: async ({ ctx, connectCron }) => {
      const cron = startCron(ctx, connectCron, modules.schedule(ctx));
      const beats = modules.startBeats(ctx, connectCron);
      return {
        addresses: {},
        stop: async () => {
          await Promise.all([cron.stop(), beats.stop()]);
        },
      };
    },
  },
};

async function openDoor(
  door: Door | null,
  name: (address: string, tls?: string) => Partial<Addresses>,
): Promise<StartedRole | null> {
  if (door === null) return null;
  const started = await door.start();
  return { addresses: name(started.address, started.tlsAddress), stop: (limitMs) => started.stop(limitMs) };
}

async function listen(parts: RoleParts, listener: 'public' | 'admin', { pages = true } = {}) {
  const { ctx, readiness } = parts;
  const options: HttpOptions = {
    listener,
    authorize: modules.authorize(ctx, listener),
    plugins: listener === 'public' ? modules.httpPlugins(ctx) : modules.adminPlugins(ctx),
    readiness,
    ...(pages ? { appsFolder: parts.appsFolder } : {}),
  };
  const app = await createHttp(ctx, options);
  const wanted = listener === 'public' ? ctx.config.http : ctx.config.adminHttp;
  await app.listen({ host: wanted.host, port: wanted.port, backlog: 511 });
  const bound = app.server.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : wanted.port;
  const address = `http://${formatAddress({ host: wanted.host, port })}`;
  if (listener === 'public' && !ctx.config.publicUrlGiven) ctx.config.publicUrl = address;
  return { address, stop: (limitMs: number) => closeHttp(app, limitMs) };
}
