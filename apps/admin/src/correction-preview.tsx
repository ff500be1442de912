// What the server says an edit will do: attributes before and after, how many objects, which studies, examinations and
// reports are touched. Consequences that concern people outside (patients, doctors) stand first.
import type { EditPreview, EditWay, StudyStanding } from '@yunying/api';
import { useT } from '@yunying/ui';
import { Alert } from 'antd';
import { ArrowRight } from 'lucide-react';
import type { ReactElement } from 'react';
import { warningsOf } from './correction-warnings.ts';
import { attributeValue, attributeWord, seriesKeywords, studyKeywords } from './corrections.ts';
import { formatCount } from './measure.ts';
import { unlinkedReason } from './reasons.ts';

type Seen = EditPreview['studies'][number];

export function PreviewFacts(props: { way: EditWay; preview: EditPreview }): ReactElement {
  const t = useT();
  const { preview } = props;
  const warnings = warningsOf(t, preview);
  return (
    <div className="preview">
      <p className="preview-count">{t('corrections.affects', { count: formatCount(preview.objectCount) })}</p>
      {warnings.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t('corrections.warnings')}
          description={
            <ul className="consequences">
              {warnings.map((warning) => (
                <li key={warning}>{warning}</li>
              ))}
            </ul>
          }
        />
      )}
      {preview.changes.length > 0 && <Changes changes={preview.changes} />}
      <section aria-label={t('corrections.studies')}>
        <h3>{t('corrections.studies')}</h3>
        <ul className="preview-studies">
          {preview.studies.map((seen, at) => (
            <Study key={seen.studyInstanceUid ?? at} seen={seen} />
          ))}
        </ul>
      </section>
      <p className="corrections-soft">
        {t(props.way === 'undo' ? 'corrections.undoStays' : 'corrections.bytesStay')}
      </p>
    </div>
  );
}

function Changes({ changes }: Pick<EditPreview, 'changes'>): ReactElement {
  const t = useT();
  return (
    <table className="preview-changes">
      <thead>
        <tr>
          <th scope="col">{t('corrections.attribute')}</th>
          <th scope="col">{t('corrections.before')}</th>
          <th scope="col">{t('corrections.after')}</th>
        </tr>
      </thead>
      <tbody>
        {inOrder(changes).map(({ keyword, before, after }) => (
          <tr key={keyword}>
            <th scope="row">{attributeWord(t, keyword)}</th>
            <td>{attributeValue(t, keyword, before)}</td>
            <td>{attributeValue(t, keyword, after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** As the attributes of a study are listed everywhere. */
function inOrder(changes: EditPreview['changes']): EditPreview['changes'] {
  const order: readonly string[] = [...studyKeywords, ...seriesKeywords];
  return changes.toSorted((a, b) => order.indexOf(a.keyword) - order.indexOf(b.keyword));
}

function Study({ seen }: { seen: Seen }): ReactElement {
  const t = useT();
  return (
    <li>
      <span className="cell-code preview-uid">{seen.studyInstanceUid ?? t('corrections.newStudy')}</span>
      <div className="preview-pair">
        <Standing
          of={seen.before}
          absent={t(seen.studyInstanceUid === null ? 'corrections.notYet' : 'corrections.hidden')}
        />
        <ArrowRight size={16} aria-label={t('corrections.becomes')} />
        <Standing of={seen.after} absent={t('corrections.hidden')} />
      </div>
    </li>
  );
}

function Standing({ of, absent }: { of: StudyStanding | null; absent: string }): ReactElement {
  const t = useT();
  if (of === null) return <div className="preview-absent">{absent}</div>;
  return (
    <div>
      {t('corrections.counts', { series: formatCount(of.seriesCount), count: formatCount(of.instanceCount) })}
      <small className="cell-detail">
        {of.exam === null
          ? unlinkedReason(t, of.linkReason ?? '')
          : t(of.exam.fromOrder ? 'corrections.exam' : 'corrections.ownExam', {
              name: of.exam.itemName,
              number: of.exam.accessionNumber ?? '—',
            })}
      </small>
      {of.exam !== null && of.exam.reportCount > 0 && (
        <small className="cell-detail">{t('corrections.reports', { count: of.exam.reportCount })}</small>
      )}
    </div>
  );
}
