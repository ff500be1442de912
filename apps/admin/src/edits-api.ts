// The routes of study edits, one function each.
import { callApi, type StudyEdit, type StudyToEdit } from '@yunying/api';
import { currentLanguage } from '@yunying/ui';
import type { Page, PageAsk } from './console-api.ts';

export type EditAsk = { path: string; body: Record<string, unknown> };

function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  return callApi<T>(method, `/api/study-edits${path}`, body, {
    language: currentLanguage(),
    ...(signal === undefined ? {} : { signal }),
  });
}

export const editsApi = {
  find: (text: string, signal: AbortSignal) =>
    call<StudyToEdit[]>('GET', `/studies?${new URLSearchParams({ text })}`, undefined, signal),
  list: ({ cursor, limit }: PageAsk, signal: AbortSignal) => {
    const query = new URLSearchParams({ limit: String(limit), ...(cursor === null ? {} : { cursor }) });
    return call<Page<StudyEdit>>('GET', `?${query}`, undefined, signal);
  },
  make: ({ path, body }: EditAsk) => call<{ id: string }>('POST', `/${path}`, body),
  takeBack: ({ id, kind }: Pick<StudyEdit, 'id' | 'kind'>) =>
    call<{ id: string }>('POST', `/${id}/${kind === 'delete' || kind === 'reject' ? 'restore' : 'undo'}`, {}),
};
