// Routes of protected patients, and the keys of their lists in the cache.
import type {
  GlassOpening,
  GlassReview,
  NewProtectionGrant,
  NewProtectionLabel,
  NewProtectionRule,
  ProtectedPerson,
  ProtectedPersonDetail,
  ProtectionGrant,
  ProtectionRules,
  UnmaskedPerson,
} from '@yunying/api';
import { call, type Page, type PageAsk, paged } from '../console-api.ts';

/** Begins every key: an act on one list may change the others. */
export const protectedKey = 'protected';
const base = '/api/protection';

export const protectionApi = {
  persons: (tag: string | null, ask: PageAsk, signal?: AbortSignal) =>
    call<Page<ProtectedPerson>>(
      'GET',
      paged(`${base}/persons`, ask, tag === null ? {} : { tag }),
      undefined,
      signal,
    ),
  find: (number: string) => call<ProtectedPerson>('POST', `${base}/persons/find`, { number }),
  person: (id: string, signal?: AbortSignal) =>
    call<ProtectedPersonDetail>('GET', `${base}/persons/${id}`, undefined, signal),
  unmask: (id: string) => call<UnmaskedPerson>('POST', `${base}/persons/${id}/unmask`, {}),
  setLabel: (id: string, label: NewProtectionLabel) =>
    call<{ id: string }>('POST', `${base}/persons/${id}/labels`, label),
  removeLabel: (id: string, reason: string) => call<void>('POST', `${base}/labels/${id}/remove`, { reason }),
  askGrant: (id: string, grant: NewProtectionGrant) =>
    call<{ id: string }>('POST', `${base}/persons/${id}/grants`, grant),
  grants: (ask: PageAsk, signal?: AbortSignal) =>
    call<Page<ProtectionGrant>>('GET', paged(`${base}/grants`, ask), undefined, signal),
  decideGrant: (id: string, act: 'approve' | 'refuse' | 'revoke') =>
    call<void>('POST', `${base}/grants/${id}/${act}`, {}),
  openings: (state: 'waiting' | 'reviewed', ask: PageAsk, signal?: AbortSignal) =>
    call<Page<GlassOpening>>('GET', paged(`${base}/break-glass`, ask, { state }), undefined, signal),
  review: (id: string, review: GlassReview) => call<void>('POST', `${base}/break-glass/${id}/review`, review),
  rules: (signal?: AbortSignal) => call<ProtectionRules>('GET', `${base}/rules`, undefined, signal),
  saveRule: (id: string | null, rule: NewProtectionRule) =>
    id === null
      ? call<{ id: string }>('POST', `${base}/rules`, rule)
      : call<{ id: string }>('PUT', `${base}/rules/${id}`, rule),
  removeRule: (id: string) => call<void>('DELETE', `${base}/rules/${id}`),
  run: () => call<{ jobId: string }>('POST', `${base}/rules/run`, {}),
};
