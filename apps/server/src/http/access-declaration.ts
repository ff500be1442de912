// What every route must say about itself: which permission it needs, over which scope, and what the audit
// trail calls it. The access module enforces it; create-http.ts refuses to start when one is missing.

export type Scope =
  | 'none' // touches no record of a person
  | 'self' // the caller's own account or session
  | 'study'
  | 'exam'
  | 'report'
  | 'person'
  | 'share'
  | 'institution'
  | 'all'; // may cross people; the module filters by the caller's rights

export type AccessDeclaration = {
  /** 'public' needs no session. Others are permission names of the access module, e.g. 'study.read'. */
  permission: string;
  /** Enough as well; the route then does less for its holder. */
  orPermission?: string;
  scope: Scope;
  /** Name of the audit event; absent = not audited. */
  audit?: string;
  /** Asked by open pages themselves, again and again: keeps no session alive. */
  quiet?: boolean;
  /** Also without a session when the peer is this machine itself (monitoring). */
  loopback?: boolean;
};

export const publicAccess: AccessDeclaration = { permission: 'public', scope: 'none' };

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: AccessDeclaration;
  }
}
