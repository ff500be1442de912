// Printing on film: how the sheets are to be, and how far earlier prints of the study are. Offered only where a film
// printer is registered.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, type FilmPrint, type FilmSize, filmLayouts, filmSizes, type StudyPrint } from '@yunying/api';
import { currentLanguage, sentenceOf, useT } from '@yunying/ui';
import type { ReactElement } from 'react';

export type FilmWish = Omit<FilmPrint, 'pictures' | 'identity' | 'trueSize'> & {
  from: 'screen' | 'series';
  sheets: number;
};

export const standardFilm: FilmWish = {
  nodeId: '',
  from: 'series',
  sheets: 1,
  columns: 4,
  rows: 5,
  filmSize: '14INX17IN',
  orientation: 'PORTRAIT',
  medium: 'BLUE FILM',
  copies: 1,
};

const mostPictures = 120;
const language = () => ({ language: currentLanguage() });
const isOpen = ({ state }: StudyPrint) => state === 'waiting' || state === 'printing';

export function usePrints(studyInstanceUid: string) {
  return useQuery({
    queryKey: ['prints', studyInstanceUid],
    queryFn: ({ signal }) => api.getStudyPrints(studyInstanceUid, { signal, ...language() }),
    retry: false,
    refetchInterval: (found) => (found.state.data?.prints.some(isOpen) === true ? 1_000 : false),
  });
}

export function mostOf({ columns, rows, sheets }: FilmWish): number {
  return Math.min(mostPictures, columns * rows * sheets);
}

type Choice = readonly [value: string, label: string];

function Select(props: {
  label: string;
  value: string;
  choices: readonly Choice[];
  onChange(value: string): void;
}): ReactElement {
  return (
    <label>
      <span>{props.label}</span>
      <select value={props.value} onChange={(event) => props.onChange(event.target.value)}>
        {props.choices.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

const sizeWords: Record<FilmSize, string> = {
  '8INX10IN': '8 × 10 in',
  '10INX12IN': '10 × 12 in',
  '11INX14IN': '11 × 14 in',
  '14INX17IN': '14 × 17 in',
  '24CMX30CM': '24 × 30 cm',
  A4: 'A4',
  A3: 'A3',
};
const sizeNames = Object.keys(filmSizes) as FilmSize[]; // its own keys
const counts = (most: number): Choice[] =>
  Array.from({ length: most }, (_, at) => [`${at + 1}`, `${at + 1}`] as const);

export function FilmFields(props: {
  wish: FilmWish;
  printers: readonly { id: string; name: string }[];
  pictures: number;
  onChange(wish: FilmWish): void;
}): ReactElement {
  const t = useT();
  const { wish, printers, pictures, onChange } = props;
  const isLying = wish.orientation === 'LANDSCAPE';
  const layouts = filmLayouts.map(([a, b]): Choice => {
    const [columns, rows] = isLying ? [b, a] : [a, b];
    return [`${columns},${rows}`, `${columns} × ${rows}`];
  });
  const turn = (orientation: string) => {
    const to = orientation === 'LANDSCAPE' ? 'LANDSCAPE' : 'PORTRAIT';
    if (to !== wish.orientation)
      onChange({ ...wish, orientation: to, columns: wish.rows, rows: wish.columns });
  };
  const sheets = Math.ceil(pictures / (wish.columns * wish.rows));
  return (
    <div className="film-fields">
      <Select
        label={t('print.printer')}
        value={wish.nodeId}
        choices={printers.map(({ id, name }) => [id, name])}
        onChange={(nodeId) => onChange({ ...wish, nodeId })}
      />
      <Select
        label={t('print.from')}
        value={wish.from}
        choices={[
          ['series', t('print.from.series')],
          ['screen', t('print.from.screen')],
        ]}
        onChange={(from) => onChange({ ...wish, from: from === 'screen' ? 'screen' : 'series' })}
      />
      <Select
        label={t('print.size')}
        value={wish.filmSize}
        choices={sizeNames.map((name) => [name, sizeWords[name]])}
        onChange={(name) =>
          onChange({ ...wish, filmSize: sizeNames.find((one) => one === name) ?? '14INX17IN' })
        }
      />
      <Select
        label={t('print.orientation')}
        value={wish.orientation}
        choices={[
          ['PORTRAIT', t('print.portrait')],
          ['LANDSCAPE', t('print.landscape')],
        ]}
        onChange={turn}
      />
      <Select
        label={t('print.layout')}
        value={`${wish.columns},${wish.rows}`}
        choices={layouts}
        onChange={(value) => {
          const [columns = 1, rows = 1] = value.split(',').map(Number);
          onChange({ ...wish, columns, rows });
        }}
      />
      {wish.from === 'series' && (
        <Select
          label={t('print.sheets')}
          value={`${wish.sheets}`}
          choices={counts(12)}
          onChange={(value) => onChange({ ...wish, sheets: Number(value) })}
        />
      )}
      <Select
        label={t('print.medium')}
        value={wish.medium}
        choices={[
          ['BLUE FILM', t('print.blueFilm')],
          ['CLEAR FILM', t('print.clearFilm')],
          ['PAPER', t('print.paper')],
        ]}
        onChange={(value) =>
          onChange({
            ...wish,
            medium: value === 'PAPER' ? 'PAPER' : value === 'CLEAR FILM' ? 'CLEAR FILM' : 'BLUE FILM',
          })
        }
      />
      <Select
        label={t('print.copies')}
        value={`${wish.copies}`}
        choices={counts(10)}
        onChange={(value) => onChange({ ...wish, copies: Number(value) })}
      />
      <p className="soft">{t('print.sum', { pictures, sheets: sheets * wish.copies })}</p>
    </div>
  );
}

export function PrintList(props: {
  studyInstanceUid: string;
  prints: readonly StudyPrint[];
}): ReactElement | null {
  const t = useT();
  const cache = useQueryClient();
  const retry = useMutation({
    mutationFn: (id: string) => api.retryPrint(props.studyInstanceUid, id, language()),
    onSettled: () => cache.invalidateQueries({ queryKey: ['prints', props.studyInstanceUid] }),
  });
  if (props.prints.length === 0) return null;
  return (
    <>
      {retry.error !== null && <p role="alert">{sentenceOf(retry.error)}</p>}
      <ul className="send-list" aria-live="polite">
        {props.prints.slice(0, 4).map((one) => (
          <li key={one.id}>
            <span>
              {one.nodeName}{' '}
              <span className="send-state" data-state={one.state === 'printed' ? 'sent' : one.state}>
                {t(`print.state.${one.state}`)} {one.printedCount} / {one.sheetCount}
              </span>
            </span>
            {one.own && one.state === 'failed' && (
              <button
                type="button"
                className="yy-toggle"
                disabled={retry.isPending}
                onClick={() => retry.mutate(one.id)}
              >
                {t('print.retry')}
              </button>
            )}
            {one.error !== null && (
              <small className="print-error">
                {one.error}
                {one.errorDetail !== null && ` (${one.errorDetail})`}
              </small>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
