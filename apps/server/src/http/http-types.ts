// What a listener is made of.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import type { AccessDeclaration } from './access-declaration.ts';
import type { Readiness } from './health.ts';

export type Listener = 'public' | 'admin';
export type Authorize = (req: FastifyRequest, declaration: AccessDeclaration) => Promise<void>;
export type HttpContext = Pick<Context, 'config' | 'log' | 'metrics'>;

export type HttpOptions = {
  listener: Listener;
  /** null: nothing but public routes is reachable (default deny). */
  authorize: Authorize | null;
  plugins: readonly HttpPlugin[];
  readiness: Readiness;
  /** Folder that holds patient/, doctor/, admin/ with their dist; absent: no pages are served. */
  appsFolder?: string;
};

/** A module's routes under one prefix: { prefix: '/dicom-web', routes: dicomwebRoutes(ctx) }. */
export type HttpPlugin = { prefix?: string; routes: FastifyPluginAsyncTypebox };
