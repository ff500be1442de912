// Public names of the share module (level 5, below notify and portal): publication and the links that lead to it.
export type { SendLoginCode } from './entry.ts';
export { mobileOf } from './entry.ts';
export { changePublicationRule, getPublicationRule, publishByRule } from './evaluate-publication.ts';
export { createShareLink, type LinkKind, type NewLink, revokeShareLink } from './links.ts';
export { PublicationRule, permissiveRule } from './publication-rule.ts';
export { shareJobs } from './share.jobs.ts';
export { shareRoutes } from './share.routes.ts';
