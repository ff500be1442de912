// Administration listener, security administrator alone: grants, roles, the names of doctors, and "try it". HTTP only.
import {
  DoctorNames,
  GrantItem,
  GrantPreview,
  GrantState,
  Id,
  NewGrantForm,
  Places,
  pageOf,
  RightsSubject,
  RoleForm,
  RoleItem,
  SubjectKind,
  TryAnswer,
  TryForm,
} from '@yunying/api';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { HttpPlugin } from '../../http/index.ts';
import { viewerOf } from '../access/index.ts';
import { recordAudit } from '../audit/index.ts';
import { approve, type By, give, preview, restore, revoke } from './grants.ts';
import { tryIt } from './judge.ts';
import { listGrants } from './list-grants.ts';
import { listSubjects } from './list-subjects.ts';
import { getPlaces } from './places.ts';
import { getDoctorNames, listRoles, removeRole, saveDoctorNames, saveRole } from './roles.ts';

type Part = Pick<Context, 'db' | 'clock'>;
type App = Parameters<HttpPlugin['routes']>[0];

const Params = Type.Object({ id: Id });
const RoleParams = Type.Object({ name: Type.String({ pattern: '^[a-z][a-z0-9_]{1,40}$' }) });
const Done = Type.Object({ id: Id });
const Reason = Type.Object({ reason: Type.String({ minLength: 2, maxLength: 300 }) });
const Empty = Type.Optional(Type.Union([Type.Object({}), Type.Null()]));
const Paging = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
  cursor: Type.Optional(Id),
};
const access = (permission: string, audit?: string) => ({
  access: { permission, scope: 'none' as const, ...(audit === undefined ? {} : { audit }) },
});

export function rightsRoutes(ctx: Part): HttpPlugin {
  return {
    prefix: '/api/rights',
    routes: async (app) => {
      addReading(ctx, app);
      addGrants(ctx, app);
      addRoles(ctx, app);
    },
  };
}

function addReading(ctx: Part, app: App): void {
  const Search = Type.Object({
    kind: SubjectKind,
    text: Type.Optional(Type.String({ maxLength: 64 })),
    ...Paging,
  });
  app.get(
    '/subjects',
    {
      config: access('grant.view'),
      schema: { querystring: Search, response: { 200: pageOf(RightsSubject) } },
    },
    ({ query }) => listSubjects(ctx, query),
  );
  app.get('/places', { config: access('grant.view'), schema: { response: { 200: Places } } }, () =>
    getPlaces(ctx.db),
  );
  app.post(
    '/try',
    {
      config: { access: { permission: 'grant.view', scope: 'exam', audit: 'grant.tried' } },
      schema: { body: TryForm, response: { 200: TryAnswer } },
    },
    async (req) => {
      const answer = await tryIt(ctx, req.body);
      await recordAudit(ctx.db, {
        event: 'grant.tried',
        viewer: viewerOf(req),
        objectType: 'exam',
        objectId: answer.exam.id ?? undefined,
        result: 'ok',
        detail: { subjectKind: req.body.subjectKind, subject: req.body.subjectId },
        request: req,
      });
      return answer;
    },
  );
}

function addGrants(ctx: Part, app: App): void {
  const Search = Type.Object({
    subjectKind: Type.Optional(SubjectKind),
    subjectId: Type.Optional(Id),
    state: Type.Optional(GrantState),
    ...Paging,
  });
  app.get(
    '/grants',
    { config: access('grant.view'), schema: { querystring: Search, response: { 200: pageOf(GrantItem) } } },
    (req) => {
      const { subjectKind = null, subjectId = null, state = null, cursor = null, limit = 50 } = req.query;
      return listGrants(
        ctx,
        { kind: subjectKind, subjectId, state, after: cursor, limit },
        byOf(req).accountId,
      );
    },
  );
  app.post(
    '/grants',
    {
      config: access('grant.edit', 'grant.given'),
      schema: {
        body: NewGrantForm,
        response: { 201: Type.Object({ id: Id, pending: Type.Boolean() }) },
      },
    },
    async (req, reply) => reply.code(201).send(await give(ctx, req.body, byOf(req))),
  );
  app.post(
    '/grants/preview',
    { config: access('grant.edit'), schema: { body: NewGrantForm, response: { 200: GrantPreview } } },
    (req) => preview(ctx, req.body, byOf(req)),
  );
  app.post(
    '/grants/:id/revoke',
    {
      config: access('grant.edit', 'grant.revoked'),
      schema: { params: Params, body: Reason, response: { 200: Done } },
    },
    async (req) => {
      await revoke(ctx, req.params.id, byOf(req), req.body.reason);
      return { id: req.params.id };
    },
  );
  for (const [act, event, use] of [
    ['approve', 'grant.approved', approve],
    ['restore', 'grant.restored', restore],
  ] as const)
    app.post(
      `/grants/:id/${act}`,
      {
        config: access('grant.edit', event),
        schema: { params: Params, body: Empty, response: { 200: Done } },
      },
      async (req) => {
        await use(ctx, req.params.id, byOf(req));
        return { id: req.params.id };
      },
    );
}

function addRoles(ctx: Part, app: App): void {
  app.get(
    '/roles',
    { config: access('grant.view'), schema: { response: { 200: Type.Array(RoleItem) } } },
    () => listRoles(ctx),
  );
  app.put(
    '/roles/:name',
    {
      config: access('grant.edit', 'role.saved'),
      schema: { params: RoleParams, body: RoleForm, response: { 200: Type.Array(RoleItem) } },
    },
    async (req) => {
      await saveRole(ctx, req.params.name, req.body, byOf(req));
      return listRoles(ctx);
    },
  );
  app.delete(
    '/roles/:name',
    {
      config: access('grant.edit', 'role.removed'),
      schema: { params: RoleParams, response: { 200: Type.Array(RoleItem) } },
    },
    async (req) => {
      await removeRole(ctx, req.params.name, byOf(req));
      return listRoles(ctx);
    },
  );
  app.get(
    '/accounts/:id/doctor-names',
    { config: access('grant.view'), schema: { params: Params, response: { 200: DoctorNames } } },
    (req) => getDoctorNames(ctx, req.params.id),
  );
  app.put(
    '/accounts/:id/doctor-names',
    {
      config: access('grant.edit', 'grant.doctor_names_saved'),
      schema: { params: Params, body: DoctorNames, response: { 200: DoctorNames } },
    },
    (req) => saveDoctorNames(ctx, req.params.id, req.body, byOf(req)),
  );
}

function byOf(req: FastifyRequest): By {
  const viewer = viewerOf(req);
  if (viewer.kind !== 'staff') throw new AppError('access.forbidden');
  return { accountId: viewer.accountId, viewer, request: req };
}
