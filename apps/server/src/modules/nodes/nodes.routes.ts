// Administration listener: the nodes, registering and changing them, testing them with C-ECHO, disabling and enabling.
// HTTP only. The table of nodes decides who may talk to us, so every change is audited.
import { EchoAnswer, Id, NewNode, NodeItem } from '@yunying/api';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import type { Db, Tx } from '../../db/index.ts';
import type { HttpPlugin } from '../../http/index.ts';
import { viewerOf } from '../access/index.ts';
import { type AuditDetail, recordAudit } from '../audit/index.ts';
import { echoNode } from './echo-node.ts';
import { rulesOf } from './node-rules.ts';
import type { NodeRow } from './node-types.ts';
import { getNode, listNodes, setNodeDisabled } from './register-node.ts';
import { saveNode } from './save-node.ts';

const echoLimitMs = 5_000;
const Params = Type.Object({ id: Id });

const view = { permission: 'node.view', scope: 'none' } as const;
const edit = (audit: string) => ({ permission: 'node.edit', scope: 'none', audit }) as const;
const save = edit('node.saved');
const echo = edit('node.echoed');
const switches = { disable: edit('node.disabled'), enable: edit('node.enabled') } as const;

export function nodeRoutes(ctx: Pick<Context, 'db' | 'clock' | 'config'>): HttpPlugin {
  return {
    prefix: '/api',
    routes: async (app) => {
      app.get(
        '/nodes',
        { config: { access: view }, schema: { response: { 200: Type.Array(NodeItem) } } },
        async () => (await listNodes(ctx.db)).map(toItem),
      );

      app.post(
        '/nodes',
        { config: { access: save }, schema: { body: NewNode, response: { 200: NodeItem } } },
        async (req) => {
          const node = await saveNode(ctx, req.body);
          await audit(ctx.db, req, save.audit, node, { may: node.may, replaced: req.body.replace });
          return toItem(node);
        },
      );

      app.post(
        '/nodes/:id/echo',
        { config: { access: echo }, schema: { params: Params, response: { 200: EchoAnswer } } },
        async (req) => {
          const node = await getNode(ctx.db, req.params.id);
          const answer = await echoNode(ctx, node, echoLimitMs);
          await audit(ctx.db, req, echo.audit, node, { ok: answer.ok, reason: answer.reason });
          return answer;
        },
      );

      for (const act of ['disable', 'enable'] as const) {
        app.post(
          `/nodes/:id/${act}`,
          { config: { access: switches[act] }, schema: { params: Params, response: { 200: NodeItem } } },
          (req) =>
            ctx.db.transaction().execute(async (tx) => {
              const disabledAt = act === 'disable' ? ctx.clock.now() : null;
              const node = await setNodeDisabled(tx, req.params.id, disabledAt);
              await audit(tx, req, switches[act].audit, node, {});
              return toItem(node);
            }),
        );
      }
    },
  };
}

function audit(db: Db | Tx, req: FastifyRequest, event: string, node: NodeRow, detail: AuditDetail) {
  return recordAudit(db, {
    event,
    viewer: viewerOf(req),
    objectType: 'node',
    objectId: node.id,
    result: 'ok',
    detail: { kind: node.kind, ...detail },
    request: req,
  });
}

function toItem(node: NodeRow): NodeItem {
  const { tlsKey, passcode, ...rules } = rulesOf(node);
  return {
    id: node.id,
    kind: node.kind === 'hl7' ? 'hl7' : 'dicom',
    name: node.name,
    facility: node.facility === '-' ? null : node.facility,
    host: node.host,
    port: node.port,
    may: node.may,
    charset: node.charset,
    onConflict: node.on_conflict === 'accept' ? 'accept' : 'refuse',
    rules,
    holds: { tlsKey: tlsKey !== undefined, passcode: passcode !== undefined },
    lastSeenAt: node.last_seen_at?.toISOString() ?? null,
    disabledAt: node.disabled_at?.toISOString() ?? null,
  };
}
