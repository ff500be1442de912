// Public names of the operations module (level 5): the console's numbers, jobs, and registering nodes.
export { operationsRoutes } from './operations.routes.ts';
