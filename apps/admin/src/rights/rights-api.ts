// Routes of grants, roles and "try it", and the keys of their lists in the cache.
import type {
  GrantItem,
  GrantPreview,
  GrantState,
  NewGrantForm,
  Places,
  RightsSubject,
  RoleForm,
  RoleItem,
  SubjectKind,
  TryAnswer,
  TryForm,
} from '@yunying/api';
import { currentLanguage } from '@yunying/ui';
import { call, type Page, type PageAsk, paged } from '../console-api.ts';

/** Begins every key: an act on one list may change the others. */
export const rightsKey = 'rights';
const root = '/api/rights';

export const rightsApi = {
  subjects: (kind: SubjectKind, text: string, signal?: AbortSignal) =>
    call<Page<RightsSubject>>(
      'GET',
      paged(`${root}/subjects`, { cursor: null, limit: 20 }, text === '' ? { kind } : { kind, text }),
      undefined,
      signal,
    ),
  grants: (
    state: GrantState,
    subject: { kind: SubjectKind; id: string } | null,
    ask: PageAsk,
    signal?: AbortSignal,
  ) =>
    call<Page<GrantItem>>(
      'GET',
      paged(`${root}/grants`, ask, {
        state,
        ...(subject === null ? {} : { subjectKind: subject.kind, subjectId: subject.id }),
      }),
      undefined,
      signal,
    ),
  give: (form: NewGrantForm) => call<{ id: string; pending: boolean }>('POST', `${root}/grants`, form),
  preview: (form: NewGrantForm) => call<GrantPreview>('POST', `${root}/grants/preview`, form),
  revoke: (id: string, reason: string) => call<unknown>('POST', `${root}/grants/${id}/revoke`, { reason }),
  approve: (id: string) => call<unknown>('POST', `${root}/grants/${id}/approve`, {}),
  restore: (id: string) => call<unknown>('POST', `${root}/grants/${id}/restore`, {}),
  roles: (signal?: AbortSignal) => call<RoleItem[]>('GET', `${root}/roles`, undefined, signal),
  saveRole: (name: string, form: RoleForm) => call<RoleItem[]>('PUT', `${root}/roles/${name}`, form),
  removeRole: (name: string) => call<RoleItem[]>('DELETE', `${root}/roles/${name}`),
  places: (signal?: AbortSignal) => call<Places>('GET', `${root}/places`, undefined, signal),
  doctorNames: (id: string, signal?: AbortSignal) =>
    call<string[]>('GET', `${root}/accounts/${id}/doctor-names`, undefined, signal),
  saveDoctorNames: (id: string, names: string[]) =>
    call<string[]>('PUT', `${root}/accounts/${id}/doctor-names`, names),
  tryIt: (form: TryForm) => call<TryAnswer>('POST', `${root}/try`, form),
};

/** Of two sentences the one in the language of the screens. */
export function inLanguage(words: { zh: string; en: string }): string {
  return currentLanguage() === 'en' ? words.en : words.zh;
}
