// The sign of the product: a cloud with a lens. Decoration; the name always stands beside it.
import type { ReactElement } from 'react';

export function Mark({ size }: { size: number }): ReactElement {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="var(--yy-brand)" />
      <path
        d="M9 22h13.5a4.5 4.5 0 0 0 .6-8.96A7 7 0 0 0 9.6 14.1 4 4 0 0 0 9 22Z"
        fill="none"
        stroke="#fff"
        strokeWidth="2.2"
        strokeLinejoin="round"
      />
      <circle cx="16" cy="17" r="2.1" fill="#fff" />
    </svg>
  );
}
