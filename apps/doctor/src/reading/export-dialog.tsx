// Pictures to keep: the current one as JPEG or PNG, those on screen or a row of the series on film sheets (PDF), the whole
// study as ZIP with DICOMDIR; on film where a film printer is registered. The server makes them, asks the permission and writes the trail.

import { useQueryClient } from '@tanstack/react-query';
import type { ExportedPicture, FilmSheetExport, StudyManifest } from '@yunying/api';
import { api, sheetCounts } from '@yunying/api';
import { currentLanguage, sentenceOf, useT } from '@yunying/ui';
import type { PaneState, ReadingRoom } from '@yunying/viewer';
import { Download } from 'lucide-react';
import { type ReactElement, useId, useRef, useState } from 'react';
import { download, saveAs } from './download.ts';
import { FilmFields, type FilmWish, mostOf, PrintList, standardFilm, usePrints } from './film-fields.tsx';

type Props = { manifest: StudyManifest; room: () => ReadingRoom | null };
type What = 'picture' | 'screen' | 'series' | 'study' | 'film';

export function ExportButton(props: Props): ReactElement {
  const t = useT();
  const dialog = useRef<HTMLDialogElement>(null);
  const [isShown, setShown] = useState(false);
  const open = () => {
    setShown(true);
    dialog.current?.showModal();
  };
  return (
    <>
      <button type="button" className="report-handle" title={t('export.title')} onClick={open}>
        <Download size={16} aria-hidden />
        <span>{t('export.open')}</span>
      </button>
      <dialog
        ref={dialog}
        className="send-dialog export-dialog"
        aria-label={t('export.title')}
        onClose={() => setShown(false)}
      >
        {isShown && <ExportForm {...props} onClose={() => dialog.current?.close()} />}
      </dialog>
    </>
  );
}

