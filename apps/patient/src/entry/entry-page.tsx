// What the link of an SMS or of a printed report opens: the person's own examination first, then the second factor.
// Who has proved it already goes straight on to the examination.
import { api, type Entry } from '@yunying/api';
import { currentLanguage, Skeleton, SkeletonGroup, useT } from '@yunying/ui';
import { FileCheck2, Hourglass } from 'lucide-react';
import { type ReactElement, useEffect, useState } from 'react';
import { navigate } from '../navigation/history.ts';
import { pathTo } from '../navigation/routes.ts';
import { Page } from '../parts/page.tsx';
import { Refused } from '../parts/signed-out.tsx';
import { queryClient, useApi } from '../query.ts';
import { IdentityForm } from './identity-form.tsx';
import { rememberEntryCode } from './last-entry.ts';
import { PrivacySheet } from './privacy-sheet.tsx';
import { SmsForm } from './sms-form.tsx';

export function EntryPage({ code }: { code: string }): ReactElement {
  const t = useT();
  const entry = useApi(['entry', code], (signal) =>
    api.openEntry(code, { signal, language: currentLanguage() }),
  );
  const wantsMore = new URLSearchParams(window.location.search).has('all');
  const provedExam = entry.data?.proved === true && !wantsMore ? entry.data.examId : null;
  useEffect(() => {
    rememberEntryCode(code);
    if (provedExam !== null) navigate(pathTo.exam(provedExam), { replace: true });
  }, [code, provedExam]);

  const enter = (examId: string) => {
    queryClient.clear(); // what the former session saw is not this one's
    navigate(wantsMore ? pathTo.exams : pathTo.exam(examId), { replace: true });
  };
  const title = entry.data?.institutionName ?? t('app.title');
  return (
    <Page title={title} back={false} preferences>
      {entry.error !== null && <Refused error={entry.error} onRetry={entry.retry} to="home" />}
      {entry.error === null && (entry.data === undefined || provedExam !== null) && <EntrySkeleton />}
      {entry.data !== undefined && provedExam === null && (
        <EntryContent code={code} entry={entry.data} onProved={enter} />
      )}
    </Page>
  );
}

function EntryContent(props: {
  code: string;
  entry: Entry;
  onProved: (examId: string) => void;
}): ReactElement {
  const t = useT();
  const { code, entry, onProved } = props;
  const [chosen, setChosen] = useState<'sms' | 'identity' | null>(null);
  const [showsPrivacy, setShowsPrivacy] = useState(false);
  const factor = chosen ?? entry.factors[0];
  const Sign = entry.reportReady ? FileCheck2 : Hourglass;
  return (
    <div className="entry">
      <section className="card entry-exam">
        <span className="entry-sign" data-ready={entry.reportReady ? '' : undefined}>
          <Sign aria-hidden="true" />
        </span>
        <p className="entry-state">{t(entry.reportReady ? 'entry.ready' : 'entry.notReady')}</p>
        <h2>{entry.examName}</h2>
        <p className="soft">{entry.examDate}</p>
      </section>
      <section className="card entry-proof" aria-labelledby="prove">
        <h2 id="prove">{t('entry.prove')}</h2>
        <p className="soft">{t('entry.proveText')}</p>
        {entry.factors.length > 1 && (
          <div className="tabs" role="tablist" aria-label={t('entry.prove')}>
            {entry.factors.map((one) => (
              <button
                key={one}
                type="button"
                role="tab"
                aria-selected={one === factor}
                onClick={() => setChosen(one)}
              >
                {t(`entry.${one}`)}
              </button>
            ))}
          </div>
        )}
        {factor === 'sms' && (
          <SmsForm code={code} phoneMasked={entry.phoneMasked ?? ''} onProved={onProved} />
        )}
        {factor === 'identity' && <IdentityForm code={code} onProved={onProved} />}
        {factor === undefined && <p className="notice">{t('entry.noFactor')}</p>}
        <button type="button" className="text-button" onClick={() => setShowsPrivacy(true)}>
          {t('entry.privacy')}
        </button>
      </section>
      {showsPrivacy && <PrivacySheet onClose={() => setShowsPrivacy(false)} />}
    </div>
  );
}

function EntrySkeleton(): ReactElement {
  return (
    <SkeletonGroup className="entry">
      <div className="card entry-exam">
        <Skeleton width={56} height={56} round />
        <Skeleton width="50%" height={18} />
        <Skeleton width="70%" height={26} />
        <Skeleton width="30%" height={16} />
      </div>
      <div className="card entry-proof">
        <Skeleton width="40%" height={24} />
        <Skeleton height={48} />
        <Skeleton height={56} />
        <Skeleton height={52} />
      </div>
    </SkeletonGroup>
  );
}
