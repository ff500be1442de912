// Against forged requests (CSRF): a request that changes something and rides on a cookie must come from our own
// pages. Browsers say so in Sec-Fetch-Site (secure origins) or Origin; a program that sends neither must at least
// send JSON, which no foreign page can do without asking first. Together with SameSite=Lax on the cookie.
import type { FastifyRequest } from 'fastify';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

export function changesSomething(method: string): boolean {
  return !safeMethods.has(method);
}

export function isFromOurPages(req: Pick<FastifyRequest, 'headers' | 'host'>, publicUrl: string): boolean {
  const site = req.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const from = req.headers.origin ?? req.headers.referer;
  if (from !== undefined) {
    if (!URL.canParse(from)) return false;
    const url = new URL(from);
    return url.host === hostOf(url.protocol, req.host) || url.origin === publicUrl;
  }
  return /^application\/(?:json|[a-z0-9.+-]+\+json)\b/i.test(req.headers['content-type'] ?? '');
}

/** As URL writes it: without the port that the scheme implies. */
function hostOf(protocol: string, host: string): string {
  const address = `${protocol}//${host}`;
  return URL.canParse(address) ? new URL(address).host : host;
}
