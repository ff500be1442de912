// What the security and the audit administrator see for now: that their account works, and that their screens are
// not built yet. Nothing of the system administrator's, who may not do their work either.
import { EmptyState, useT } from '@yunying/ui';
import type { ReactElement } from 'react';

const known = ['security_admin', 'audit_admin'];

export function RolePage({ role }: { role: string | null }): ReactElement {
  const t = useT();
  const name = role !== null && known.includes(role) ? role : 'other';
  return <EmptyState kind="lock" title={t(`role.${name}.title`)} text={t(`role.${name}.text`)} />;
}
