// Public names of instance availability.
export { availabilityJobs } from './availability.jobs.ts';
export { availabilityRoutes } from './availability.routes.ts';
export { availabilityService } from './availability.scp.ts';
export { findHolders } from './keep-notice.ts';
