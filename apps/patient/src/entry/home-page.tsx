// The front door without a link: what this is and how to get in. Who has a session goes on to the exams.
import { api } from '@yunying/api';
import { useT } from '@yunying/ui';
import { MessageSquareText, QrCode, ShieldCheck } from 'lucide-react';
import type { ReactElement } from 'react';
import { Link } from '../navigation/link.tsx';
import { pathTo } from '../navigation/routes.ts';
import { Page } from '../parts/page.tsx';
import { useApi } from '../query.ts';

export function HomePage(): ReactElement {
  const t = useT();
  const me = useApi(['me'], (signal) => api.me({ signal }));
  const isIn = me.data?.kind === 'patient';
  return (
    <Page
      title={me.data?.institutionName || t('app.title')}
      back={false}
      preferences
      foot={
        isIn ? (
          <Link to={pathTo.exams} className="yy-button" look="primary">
            {t('app.toExams')}
          </Link>
        ) : undefined
      }
    >
      <section className="greeting">
        <h2>{t('home.title')}</h2>
        <p>{t('home.text')}</p>
      </section>
      <section className="card how">
        <h2>{t('home.how')}</h2>
        <ol>
          <li>
            <MessageSquareText aria-hidden="true" />
            <span>{t('home.stepSms')}</span>
          </li>
          <li>
            <QrCode aria-hidden="true" />
            <span>{t('home.stepQr')}</span>
          </li>
          <li>
            <ShieldCheck aria-hidden="true" />
            <span>{t('home.stepProve')}</span>
          </li>
        </ol>
      </section>
    </Page>
  );
}
