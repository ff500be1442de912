// A link to a screen of the console with the state of its table. An ordinary anchor: it opens in a new tab, can be
// copied, and says whether it is the current page. (The router's own Link takes its types from one registered router
// per program, and the three web apps are checked as one program.)
import { useLocation, useRouter } from '@tanstack/react-router';
import type { MouseEvent, ReactElement, ReactNode } from 'react';
import { type ListSearch, writeSearch } from './list-search.ts';
import type { Screen } from './screens.ts';

export function ScreenLink(props: {
  to: Screen;
  search?: ListSearch;
  className?: string;
  tone?: string;
  onFollow?: () => void;
  children: ReactNode;
}): ReactElement {
  const { to, search = {}, onFollow } = props;
  const { history } = useRouter();
  const { pathname } = useLocation();
  const href = `${to}${writeSearch(search)}`;
  const follow = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    history.push(href);
    onFollow?.();
  };
  return (
    <a
      href={href}
      className={props.className}
      data-tone={props.tone}
      aria-current={pathname === to ? 'page' : undefined}
      onClick={follow}
    >
      {props.children}
    </a>
  );
}