function ExportForm({ manifest, room, onClose }: Props & { onClose(): void }): ReactElement {
  const t = useT();
  const id = useId();
  const [what, setWhat] = useState<What>('picture');
  const [format, setFormat] = useState<'jpeg' | 'png'>('jpeg');
  const [perSheet, setPerSheet] = useState<FilmSheetExport['perSheet']>(6);
  const [identity, setIdentity] = useState(false);
  const [trueSize, setTrueSize] = useState(true);
  const [state, setState] = useState<'idle' | 'busy' | { error: unknown }>('idle');
  const [film, setFilm] = useState<FilmWish>(standardFilm);
  const prints = usePrints(manifest.studyInstanceUid);
  const cache = useQueryClient();
  const printers = prints.data?.printers ?? [];
  const shown = picturesOnScreen(manifest, room());
  const onFilm = film.from === 'screen' ? shown.all : rowOf(manifest, shown.active, mostOf(film));
  const wish = { ...film, nodeId: film.nodeId === '' ? (printers[0]?.id ?? '') : film.nodeId };
  const hasPicture = shown.active !== null;
  const isSheet = what === 'screen' || what === 'series';
  const run = async () => {
    const base = `/api/studies/${manifest.studyInstanceUid}`;
    setState('busy');
    try {
      if (what === 'study') {
        saveAs(`/dicom-web/studies/${manifest.studyInstanceUid}?accept=application/zip`);
      } else if (what === 'picture' && shown.active !== null) {
        await download(`${base}/picture`, { body: { picture: shown.active.picture, format, identity } });
      } else if (isSheet) {
        const pictures = what === 'screen' ? shown.all : rowOf(manifest, shown.active);
        await download(`${base}/film-sheet`, { body: { pictures, perSheet, identity, trueSize } });
      } else if (what === 'film') {
        const { from, sheets, ...how } = wish;
        const print = { ...how, pictures: onFilm, identity, trueSize };
        await api.printStudy(manifest.studyInstanceUid, print, { language: currentLanguage() });
        await cache.invalidateQueries({ queryKey: ['prints', manifest.studyInstanceUid] });
        setState('idle');
        return;
      }
      onClose();
    } catch (error) {
      setState({ error });
    }
  };
  const choices: [What, boolean][] = [
    ['picture', hasPicture],
    ['screen', hasPicture],
    ['series', hasPicture],
    ['study', true],
  ];
  if (printers.length > 0) choices.push(['film', hasPicture]);
  return (
    <form
      className="export-form"
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      <h2>{t('export.title')}</h2>
      <fieldset className="export-what">
        {choices.map(([one, isPossible]) => (
          <label key={one}>
            <input
              type="radio"
              name={id}
              checked={what === one}
              disabled={!isPossible}
              onChange={() => setWhat(one)}
            />
            {t(`export.${one}`)}
          </label>
        ))}
      </fieldset>
      {what === 'picture' && (
        <label>
          {t('export.format')}
          <select
            value={format}
            onChange={(event) => setFormat(event.target.value === 'png' ? 'png' : 'jpeg')}
          >
            <option value="jpeg">JPEG</option>
            <option value="png">PNG</option>
          </select>
        </label>
      )}
      {what === 'film' && (
        <FilmFields wish={wish} printers={printers} pictures={onFilm.length} onChange={setFilm} />
      )}
      {isSheet && (
        <label>
          {t('export.perSheet')}
          <select
            value={perSheet}
            onChange={(event) =>
              setPerSheet(sheetCounts.find((one) => one === Number(event.target.value)) ?? 6)
            }
          >
            {sheetCounts.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
      )}
      {(isSheet || what === 'film') && (
        <label>
          <input type="checkbox" checked={trueSize} onChange={() => setTrueSize(!trueSize)} />
          {t('export.trueSize')}
        </label>
      )}
      {what !== 'study' && (
        <label>
          <input type="checkbox" checked={identity} onChange={() => setIdentity(!identity)} />
          {t('export.identity')}
        </label>
      )}
      {typeof state === 'object' && <p role="alert">{sentenceOf(state.error)}</p>}
      <div className="export-foot">
        <button type="button" className="yy-button" onClick={onClose}>
          {t('export.cancel')}
        </button>
        <button type="submit" className="yy-button" data-look="primary" disabled={state === 'busy'}>
          {t(state === 'busy' ? 'export.busy' : what === 'film' ? 'print.now' : 'export.save')}
        </button>
      </div>
      {what === 'film' && (
        <PrintList studyInstanceUid={manifest.studyInstanceUid} prints={prints.data?.prints ?? []} />
      )}
    </form>
  );
}

type OnScreen = { pane: PaneState; picture: ExportedPicture };

/** Only of this study: a prior is exported from its own room. */
function picturesOnScreen(
  manifest: StudyManifest,
  room: ReadingRoom | null,
): { active: OnScreen | null; all: ExportedPicture[] } {
  const state = room?.state();
  if (state === undefined) return { active: null, all: [] };
  const found = state.panes.map((pane): OnScreen | null => {
    if (pane === null || pane.studyInstanceUid !== manifest.studyInstanceUid) return null;
    const picture = pictureOf(manifest, pane, pane.index);
    return picture === null ? null : { pane, picture };
  });
  const all = found.flatMap((one) => (one === null ? [] : [one.picture]));
  return { active: found[state.active] ?? found.find((one) => one !== null) ?? null, all };
}

function pictureOf(manifest: StudyManifest, pane: PaneState, index: number): ExportedPicture | null {
  const series = manifest.series.find((one) => one.seriesInstanceUid === pane.seriesInstanceUid);
  const frame = series?.frames[index];
  if (frame === undefined) return null;
  const { voi, invert, rotation, flipHorizontal, flipVertical } = pane.presentation;
  const turned = ((rotation + (flipVertical ? 180 : 0)) % 360) as 0 | 90 | 180 | 270; // quarter turns stay such
  return {
    seriesInstanceUid: pane.seriesInstanceUid,
    sopInstanceUid: frame.sopInstanceUid,
    frameNumber: frame.frameNumber,
    ...(voi === null ? {} : { window: voi }),
    ...(invert ? { invert } : {}),
    ...(turned === 0 ? {} : { rotation: turned }),
    ...(flipHorizontal !== flipVertical ? { mirror: true } : {}),
  };
}

const mostOfSeries = 24;

/** Evenly over the series, as the active picture is shown. */
function rowOf(manifest: StudyManifest, active: OnScreen | null, most = mostOfSeries): ExportedPicture[] {
  const series = manifest.series.find((one) => one.seriesInstanceUid === active?.pane.seriesInstanceUid);
  if (series === undefined || active === null) return [];
  const count = Math.min(most, series.frames.length);
  return Array.from({ length: count }, (_, at) =>
    pictureOf(manifest, active.pane, Math.floor(((at + 0.5) * series.frames.length) / count)),
  ).filter((one) => one !== null);
}
