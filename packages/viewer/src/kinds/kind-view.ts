// Series that are not stacks of frames: each kind has a view of its own, fetched only when such a series is opened. A
// view fills the element that it is given and keeps its place as one short line of text, which the address carries.
import type { ManifestSeries } from '@yunying/api';
import type { Say } from '../text.ts';
import type { Language } from '../types.ts';

export type KindView = {
  close(): void;
  /** Where the reader is; empty when there is nothing to say. */
  place(): string;
  zoomBy?(factor: number): void;
  reset?(): void;
  toggleCine?(): void;
  step?(by: number): void;
};

export type KindHost = {
  language: Language;
  screen: 'phone' | 'desktop';
  say: Say;
  series: ManifestSeries;
  studyInstanceUid: string;
  /** A patient looks: nothing is taken out of the room. */
  isPatient: boolean;
  place: string;
  onPlace(place: string): void;
};

const views: Partial<
  Record<ManifestSeries['kind'], () => Promise<(root: HTMLElement, host: KindHost) => KindView>>
> = {
  slide: () => import('../slide/slide-view.ts').then(({ openSlideView }) => openSlideView),
  video: () => import('../video/video-view.ts').then(({ openVideoView }) => openVideoView),
};

/** null: the kind has no view of its own. */
export function openKindView(root: HTMLElement, host: KindHost): KindView | null {
  const load = views[host.series.kind];
  if (load === undefined) return null;
  let view: KindView | null = null;
  let isClosed = false;
  root.dataset.kind = host.series.kind;
  const wait = document.createElement('p');
  wait.className = 'yv-empty';
  wait.textContent = host.say('loading');
  root.replaceChildren(wait);
  load().then(
    (open) => {
      if (isClosed) return;
      root.replaceChildren();
      view = open(root, host);
    },
    () => {
      wait.textContent = host.say('kindFailed');
    },
  );
  return {
    close: () => {
      isClosed = true;
      view?.close();
      delete root.dataset.kind;
      root.replaceChildren();
    },
    place: () => view?.place() ?? host.place,
    zoomBy: (factor) => view?.zoomBy?.(factor),
    reset: () => view?.reset?.(),
    toggleCine: () => view?.toggleCine?.(),
    step: (by) => view?.step?.(by),
  };
}
