// A link inside the app: a real address (long press, open in a new window) that does not reload the page.
import type { MouseEvent, ReactElement, ReactNode } from 'react';
import { navigate } from './history.ts';

export function Link(props: {
  to: string;
  className?: string;
  look?: 'primary';
  label?: string;
  replace?: boolean;
  children: ReactNode;
}): ReactElement {
  const follow = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(props.to, { replace: props.replace === true });
  };
  return (
    <a
      href={props.to}
      className={props.className}
      data-look={props.look}
      aria-label={props.label}
      onClick={follow}
    >
      {props.children}
    </a>
  );
}
