// The quiet page around log-in and password change.
import { LanguageToggle, useT } from '@yunying/ui';
import type { ReactElement, ReactNode } from 'react';

export function EntryCard(props: { title: string; lead?: string; children: ReactNode }): ReactElement {
  const t = useT();
  return (
    <main className="entry">
      <div className="entry-card">
        <header className="entry-head">
          <img src="/doctor/icon.svg" width="28" height="28" alt="" />
          <span>{t('app.name')}</span>
          <LanguageToggle />
        </header>
        <h1>{props.title}</h1>
        {props.lead !== undefined && <p className="entry-lead">{props.lead}</p>}
        {props.children}
      </div>
    </main>
  );
}

/** A refusal above the form's button, read aloud at once. */
export function EntryRefusal(props: { text: string | null }): ReactElement {
  return (
    <div role="alert" className="entry-refusal">
      {props.text}
    </div>
  );
}
