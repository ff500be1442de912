// Public names of the trail module: the audit trail as evidence. Rows are written by the audit module, below everything.
export { trailCommands } from './trail.cli.ts';
export { trailJobs } from './trail.jobs.ts';
export { trailRoutes } from './trail.routes.ts';
export { startTrailBeat } from './trail-beat.ts';
export { type Fault, type Verdict, verifyTrail } from './verify-trail.ts';
