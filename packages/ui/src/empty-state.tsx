// Nothing to show: one line, one small drawing in the brand tint, at most one action.
import type { ReactElement, ReactNode } from 'react';

export type BlankKind = 'empty' | 'problem' | 'lock' | 'time';

export function EmptyState(props: {
  title: string;
  text?: string;
  kind?: BlankKind;
  children?: ReactNode;
}): ReactElement {
  return (
    <div className="yy-blank">
      <BlankDrawing kind={props.kind ?? 'empty'} />
      <h2>{props.title}</h2>
      {props.text !== undefined && <p>{props.text}</p>}
      {props.children}
    </div>
  );
}

const drawings: Record<BlankKind, ReactElement> = {
  empty: <path d="M36 52h24M36 44h24M36 60h14" />,
  problem: <path d="M48 38v16M48 61v.5" />,
  lock: <path d="M38 49h20v14H38zM42 49v-5a6 6 0 0 1 12 0v5" />,
  time: <path d="M48 38v13l8 5M48 66a16 16 0 1 1 0-32 16 16 0 0 1 0 32Z" />,
};

/** A sheet of film with a sign on it. */
export function BlankDrawing({ kind }: { kind: BlankKind }): ReactElement {
  return (
    <svg width="96" height="96" viewBox="0 0 96 96" fill="none" aria-hidden="true">
      <rect x="20" y="16" width="56" height="64" rx="8" fill="var(--yy-brand-tint)" />
      <path d="M28 24h16" stroke="currentColor" strokeOpacity=".35" strokeWidth="2" strokeLinecap="round" />
      <g stroke="currentColor" strokeWidth="2.5" strokeLinecap="round" strokeLinejoin="round">
        {drawings[kind]}
      </g>
    </svg>
  );
}
