// Public names of the operations module (level 5): the console's numbers and jobs.
export { operationsRoutes } from './operations.routes.ts';
export { settingRoutes } from './setting.routes.ts';
