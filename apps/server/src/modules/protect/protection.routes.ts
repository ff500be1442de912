// Administration listener, security administrator alone: rules, the restricted list, labels by hand, grants that two
// persons give, the review of broken glass. Reading the list, a person and a full name are written into the trail.
import {
  GlassOpening,
  GlassReview,
  Id,
  NewProtectionGrant,
  NewProtectionLabel,
  NewProtectionRule,
  ProtectedPerson,
  ProtectedPersonDetail,
  ProtectionGrant,
  ProtectionReason,
  ProtectionRules,
  ProtectionTag,
  pageOf,
  UnmaskedPerson,
} from '@yunying/api';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { HttpPlugin } from '../../http/index.ts';
import { viewerOf } from '../access/index.ts';
import { type AuditDetail, recordAudit } from '../audit/index.ts';
import { decideGrant, requestGrant, revokeGrant } from './grants.ts';
import { removeLabel, reviewGlass, setLabel } from './label-by-hand.ts';
import { listGlasses, listGrants } from './list-openings.ts';
import { findByNumber, getPersonDetail, listProtected, unmask } from './protected-persons.ts';
import { toGrants, toOpenings } from './read-openings.ts';
import { type By, getRules, removeRule, runJob, saveRule } from './rules.ts';

type Part = Pick<Context, 'db' | 'clock' | 'crypto' | 'jobs'>;
type App = Parameters<HttpPlugin['routes']>[0];

const Nothing = Type.Null();
const Params = Type.Object({ id: Id });
const Made = Type.Object({ id: Id });
const Paging = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
  cursor: Type.Optional(Id),
};
const access = (permission: string, audit?: string) => ({
  access: { permission, scope: 'all' as const, ...(audit === undefined ? {} : { audit }) },
});

export function protectionRoutes(ctx: Part): HttpPlugin {
  return {
    prefix: '/api/protection',
    routes: async (app) => {
      addRules(ctx, app);
      addPersons(ctx, app);
      addGrants(ctx, app);
      addReview(ctx, app);
    },
  };
}

