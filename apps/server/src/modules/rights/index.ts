// Public names of the module rights: grants and roles as the security administrator keeps them. Decisions are access's.
export { rightsRoutes } from './rights.routes.ts';
