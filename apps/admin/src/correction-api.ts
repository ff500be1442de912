// The routes of study edits (see console-api.ts). Bodies of the edits are those of their previews, with the reason.
import type {
  EditAsk,
  EditPreview,
  EditProgress,
  InstanceToEdit,
  RevealedStudy,
  StudyEdit,
  StudyFound,
  StudyToEdit,
} from '@yunying/api';
import { call, type Page, type PageAsk, paged } from './console-api.ts';

const root = '/api/study-edits';

export const correctionApi = {
  studies: (text: string, ask: PageAsk, signal?: AbortSignal) =>
    call<Page<StudyFound>>('GET', paged(`${root}/studies`, ask, { text }), undefined, signal),
  study: (uid: string, signal?: AbortSignal) =>
    call<StudyToEdit>('GET', `${root}/studies/${uid}`, undefined, signal),
  instances: (study: string, series: string, signal?: AbortSignal) =>
    call<InstanceToEdit[]>('GET', `${root}/studies/${study}/series/${series}/instances`, undefined, signal),
  revealStudy: (uid: string) => call<RevealedStudy>('POST', `${root}/studies/${uid}/reveal`, {}),
  revealEdit: (id: string) => call<StudyEdit>('POST', `${root}/${id}/reveal`, {}),
  preview: (ask: EditAsk, revealed: boolean) =>
    call<EditPreview>('POST', `${root}/preview`, { ...ask, revealed }),
  edits: (ask: PageAsk, signal?: AbortSignal) =>
    call<Page<StudyEdit>>('GET', paged(root, ask), undefined, signal),
  progress: (id: string, signal?: AbortSignal) =>
    call<EditProgress>('GET', `${root}/${id}`, undefined, signal),
  /** `isHiding`: of the edit to take back; what was deleted or rejected is restored, by those who may. */
  make: ({ way, editId, ...body }: EditAsk, reason: string, isHiding: boolean) =>
    way === 'undo'
      ? call<{ id: string }>('POST', `${root}/${editId}/${isHiding ? 'restore' : 'undo'}`, {})
      : call<{ id: string }>('POST', `${root}/${way}`, { ...body, reason }),
};
