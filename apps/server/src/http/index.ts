// Public names of the HTTP foundation, for the modules' route files.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';

export { type AccessDeclaration, publicAccess, type Scope } from './access-declaration.ts';
export { type Authorize, createHttp, type HttpApp, type HttpOptions, type Listener } from './create-http.ts';

/** A module's routes under one prefix: { prefix: '/dicom-web', routes: dicomwebRoutes(ctx) }. */
export type HttpPlugin = { prefix?: string; routes: FastifyPluginAsyncTypebox };
