// Sessions of the web apps, on both listeners: staff log-in and password, log-out, who am I. Patients get their
// session at /api/entry (module share). Which roles may enter is decided by the listener.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Me, PasswordChange, StaffLogin } from '@yunying/api';
import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { type AccessDeclaration, publicAccess } from '../../http/access-declaration.ts';
import {
  clearSessionCookie,
  type Listener,
  revokeSession,
  setSessionCookie,
  viewerOf,
} from '../access/index.ts';
import { changePassword, logIn } from '../accounts/index.ts';
import { recordAudit } from '../audit/index.ts';
import { describeMe } from './me.ts';

const own = (audit?: string): { access: AccessDeclaration } => ({
  access: { permission: 'session', scope: 'self', ...(audit === undefined ? {} : { audit }) },
});
const Nothing = Type.Null();

export function sessionRoutes(
  ctx: Pick<Context, 'db' | 'clock' | 'config' | 'log'>,
  listener: Listener,
): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/api/me', { config: own(), schema: { response: { 200: Me } } }, (req) =>
      describeMe(ctx, viewerOf(req)),
    );

    app.post(
      '/api/staff/login',
      {
        config: { access: { ...publicAccess, audit: 'staff.logged_in' } },
        schema: { body: StaffLogin, response: { 200: Me } },
      },
      async (req, reply) => {
        const entered = await logIn(ctx, { ...req.body, listener, request: req });
        setSessionCookie(ctx, reply, entered.secret, entered.expiresAt);
        return describeMe(ctx, entered.viewer);
      },
    );

    app.post(
      '/api/staff/password',
      { config: own('staff.password_changed'), schema: { body: PasswordChange, response: { 204: Nothing } } },
      async (req, reply) => {
        const viewer = viewerOf(req);
        if (viewer.kind !== 'staff') throw new AppError('access.forbidden');
        await changePassword(ctx, viewer, { ...req.body, request: req });
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/api/logout',
      { config: own('session.closed'), schema: { response: { 204: Nothing } } },
      async (req, reply) => {
        const viewer = viewerOf(req);
        if (viewer.kind === 'staff' || viewer.kind === 'patient') {
          await revokeSession(ctx.db, viewer.sessionId, ctx.clock.now());
          await recordAudit(ctx.db, { event: 'session.closed', viewer, result: 'ok', request: req });
        }
        clearSessionCookie(ctx, reply);
        return reply.code(204).send(null);
      },
    );
  };
}
