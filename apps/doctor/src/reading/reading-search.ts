// The reading room's address: which series and frame, which priors beside it, whether the report is open.

export type ReadingSearch = {
  series?: string;
  frame?: number;
  compare?: string;
  view?: string;
  place?: string;
  desk?: string;
  report?: 'on' | 'off';
  /** The room's second window. */
  screen?: '2';
};

const uid = /^[0-9.]{1,64}$/;

export function readingSearch(raw: Record<string, unknown>): ReadingSearch {
  const search: ReadingSearch = {};
  if (typeof raw.series === 'string' && uid.test(raw.series)) search.series = raw.series;
  const frame = Number(raw.frame);
  if (Number.isInteger(frame) && frame > 0 && frame < 100_000) search.frame = frame;
  const { place } = raw;
  if ((typeof place === 'string' || typeof place === 'number') && /^[0-9_.e-]{1,80}$/.test(`${place}`))
    search.place = `${place}`;
  if (typeof raw.compare === 'string' && uid.test(raw.compare)) search.compare = raw.compare;
  // How the picture is presented: the viewer reads it, with its own limits.
  if (typeof raw.view === 'string' && /^[\w.+-]{1,120}$/.test(raw.view)) search.view = raw.view;
  if (typeof raw.desk === 'string' && /^[\w.+*-]{1,1800}$/.test(raw.desk)) search.desk = raw.desk;
  if (raw.report === 'on' || raw.report === 'off') search.report = raw.report;
  if (raw.screen === '2' || raw.screen === 2) search.screen = '2';
  return search;
}
