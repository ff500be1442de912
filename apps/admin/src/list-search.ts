// The state of every table, kept in the address: what is shown, which page, which row is open. A copied address, the
// back button and a reload all show the same rows. Cursors are 64-bit ids, so nothing here ever becomes a number.
export type ListSearch = {
  /** Cursors of the pages before this one, oldest first: 12.10 is page three. */
  after?: string;
  limit?: string;
  state?: string;
  item?: string;
  /** Study Instance UID of the study that is open. */
  study?: string;
};

export const limits = [20, 50, 100] as const;
const standardLimit = 20;
const deepest = 60;

export function readSearch(raw: Record<string, unknown>): ListSearch {
  const found: ListSearch = {};
  const { after, limit, state, item, study } = raw;
  if (typeof after === 'string' && /^\d{1,19}(\.\d{1,19})*$/.test(after)) found.after = after;
  if (typeof limit === 'string' && limits.some((one) => String(one) === limit)) found.limit = limit;
  if (typeof state === 'string' && /^[a-z]{1,16}$/.test(state)) found.state = state;
  if (typeof item === 'string' && /^[a-z0-9]{1,19}$/.test(item)) found.item = item;
  if (typeof study === 'string' && /^[0-9.]{1,64}$/.test(study)) found.study = study;
  return found;
}

export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

export function writeSearch(search: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) if (typeof value === 'string') query.set(key, value);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

export type Paging = { cursor: string | null; page: number; limit: number };

export function pagingOf(search: ListSearch): Paging {
  const trail = trailOf(search);
  return {
    cursor: trail.at(-1) ?? null,
    page: trail.length + 1,
    limit: Number(search.limit ?? standardLimit),
  };
}

export function nextPage(search: ListSearch, cursor: string): ListSearch {
  return { ...search, after: [...trailOf(search), cursor].slice(-deepest).join('.') };
}

export function previousPage(search: ListSearch): ListSearch {
  const { after: _, ...rest } = search;
  const trail = trailOf(search).slice(0, -1);
  return trail.length === 0 ? rest : { ...rest, after: trail.join('.') };
}

/** Another selection begins on its first page. */
export function firstPage(search: ListSearch, change: ListSearch = {}): ListSearch {
  const { after: _, item: __, study: ___, ...rest } = search;
  return { ...rest, ...change };
}

function trailOf(search: ListSearch): string[] {
  return search.after === undefined ? [] : search.after.split('.');
}
