// The series of all open studies as thumbnails at the left: click shows one in the active viewport, dragging puts it
// into any other.
import type { ManifestSeries, StudyManifest } from '@yunying/api';
import { element } from '../dom.ts';
import type { Say } from '../text.ts';
import type { Chrome, RoomActions } from './room-actions.ts';

export const seriesDragType = 'application/x-yunying-series';

export function makeThumbnails(manifests: readonly StudyManifest[], actions: RoomActions, say: Say): Chrome {
  const buttons: { uid: string; made: HTMLElement }[] = [];
  const root = element('nav', { class: 'yv-thumbs', 'aria-label': say('thumbnails') });
  for (const [at, manifest] of manifests.entries()) {
    if (manifests.length > 1) {
      const name = say(at === 0 ? 'current' : 'prior');
      root.append(element('div', { class: 'yv-thumbs-study' }, `${name} ${manifest.studyDate ?? ''}`));
    }
    for (const series of manifest.series) {
      const made = thumbnail(manifest, series, actions, say);
      buttons.push({ uid: series.seriesInstanceUid, made });
      root.append(made);
    }
  }
  return {
    root,
    draw(facts) {
      for (const { uid, made } of buttons) {
        made.dataset.shown = String(facts.seriesInstanceUids.includes(uid));
        made.setAttribute('aria-current', String(facts.activeSeries === uid));
      }
    },
  };
}

export function seriesLabel(series: ManifestSeries, say: Say): string {
  const name = series.description ?? `${say('series')} ${series.seriesNumber ?? ''}`.trim();
  const count = countOf(series);
  if (count === 0) return name;
  return `${name} · ${count}${say('frames') === '幅' ? '' : ' '}${say('frames')}`;
}

function thumbnail(
  manifest: StudyManifest,
  series: ManifestSeries,
  actions: RoomActions,
  say: Say,
): HTMLElement {
  const count = countOf(series);
  const made = element(
    'button',
    { type: 'button', class: 'yv-thumb', draggable: 'true', title: seriesLabel(series, say) },
    series.thumbnailUrl === null
      ? element('div', { class: 'yv-thumb-blank' }, series.modality ?? '')
      : element('img', { src: series.thumbnailUrl, alt: '', loading: 'lazy', draggable: 'false' }),
    element('span', { class: 'yv-thumb-count' }, count === 0 ? '' : String(count)),
    element(
      'span',
      { class: 'yv-thumb-name' },
      series.description ?? `${series.modality ?? ''} ${series.seriesNumber ?? ''}`,
    ),
  );
  const { studyInstanceUid } = manifest;
  const { seriesInstanceUid } = series;
  made.addEventListener('click', () => actions.pickSeries(studyInstanceUid, seriesInstanceUid));
  made.addEventListener('dragstart', (event) => {
    event.dataTransfer?.setData(seriesDragType, JSON.stringify({ studyInstanceUid, seriesInstanceUid }));
  });
  made.addEventListener('dragend', () => made.blur());
  return made;
}

/** Lets a viewport take a dragged series. */
export function acceptSeries(target: HTMLElement, take: (study: string, series: string) => void): void {
  const isSeries = (event: DragEvent) => event.dataTransfer?.types.includes(seriesDragType) === true;
  target.addEventListener('dragover', (event) => {
    if (!isSeries(event)) return;
    event.preventDefault();
    target.dataset.drop = 'true';
  });
  target.addEventListener('dragleave', () => delete target.dataset.drop);
  target.addEventListener('drop', (event) => {
    delete target.dataset.drop;
    if (!isSeries(event)) return;
    event.preventDefault();
    const dragged: unknown = parse(event.dataTransfer?.getData(seriesDragType) ?? '');
    if (typeof dragged !== 'object' || dragged === null) return;
    if (!('studyInstanceUid' in dragged) || !('seriesInstanceUid' in dragged)) return;
    take(String(dragged.studyInstanceUid), String(dragged.seriesInstanceUid));
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A slide is one picture however many tiles it has. */
function countOf(series: ManifestSeries): number {
  return series.frames.length || series.pages.length || (series.videos?.length ?? 0);
}
