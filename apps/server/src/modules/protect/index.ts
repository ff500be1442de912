// Public names of the protect module (level 5, above notify): protected patients and break-glass.
export { breakGlassRoutes } from './break-glass.routes.ts';
export { protectJobs } from './protect.jobs.ts';
export { protectionRoutes } from './protection.routes.ts';
export { runJob as labelEverybodyJob } from './rules.ts';
