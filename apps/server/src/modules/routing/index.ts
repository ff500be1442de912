// Public names of routing (level 4): sending to other nodes by hand and by rule, pulling from other archives.
export { type PullAsk, resumePull, startPull, stopPull } from './pull.ts';
export { routingCommands } from './routing.cli.ts';
export { routingJobs } from './routing.jobs.ts';
export { routingRoutes } from './routing.routes.ts';
export { retrySend, sendInstances, sendStudy } from './send-study.ts';
export { studySendRoutes } from './study-sends.routes.ts';
