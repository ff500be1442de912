// Public names of storage commitment.
export { commitmentJobs } from './commitment.jobs.ts';
export { commitmentService } from './commitment.scp.ts';
export { type CommitmentAnswer, getCommitment, requestCommitment } from './request-commitment.ts';
