// The gate in front of every route of both listeners: resolve the viewer, then enforce the route's declaration.
// Default deny. Order: who (cookie or token) -> forged request? -> public? -> session? -> must change the password?
// -> permission. Which object may be seen is decided in the route by `mayViewExam`, with the object's facts.
import { permissions } from '@yunying/api';
import type { FastifyRequest } from 'fastify';
import type { Context } from '../../context.ts';
import { AppError, type ErrorCode } from '../../errors.ts';
import type { AccessDeclaration } from '../../http/access-declaration.ts';
import { auditRefusal } from '../audit/index.ts';
import { findClient } from './clients.ts';
import { changesSomething, isFromOurPages } from './same-origin.ts';
import { sessionSecretOf } from './session-cookie.ts';
import { findSession } from './sessions.ts';
import { anonymous, rememberViewer, type StaffRole, type Viewer } from './viewer.ts';

export type Listener = 'public' | 'admin';
type Part = Pick<Context, 'db' | 'clock' | 'config'>;

/** The pre-handler of one listener: patients never enter the administration listener, administrators only that one. */
export function createAuthorize(ctx: Part, listener: Listener) {
  return async (req: FastifyRequest, declaration: AccessDeclaration): Promise<void> => {
    const asksWho = declaration.permission !== 'public' || declaration.scope !== 'none';
    const viewer = asksWho ? await resolveViewer(ctx, req, listener, declaration.quiet) : anonymous; // pages and health need no query
    rememberViewer(req, viewer);
    const refusal = refusalOf(ctx, req, viewer, declaration);
    if (refusal === null) return;
    await auditRefusal(ctx.db, {
      event: declaration.audit ?? 'access.refused',
      viewer,
      resultCode: refusal,
      objectType: 'route',
      objectId: req.routeOptions.url,
      request: req,
    });
    throw new AppError(refusal);
  };
}

async function resolveViewer(
  ctx: Part,
  req: FastifyRequest,
  listener: Listener,
  quiet = false,
): Promise<Viewer> {
  const { authorization } = req.headers;
  if (authorization !== undefined) return (await findClient(ctx, authorization)) ?? anonymous;
  const secret = sessionSecretOf(req);
  if (secret === null) return anonymous;
  const viewer = await findSession(ctx, secret, quiet);
  return viewer !== null && belongsOn(listener, viewer) ? viewer : anonymous;
}

export function belongsOn(listener: Listener, viewer: { kind: Viewer['kind']; role?: StaffRole }): boolean {
  if (viewer.kind === 'patient') return listener === 'public';
  if (viewer.kind === 'staff') return (viewer.role === 'doctor') === (listener === 'public');
  return true;
}

function refusalOf(
  ctx: Part,
  req: FastifyRequest,
  viewer: Viewer,
  declaration: AccessDeclaration,
): ErrorCode | null {
  const byCookie = req.headers.authorization === undefined;
  if (byCookie && changesSomething(req.method) && !isFromOurPages(req, ctx.config.publicUrl)) {
    // A stranger without a session has nothing to lose except at the doors that open one.
    if (viewer.kind !== 'anonymous' || declaration.permission === 'public') return 'access.foreign_page';
  }
  if (declaration.permission === 'public') return null;
  if (viewer.kind === 'anonymous') return 'access.unauthenticated';
  if (viewer.kind === 'staff' && viewer.mustChangePassword && declaration.scope !== 'self') {
    return 'access.must_change_password';
  }
  if (declaration.permission === 'session') return null;
  // A name that no list knows is held by nobody.
  const enough = [declaration.permission, declaration.orPermission];
  const needed = permissions.filter((name) => enough.includes(name));
  return needed.some((name) => viewer.permissions.has(name)) ? null : 'access.forbidden';
}
