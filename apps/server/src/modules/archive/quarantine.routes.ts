// Administration listener: what was kept aside, and what belongs to no exam yet. The list shows codes, UIDs and
// sizes; the bytes themselves (they may show a patient) need the right to resolve and are audited.
import { Id, pageOf, QuarantineItem, UnlinkedItem } from '@yunying/api';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import type { Db } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import type { HttpPlugin } from '../../http/index.ts';
import { sendBlob } from '../../http/media.ts';
import { viewerOf } from '../access/index.ts';
import { recordAudit } from '../audit/index.ts';
import type { QuarantineRow } from './archive-types.ts';
import { dismissQuarantine, getQuarantine, listQuarantine, retryQuarantine } from './quarantine.ts';
import { listUnlinked, type UnlinkedPorts } from './unlinked.ts';

type AdminContext = Pick<Context, 'db' | 'blobs' | 'config' | 'log'>;

const Params = Type.Object({ id: Id });
const Query = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
  cursor: Type.Optional(Id),
});
const Resolution = Type.Object({
  outcome: Type.Union([
    Type.Literal('stored'),
    Type.Literal('duplicate'),
    Type.Literal('conflict'),
    Type.Literal('refused'),
    Type.Literal('dismissed'),
  ]),
  reasonCode: Type.Union([Type.String(), Type.Null()]),
});

const view = { permission: 'quarantine.view', scope: 'all' } as const;
const content = {
  permission: 'quarantine.resolve',
  scope: 'all',
  audit: 'quarantine.content_downloaded',
} as const;
const retry = { permission: 'quarantine.resolve', scope: 'all', audit: 'quarantine.retried' } as const;
const dismiss = { permission: 'quarantine.resolve', scope: 'all', audit: 'quarantine.dismissed' } as const;

export function quarantineRoutes(ctx: AdminContext, ports: UnlinkedPorts = {}): HttpPlugin {
  return {
    prefix: '/api',
    routes: async (app) => {
      app.get(
        '/quarantine',
        {
          config: { access: view },
          schema: { querystring: Query, response: { 200: pageOf(QuarantineItem) } },
        },
        async (req) => {
          const { items, nextCursor, total } = await listQuarantine(
            ctx.db,
            req.query.limit ?? 50,
            req.query.cursor ?? null,
          );
          return { items: items.map(toItem), nextCursor, total };
        },
      );

      app.get(
        '/quarantine/:id/content',
        { config: { access: content }, schema: { params: Params } },
        async (req, reply) => {
          const row = await getQuarantine(ctx.db, req.params.id);
          const { blob_id: blobId } = row;
          if (blobId === null) throw new AppError('request.not_found');
          const { body, totalBytes, sha256, mediaType } = await ctx.blobs.read(blobId, { start: 0, end: -1 });
          body.destroy();
          await audit(ctx.db, req, content.audit, row, 'ok');
          return sendBlob(req, reply, {
            mediaType,
            totalBytes,
            sha256,
            fileName: `quarantine-${row.id}${row.kind === 'dicom' ? '.dcm' : '.txt'}`,
            read: (range) => ctx.blobs.read(blobId, range),
          });
        },
      );

      app.post(
        '/quarantine/:id/retry',
        { config: { access: retry }, schema: { params: Params, response: { 200: Resolution } } },
        async (req) => {
          const outcome = await retryQuarantine(ctx, req.params.id, accountOf(req));
          await audit(
            ctx.db,
            req,
            retry.audit,
            await getQuarantine(ctx.db, req.params.id),
            'ok',
            outcome.outcome,
          );
          const reasonCode =
            outcome.outcome === 'refused'
              ? outcome.reason
              : outcome.outcome === 'conflict'
                ? 'instance-conflict'
                : null;
          return { outcome: outcome.outcome, reasonCode };
        },
      );

      app.post(
        '/quarantine/:id/dismiss',
        { config: { access: dismiss }, schema: { params: Params, response: { 200: Resolution } } },
        async (req) => {
          await dismissQuarantine(ctx.db, req.params.id, accountOf(req));
          await audit(ctx.db, req, dismiss.audit, await getQuarantine(ctx.db, req.params.id), 'ok');
          return { outcome: 'dismissed' as const, reasonCode: null };
        },
      );

      app.get(
        '/unlinked',
        { config: { access: view }, schema: { querystring: Query, response: { 200: pageOf(UnlinkedItem) } } },
        (req) => listUnlinked(ctx.db, ports, req.query.limit ?? 50, req.query.cursor ?? null),
      );
    },
  };
}

function accountOf(req: FastifyRequest): string | null {
  const viewer = viewerOf(req);
  return viewer.kind === 'staff' ? viewer.accountId : null;
}

function audit(
  db: Db,
  req: FastifyRequest,
  event: string,
  row: QuarantineRow,
  result: 'ok',
  code?: string,
): Promise<void> {
  return recordAudit(db, {
    event,
    viewer: viewerOf(req),
    objectType: 'quarantine',
    objectId: row.id,
    studyInstanceUid: row.study_instance_uid,
    result,
    ...(code === undefined ? {} : { resultCode: code }),
    detail: { kind: row.kind, reason: row.reason_code },
    request: req,
  });
}

function toItem(row: QuarantineRow): QuarantineItem {
  return {
    id: row.id,
    kind: row.kind === 'hl7' ? 'hl7' : row.kind === 'report' ? 'report' : 'dicom',
    reasonCode: row.reason_code,
    reason: row.reason,
    source: row.source,
    studyInstanceUid: row.study_instance_uid,
    sopInstanceUid: row.sop_instance_uid,
    sizeBytes: row.size_bytes,
    receivedAt: row.received_at.toISOString(),
  };
}
