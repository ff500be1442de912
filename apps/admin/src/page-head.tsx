// The head of a screen: its name, one sentence that says what is listed here, and its actions.
import type { ReactElement, ReactNode } from 'react';

export function PageHead(props: { title: string; text: string; children?: ReactNode }): ReactElement {
  return (
    <header className="page-head">
      <div>
        <h1>{props.title}</h1>
        <p>{props.text}</p>
      </div>
      {props.children !== undefined && <div className="page-actions">{props.children}</div>}
    </header>
  );
}
