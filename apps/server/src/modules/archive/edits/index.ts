// Public names of study edits within the archive and for the wiring.
export { readCorrections } from './corrections.ts';
export { editJobs } from './edits.jobs.ts';
export { studyEditRoutes } from './edits.routes.ts';
export { followEdits } from './follow-edits.ts';
export { hideObjects, restoreObjects } from './hide-objects.ts';
export { editGeneration } from './in-edit.ts';
