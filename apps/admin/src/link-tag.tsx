// Whether a study belongs to an examination, and why not; while it is being looked up again it says that.
import type { StudyFound } from '@yunying/api';
import { useT } from '@yunying/ui';
import { Tag } from 'antd';
import type { ReactElement } from 'react';
import { unlinkedReason } from './reasons.ts';

export function LinkTag({
  study,
}: {
  study: Pick<StudyFound, 'linkState' | 'linkReason' | 'settled'>;
}): ReactElement {
  const t = useT();
  if (!study.settled || study.linkState === 'waiting')
    return <Tag color="processing">{t('corrections.linkState.waiting')}</Tag>;
  if (study.linkState === 'linked') return <Tag color="success">{t('corrections.linkState.linked')}</Tag>;
  return (
    <>
      <Tag color="warning">{t('corrections.linkState.unlinked')}</Tag>
      {study.linkReason !== null && (
        <small className="cell-detail">{unlinkedReason(t, study.linkReason)}</small>
      )}
    </>
  );
}
