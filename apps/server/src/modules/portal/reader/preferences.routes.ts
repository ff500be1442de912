// How the reading room of the signed-in doctor is set up: read and saved by its own account only. Holds nothing of
// patients.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { ReaderPreferences } from '@yunying/api';
import { Type } from 'typebox';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { type Viewer, viewerOf } from '../../access/index.ts';
import { getPreferences, savePreferences } from './preferences.ts';

const own = { access: { permission: 'session', scope: 'self' } } as const;

export function preferencesRoutes(ctx: Pick<Context, 'db' | 'clock'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/api/me/reading', { config: own, schema: { response: { 200: ReaderPreferences } } }, (req) =>
      getPreferences(ctx.db, accountOf(viewerOf(req))),
    );
    app.put(
      '/api/me/reading',
      { config: own, schema: { body: ReaderPreferences, response: { 204: Type.Null() } } },
      async (req, reply) => {
        await savePreferences(ctx.db, accountOf(viewerOf(req)), req.body, ctx.clock.now());
        return reply.code(204).send(null);
      },
    );
  };
}

function accountOf(viewer: Viewer): string {
  if (viewer.kind !== 'staff') throw new AppError('access.forbidden');
  return viewer.accountId;
}
