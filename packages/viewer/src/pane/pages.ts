// Objects that are pages and not pictures (ECG, documents): their rendered pages, one under the other.
import type { ManifestSeries } from '@yunying/api';
import { element } from '../dom.ts';
import type { Say } from '../text.ts';

export function showPages(root: HTMLElement, series: ManifestSeries, say: Say): void {
  root.replaceChildren();
  if (series.pages.length === 0) {
    root.append(element('p', { class: 'yv-empty' }, say(series.kind === 'video' ? 'video' : 'noImages')));
    return;
  }
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
}
