// An address that leads nowhere: says so and leads back to the list.
import { Link } from '@tanstack/react-router';
import { EmptyState, useT } from '@yunying/ui';
import type { ReactElement } from 'react';

export function NotFound(): ReactElement {
  const t = useT();
  return (
    <EmptyState title={t('notFound.title')}>
      <Link to="/doctor" className="yy-button">
        {t('notFound.toList')}
      </Link>
    </EmptyState>
  );
}
