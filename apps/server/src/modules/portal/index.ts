// Public names of the portal module (level 5, top): the REST of the patient and doctor apps.
export { hangingRoutes } from './hanging/hanging.routes.ts';
export { portalRoutes } from './portal.routes.ts';
export { preferencesRoutes } from './reader/preferences.routes.ts';
export { sessionRoutes } from './session.routes.ts';
export type { GetStudyMedia, StudyMedia } from './study-media.ts';
