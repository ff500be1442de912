// The list of nodes for the console's first form. Changing nodes is done from the command line for now.
import { NodeItem } from '@yunying/api';
import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import type { HttpPlugin } from '../../http/index.ts';
import { listNodes } from './register-node.ts';

export function nodeRoutes(ctx: Pick<Context, 'db'>): HttpPlugin {
  return {
    prefix: '/api',
    routes: async (app) => {
      app.get(
        '/nodes',
        {
          config: { access: { permission: 'node.view', scope: 'none' } },
          schema: { response: { 200: Type.Array(NodeItem) } },
        },
        async () =>
          (await listNodes(ctx.db)).map((node) => ({
            id: node.id,
            kind: node.kind === 'hl7' ? ('hl7' as const) : ('dicom' as const),
            name: node.name,
            host: node.host,
            port: node.port,
            may: node.may,
            charset: node.charset,
            lastSeenAt: node.last_seen_at?.toISOString() ?? null,
          })),
      );
    },
  };
}
