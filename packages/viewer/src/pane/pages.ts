// Objects that are not pictures to scroll through: traces are drawn by the ECG view, documents are shown as their
// rendered pages, one under the other. What is opened here is closed by the function that comes back.
import type { ManifestSeries } from '@yunying/api';
import { element } from '../dom.ts';
import type { Say } from '../text.ts';
import type { Language } from '../types.ts';

export type PagesFor = { language: Language; screen: 'phone' | 'desktop'; title: string };

export function showPages(
  root: HTMLElement,
  series: ManifestSeries,
  say: Say,
  { language, screen, title }: PagesFor,
): () => void {
  root.replaceChildren();
  const urls = series.waveforms ?? [];
  if (series.kind === 'waveform' && urls.length > 0)
    return showTraces(root, { urls, language, screen, title });
  if (series.pages.length === 0) {
    root.append(element('p', { class: 'yv-empty' }, say('noImages')));
    return () => {};
  }
  root.dataset.width = 'fit';
  for (const { page, url, width, height } of series.pages) {
    root.append(
      element('img', {
        src: url,
        width: String(width),
        height: String(height),
        loading: 'lazy',
        alt: `${series.description ?? series.modality ?? ''} ${page} / ${series.pages.length}`,
      }),
    );
  }
  const enlarge = (event: MouseEvent) => enlargeAt(root, event);
  root.addEventListener('click', enlarge);
  return () => {
    root.removeEventListener('click', enlarge);
    delete root.dataset.width;
  };
}

/** A press makes the pages twice as wide, around the place that was pressed; another takes that back. */
function enlargeAt(root: HTMLElement, { clientX, clientY }: MouseEvent): void {
  const box = root.getBoundingClientRect();
  const [x, y] = [clientX - box.left, clientY - box.top];
  const [u, v] = [(root.scrollLeft + x) / root.scrollWidth, (root.scrollTop + y) / root.scrollHeight];
  root.dataset.width = root.dataset.width === 'fit' ? 'wide' : 'fit';
  root.scrollTo(u * root.scrollWidth - x, v * root.scrollHeight - y);
}

/** Fetched when it is needed: most studies have no traces. */
function showTraces(root: HTMLElement, options: { urls: readonly string[] } & PagesFor): () => void {
  let close: (() => void) | null = null;
  let isLeft = false;
  void import('../ecg/index.ts').then(({ openEcg }) => {
    if (isLeft) return;
    const view = openEcg(root, options);
    close = () => view.close();
  });
  return () => {
    isLeft = true;
    close?.();
  };
}
