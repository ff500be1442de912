// Slides and videos by themselves, without the reading room and its graphics engine: the patient's film page loads
// them alone.
import '../reading-room.css';
import type { ManifestSeries } from '@yunying/api';
import { element } from '../dom.ts';
import { sayer } from '../text.ts';
import type { Language } from '../types.ts';
import { openKindView } from './kind-view.ts';

export type KindOptions = {
  series: ManifestSeries;
  studyInstanceUid: string;
  language: Language;
  screen: 'phone' | 'desktop';
  /** Of the last onPlace of that series. */
  place: string;
  onPlace(place: string): void;
};

/** null: the series has no view of its own kind. */
export function openKind(host: HTMLElement, options: KindOptions): { close(): void } | null {
  const { language, screen } = options;
  const stage = element('div', { class: 'yv-kind-stage' });
  const room = element('div', { class: 'yv-room', 'data-screen': screen, lang: language }, stage);
  host.append(room);
  const view = openKindView(stage, { ...options, say: sayer(language), isPatient: true });
  if (view === null) {
    room.remove();
    return null;
  }
  return {
    close: () => {
      view.close();
      room.remove();
    },
  };
}
