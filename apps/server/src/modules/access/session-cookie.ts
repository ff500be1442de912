// The one cookie: `yy_session`, for staff and patients. HttpOnly, SameSite=Lax so that a link in an SMS still
// finds its session, Secure when the public address is https. It ends with the browser or at the absolute limit.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../../context.ts';

export const sessionCookie = 'yy_session';

/** Read from the header itself: the gate runs before and without any cookie plugin. */
export function sessionSecretOf(req: Pick<FastifyRequest, 'headers'>): string | null {
  const header = req.headers.cookie;
  if (header === undefined || header.length > 8192) return null;
  for (const pair of header.split(';')) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === sessionCookie && value !== undefined) return value;
  }
  return null;
}

export function setSessionCookie(
  ctx: Pick<Context, 'config'>,
  reply: FastifyReply,
  secret: string,
  expiresAt: Date,
): void {
  const parts = [`${sessionCookie}=${secret}`, `Expires=${expiresAt.toUTCString()}`, ...attributes(ctx)];
  reply.header('set-cookie', parts.join('; '));
}

export function clearSessionCookie(ctx: Pick<Context, 'config'>, reply: FastifyReply): void {
  reply.header('set-cookie', [`${sessionCookie}=`, 'Max-Age=0', ...attributes(ctx)].join('; '));
}

function attributes(ctx: Pick<Context, 'config'>): string[] {
  const secure = ctx.config.publicUrl.startsWith('https:') ? ['Secure'] : [];
  return ['Path=/', 'HttpOnly', 'SameSite=Lax', ...secure];
}
