// Administration listener: the hanging protocols in force, earlier versions, and saving a new list. HTTP only; every
// change is audited.
import { HangingOverview, HangingProtocols } from '@yunying/api';
import { Type } from 'typebox';
import type { Context } from '../../../context.ts';
import type { HttpPlugin } from '../../../http/index.ts';
import { viewerOf } from '../../access/index.ts';
import { recordAudit } from '../../audit/index.ts';
import { getHanging, getHangingVersion, saveHanging } from './hanging.ts';

const view = { permission: 'hanging.view', scope: 'none' } as const;
const edit = { permission: 'hanging.edit', scope: 'none', audit: 'hanging.saved' } as const;

const Version = Type.Object({ version: Type.Integer({ minimum: 0 }) });
const Change = Type.Object({ after: Type.Integer({ minimum: 0 }), protocols: HangingProtocols });

export function hangingRoutes(ctx: Pick<Context, 'db' | 'clock'>): HttpPlugin {
  return {
    prefix: '/api/hanging',
    routes: async (app) => {
      app.get('', { config: { access: view }, schema: { response: { 200: HangingOverview } } }, () =>
        getHanging(ctx.db),
      );
      app.get(
        '/versions/:version',
        { config: { access: view }, schema: { params: Version, response: { 200: HangingProtocols } } },
        (req) => getHangingVersion(ctx.db, req.params.version),
      );
      app.put(
        '',
        { config: { access: edit }, schema: { body: Change, response: { 200: HangingOverview } } },
        async (req) => {
          const viewer = viewerOf(req);
          const by = viewer.kind === 'staff' ? viewer.displayName : null;
          const version = await saveHanging(ctx, { ...req.body, by });
          await recordAudit(ctx.db, {
            event: edit.audit,
            viewer,
            objectType: 'hanging',
            objectId: String(version),
            result: 'ok',
            detail: { count: req.body.protocols.length },
            request: req,
          });
          return getHanging(ctx.db);
        },
      );
    },
  };
}
