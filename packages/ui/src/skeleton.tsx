// Grey shapes of what comes. Width and height are CSS lengths; a group says once to screen readers that it loads.
import type { ReactElement, ReactNode } from 'react';
import { useT } from './i18n/set-up.ts';

export function Skeleton(props: {
  width?: number | string;
  height?: number | string;
  round?: boolean;
}): ReactElement {
  const { width = '100%', height = '1em', round = false } = props;
  return (
    <span
      className="yy-skeleton"
      aria-hidden="true"
      style={{ width, height, ...(round ? { borderRadius: '50%' } : {}) }}
    />
  );
}

export function SkeletonGroup(props: { className?: string; children: ReactNode }): ReactElement {
  const t = useT();
  return (
    <div className={props.className} role="status" aria-busy="true">
      <span className="yy-hidden">{t('ui.loading')}</span>
      {props.children}
    </div>
  );
}
