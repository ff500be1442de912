// Public names of the HTTP foundation, for the modules' route files.
export { type AccessDeclaration, publicAccess, type Scope } from './access-declaration.ts';
export { createHttp, type HttpApp } from './create-http.ts';
export type { Authorize, HttpOptions, HttpPlugin, Listener } from './http-types.ts';
