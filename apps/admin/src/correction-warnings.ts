// What somebody else will notice of a correction, found in its preview: reports that lose their pictures, patients who
// lose or gain sight of some, orders that are not linked any more.
import type { EditedExam, EditPreview } from '@yunying/api';
import type { Translate } from '@yunying/ui';
import { unlinkedReason } from './reasons.ts';

type Studies = EditPreview['studies'];

/** By examination, because a study that is split or put together may leave all pictures where they belong. */
export function warningsOf(t: Translate, { studies }: { studies: Studies }): string[] {
  const found: string[] = [];
  for (const exam of examsOf(studies)) {
    const [before, after] = [picturesOf(studies, exam.id, 'before'), picturesOf(studies, exam.id, 'after')];
    if (after === 0 && exam.reportCount > 0)
      found.push(t('corrections.warn.reports', { name: exam.itemName, count: exam.reportCount }));
    if (after < before && exam.published)
      found.push(t('corrections.warn.published', { name: exam.itemName, count: before - after }));
    if (after > before && exam.published)
      found.push(t('corrections.warn.becomesPublished', { name: exam.itemName, count: after - before }));
  }
  for (const { before, after } of studies)
    if (before?.linkState === 'linked' && after !== null && after.linkState !== 'linked')
      found.push(t('corrections.warn.unlinked', { reason: unlinkedReason(t, after.linkReason ?? '') }));
  return found;
}

function examsOf(studies: Studies): EditedExam[] {
  const exams = studies.flatMap(({ before, after }) => [before?.exam, after?.exam]);
  return [...new Map(exams.filter((exam) => exam != null).map((exam) => [exam.id, exam])).values()];
}

function picturesOf(studies: Studies, examId: string, when: 'before' | 'after'): number {
  return studies.reduce((sum, study) => {
    const standing = study[when];
    return standing?.exam?.id === examId ? sum + standing.instanceCount : sum;
  }, 0);
}