function addRules(ctx: Part, app: App): void {
  app.get(
    '/rules',
    { config: access('protection.view'), schema: { response: { 200: ProtectionRules } } },
    () => getRules(ctx.db),
  );
  app.post(
    '/rules',
    {
      config: access('protection.edit', 'protection.rule_saved'),
      bodyLimit: 1_000_000,
      schema: { body: NewProtectionRule, response: { 201: Made } },
    },
    async (req, reply) => reply.code(201).send({ id: await saveRule(ctx, null, req.body, byOf(req)) }),
  );
  app.put(
    '/rules/:id',
    {
      config: access('protection.edit', 'protection.rule_saved'),
      bodyLimit: 1_000_000,
      schema: { params: Params, body: NewProtectionRule, response: { 200: Made } },
    },
    async (req) => ({ id: await saveRule(ctx, req.params.id, req.body, byOf(req)) }),
  );
  app.delete(
    '/rules/:id',
    {
      config: access('protection.edit', 'protection.rule_removed'),
      schema: { params: Params, response: { 204: Nothing } },
    },
    async (req, reply) => {
      await removeRule(ctx, req.params.id, byOf(req));
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/rules/run',
    {
      config: access('protection.edit', 'protection.run_started'),
      schema: { response: { 202: Type.Object({ jobId: Id }) } },
    },
    async (req, reply) => {
      const jobId = await ctx.jobs.enqueue(ctx.db, runJob, {}, { key: 'all' });
      await recordAudit(ctx.db, { event: 'protection.run_started', ...byOf(req), result: 'ok' });
      return reply.code(202).send({ jobId });
    },
  );
}

function addPersons(ctx: Part, app: App): void {
  app.get(
    '/persons',
    {
      config: access('protection.view', 'protection.listed'),
      schema: {
        querystring: Type.Object({ ...Paging, tag: Type.Optional(ProtectionTag) }),
        response: { 200: pageOf(ProtectedPerson) },
      },
    },
    async (req) => {
      const { tag = null, cursor = null, limit = 50 } = req.query;
      const page = await listProtected(ctx, { tag, cursor, limit });
      await audit(ctx, req, 'protection.listed', null, { count: page.items.length, tag });
      return page;
    },
  );
  app.post(
    '/persons/find',
    {
      config: access('protection.edit', 'protection.person_looked_up'),
      schema: {
        body: Type.Object({ number: Type.String({ minLength: 1, maxLength: 64 }) }),
        response: { 200: ProtectedPerson },
      },
    },
    async (req) => {
      const person = await findByNumber(ctx, req.body.number);
      await audit(ctx, req, 'protection.person_looked_up', person.id, {});
      return person;
    },
  );
  app.get(
    '/persons/:id',
    {
      config: access('protection.view', 'protection.person_viewed'),
      schema: { params: Params, response: { 200: ProtectedPersonDetail } },
    },
    async (req) => {
      const detail = await getPersonDetail(ctx, req.params.id, byOf(req).viewer.accountId);
      await audit(ctx, req, 'protection.person_viewed', req.params.id, {});
      return detail;
    },
  );
  app.post(
    '/persons/:id/unmask',
    {
      config: access('protection.unmask', 'protection.unmasked'),
      schema: { params: Params, response: { 200: UnmaskedPerson } },
    },
    async (req) => {
      const { patientRowId, ...person } = await unmask(ctx.db, req.params.id);
      await audit(ctx, req, 'protection.unmasked', req.params.id, {}, patientRowId);
      return person;
    },
  );
  app.post(
    '/persons/:id/labels',
    {
      config: access('protection.edit', 'label.set'),
      schema: { params: Params, body: NewProtectionLabel, response: { 201: Made } },
    },
    async (req, reply) =>
      reply.code(201).send({ id: await setLabel(ctx, req.params.id, req.body, byOf(req)) }),
  );
  app.post(
    '/labels/:id/remove',
    {
      config: access('protection.edit', 'label.removed'),
      schema: { params: Params, body: ProtectionReason, response: { 204: Nothing } },
    },
    async (req, reply) => {
      await removeLabel(ctx, req.params.id, req.body.reason, byOf(req));
      return reply.code(204).send(null);
    },
  );
}

function addGrants(ctx: Part, app: App): void {
  app.get(
    '/grants',
    {
      config: access('protection.view', 'protection.grants_listed'),
      schema: {
        querystring: Type.Object({ ...Paging, open: Type.Optional(Type.Boolean({ default: true })) }),
        response: { 200: pageOf(ProtectionGrant) },
      },
    },
    async (req) => {
      const { open = true, cursor = null, limit = 50 } = req.query;
      const { rows, ...page } = await listGrants(ctx, open, cursor, limit);
      await audit(ctx, req, 'protection.grants_listed', null, { count: rows.length });
      const items = await toGrants(ctx.db, rows, byOf(req).viewer.accountId, ctx.clock.now());
      return { ...page, items };
    },
  );
  app.post(
    '/persons/:id/grants',
    {
      config: access('protection.grant', 'protection_grant.requested'),
      schema: { params: Params, body: NewProtectionGrant, response: { 201: Made } },
    },
    async (req, reply) =>
      reply.code(201).send({ id: await requestGrant(ctx, req.params.id, req.body, byOf(req)) }),
  );
  for (const [act, event] of [
    ['approve', 'protection_grant.approved'],
    ['refuse', 'protection_grant.refused'],
    ['revoke', 'protection_grant.revoked'],
  ] as const) {
    app.post(
      `/grants/:id/${act}`,
      { config: access('protection.grant', event), schema: { params: Params, response: { 204: Nothing } } },
      async (req, reply) => {
        if (act === 'revoke') await revokeGrant(ctx, req.params.id, byOf(req));
        else await decideGrant(ctx, req.params.id, act, byOf(req));
        return reply.code(204).send(null);
      },
    );
  }
}

function addReview(ctx: Part, app: App): void {
  app.get(
    '/break-glass',
    {
      config: access('protection.review', 'break_glass.listed'),
      schema: {
        querystring: Type.Object({
          ...Paging,
          state: Type.Optional(Type.Union([Type.Literal('waiting'), Type.Literal('reviewed')])),
        }),
        response: { 200: pageOf(GlassOpening) },
      },
    },
    async (req) => {
      const { state = 'waiting', cursor = null, limit = 50 } = req.query;
      const { rows, ...page } = await listGlasses(ctx, state, cursor, limit);
      await audit(ctx, req, 'break_glass.listed', null, { count: rows.length });
      return { ...page, items: await toOpenings(ctx.db, rows, ctx.clock.now()) };
    },
  );
  app.post(
    '/break-glass/:id/review',
    {
      config: access('protection.review', 'break_glass.reviewed'),
      schema: { params: Params, body: GlassReview, response: { 204: Nothing } },
    },
    async (req, reply) => {
      await reviewGlass(ctx, req.params.id, req.body, byOf(req));
      return reply.code(204).send(null);
    },
  );
}

function byOf(req: FastifyRequest): By {
  const viewer = viewerOf(req);
  if (viewer.kind !== 'staff') throw new AppError('access.forbidden');
  return { viewer, request: req };
}

function audit(
  ctx: Part,
  req: FastifyRequest,
  event: string,
  personId: string | null,
  detail: AuditDetail,
  patientId: string | null = null,
): Promise<void> {
  const about = personId === null ? {} : { objectType: 'person', objectId: personId, patientId };
  return recordAudit(ctx.db, { event, ...byOf(req), ...about, result: 'ok', detail });
}
