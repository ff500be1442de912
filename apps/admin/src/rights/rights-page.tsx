// Grants and roles: who may do what and over which exams, the roles behind them, and a panel that answers what somebody
// may see. Three views under one name; which one is part of the address.
import { useT } from '@yunying/ui';
import { Button, Segmented } from 'antd';
import { Plus } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { firstPage } from '../list-search.ts';
import { PageHead } from '../page-head.tsx';
import { useList } from '../use-list.ts';
import { GiveForm } from './give-form.tsx';
import { GrantsView } from './grants-view.tsx';
import { RolesView } from './roles-view.tsx';
import { TryView } from './try-view.tsx';

const views = ['active', 'pending', 'revoked', 'ended', 'roles', 'try'] as const;
type View = (typeof views)[number];

export function RightsPage(): ReactElement {
  const t = useT();
  const { search, go } = useList();
  const [isGiving, setGiving] = useState(false);
  const view: View = views.find((one) => one === search.state) ?? 'active';
  return (
    <>
      <PageHead title={t('nav.rights')} text={t(`rights.lead.${view}`)}>
        <Button type="primary" icon={<Plus size={16} aria-hidden />} onClick={() => setGiving(true)}>
          {t('rights.give')}
        </Button>
      </PageHead>
      <div className="filters">
        <Segmented<View>
          value={view}
          aria-label={t('nav.rights')}
          onChange={(next) => go(firstPage({}, { state: next }))}
          options={views.map((one) => ({ value: one, label: t(`rights.view.${one}`) }))}
        />
      </div>
      {view === 'roles' && <RolesView />}
      {view === 'try' && <TryView />}
      {view !== 'roles' && view !== 'try' && <GrantsView state={view} />}
      <GiveForm open={isGiving} onClose={() => setGiving(false)} />
    </>
  );
}
