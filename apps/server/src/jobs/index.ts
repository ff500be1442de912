// Durable jobs in PostgreSQL. `enqueue` is a row in the caller's transaction; workers take rows with
// FOR UPDATE SKIP LOCKED, woken by NOTIFY and by polling. At least once: a job function must be safe to repeat.
// An AppError whose row says retry: false goes to the dead list at once; anything else is retried with back-off.
export { createJobs } from './create-jobs.ts';
export type {
  EnqueueOptions,
  JobDeclaration,
  JobFunction,
  JobPayload,
  JobRun,
  Jobs,
  JobTable,
} from './job-types.ts';
export { measureJobs } from './measure-jobs.ts';
export { publish, type Topic, type TopicPayload, topics } from './topics.ts';
