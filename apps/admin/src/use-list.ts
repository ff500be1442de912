// The search of the current address, and how a screen changes it. Every change of page is a step of the browser's
// history; opening and closing a row is not.
import { useLocation, useRouter } from '@tanstack/react-router';
import {
  type ListSearch,
  type Paging,
  pagingOf,
  parseSearch,
  readSearch,
  writeSearch,
} from './list-search.ts';

export type ListState = {
  search: ListSearch;
  paging: Paging;
  go: (search: ListSearch, how?: { replace?: boolean }) => void;
};

export function useList(): ListState {
  const { history } = useRouter();
  const { pathname, searchStr } = useLocation();
  const search = readSearch(parseSearch(searchStr));
  return {
    search,
    paging: pagingOf(search),
    go: (next, how = {}) => {
      const href = `${pathname}${writeSearch(next)}`;
      if (how.replace === true) history.replace(href);
      else history.push(href);
    },
  };
}
