// Compression of stored objects: policies, the walk, figures, the way back.
export { compressionJobs, compressStudiesJob } from './compression.jobs.ts';
export { compressionRoutes } from './compression.routes.ts';
export { lossyRatioFor } from './policies.ts';
export { getPreviewSubject, recordPreview } from './record-preview.ts';
