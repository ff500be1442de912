// The question "may this viewer see the pictures or metadata of this study" for doors that are knocked at hundreds of
// times a second. A yes is remembered for two seconds per viewer and study (as long as a session is, see access); a no
// never is, so that every refusal is asked and recorded anew. A study edit made by this process forgets every yes.
import type { FastifyRequest } from 'fastify';
import { BoundedCache } from '../../bounded-cache.ts';
import type { Context } from '../../context.ts';
import type { Db } from '../../db/index.ts';
import { type Viewer, viewerOf } from '../access/index.ts';
import { recordImageRead } from '../audit/index.ts';
import { editGeneration } from './edits/index.ts';
import { requireStudy } from './require-study.ts';

const rememberMs = 2000;
const mostRemembered = 20_000;
const caches = new WeakMap<Db, BoundedCache<string>>();

/** Answers the study's row id. */
export async function allowStudy(
  ctx: Pick<Context, 'db'>,
  req: FastifyRequest,
  studyInstanceUid: string,
): Promise<string> {
  const cache = cacheOf(ctx.db);
  const key = `${editGeneration(ctx.db)} ${viewerKey(viewerOf(req))} ${studyInstanceUid}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const study = await requireStudy(ctx, req, studyInstanceUid, 'image.view');
  cache.set(key, study.id, { weight: 1, keepMs: rememberMs });
  return study.id;
}

/** One row of the trail per viewer, series and ten minutes. */
export async function recordView(
  ctx: Pick<Context, 'db'>,
  req: FastifyRequest,
  place: { study: string; series: string },
): Promise<void> {
  const { study: studyInstanceUid, series: seriesInstanceUid } = place;
  await recordImageRead(ctx.db, { viewer: viewerOf(req), studyInstanceUid, seriesInstanceUid, request: req });
}

function viewerKey(viewer: Viewer): string {
  switch (viewer.kind) {
    case 'staff':
    case 'patient':
      return `${viewer.kind} ${viewer.sessionId}`;
    case 'client':
      return `client ${viewer.clientId}`;
    case 'anonymous':
      return 'anonymous';
  }
}

function cacheOf(db: Db): BoundedCache<string> {
  const known = caches.get(db);
  if (known !== undefined) return known;
  const cache = new BoundedCache<string>(mostRemembered);
  caches.set(db, cache);
  return cache;
}
