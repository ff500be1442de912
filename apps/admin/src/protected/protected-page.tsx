// Protected patients: the restricted list, grants that two persons give, the review of break-glass, and the rules that
// label. Four lists under one name; which one is part of the address.
import { useT } from '@yunying/ui';
import { Segmented } from 'antd';
import type { ReactElement } from 'react';
import { firstPage } from '../list-search.ts';
import { PageHead } from '../page-head.tsx';
import { useList } from '../use-list.ts';
import { GrantsView } from './grants-view.tsx';
import { AddPerson, PersonsView } from './persons-view.tsx';
import { ReviewsView } from './reviews-view.tsx';
import { AddRule, RulesView } from './rules-view.tsx';

const views = ['persons', 'grants', 'reviews', 'rules'] as const;
type View = (typeof views)[number];

export function ProtectedPage(): ReactElement {
  const t = useT();
  const { search, go } = useList();
  const view: View = views.find((one) => one === search.state) ?? 'persons';
  return (
    <>
      <PageHead title={t('nav.protected')} text={t(`protected.lead.${view}`)}>
        {view === 'persons' && <AddPerson />}
        {view === 'rules' && <AddRule />}
      </PageHead>
      <div className="filters">
        <Segmented<View>
          value={view}
          aria-label={t('nav.protected')}
          onChange={(next) => go(firstPage({}, { state: next }))}
          options={views.map((one) => ({ value: one, label: t(`protected.view.${one}`) }))}
        />
      </div>
      {view === 'persons' && <PersonsView />}
      {view === 'grants' && <GrantsView />}
      {view === 'reviews' && <ReviewsView />}
      {view === 'rules' && <RulesView />}
    </>
  );
}
