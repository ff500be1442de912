// The reader's switch between the lossy picture and the lossless original (viewer spec §5): says which is on screen and
// what each form costs in bytes. What measures or windows needs the original and turns back to it by itself.
import type { ManifestSeries } from '@yunying/api';
import { type Choice, menuButton, press } from '../chrome/buttons.ts';
import type { Chrome } from '../chrome/room-actions.ts';
import { setText } from '../dom.ts';
import type { Pane } from '../pane/pane.ts';
import type { Say } from '../text.ts';
import type { Quality, ToolName } from '../types.ts';

type Shown = { opened: { series: ManifestSeries } | null; index: number; quality: Quality; isLossy: boolean };
export type FormBytes = { film: number | null; full: number | null };

const looking: readonly ToolName[] = ['scroll', 'pan', 'zoom', 'magnify', 'crosshair'];

/** Tools whose answer would be wrong, or nothing, on a baked picture. */
export function needsPixels(tool: ToolName): boolean {
  return !looking.includes(tool);
}

/** Of the frame on screen: its film picture, and every bit of it. */
export function formBytes(series: Pick<ManifestSeries, 'frames'>, index: number): FormBytes {
  const frame = series.frames[index];
  return { film: frame?.filmBytes ?? null, full: frame?.lengths?.at(-1) ?? null };
}

export function byteText(bytes: number | null): string {
  if (bytes === null) return '';
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))}\u2009KB`;
  return `${(bytes / (1024 * 1024)).toFixed(1)}\u2009MB`;
}

/** 7.4:1; empty where one of the two is not known. */
export function ratioText({ film, full }: FormBytes): string {
  if (film === null || full === null || film === 0) return '';
  return `${(full / film).toFixed(1)}:1`;
}

/** What is on screen, short enough for a button. */
export function shownText({ quality, isLossy }: Shown, bytes: FormBytes, say: Say): string {
  const joined = (name: string, size: number | null) => [name, byteText(size)].filter(isSaid).join(' ');
  if (quality === 'film') return joined(say('lossy'), bytes.film);
  if (quality === 'full') return joined(say(isLossy ? 'original' : 'lossless'), bytes.full);
  return say(quality === 'failed' ? 'failedShort' : 'preview');
}

export function makeQualityChoice(options: {
  pane: () => Pane | null;
  say: Say;
  prefersFilm: () => boolean;
  preferFilm: (isPreferred: boolean) => void;
}): Chrome {
  const { pane, say, prefersFilm, preferFilm } = options;
  const choices = (): Choice[] => {
    const shown = shownIn(pane());
    if (shown === null || shown.opened === null) return [];
    const bytes = formBytes(shown.opened.series, shown.index);
    const hint = (...parts: string[]) => parts.filter(isSaid).join(' · ');
    return [
      {
        label: say(shown.isLossy ? 'originalLossy' : 'losslessOriginal'),
        hint: hint(byteText(bytes.full)),
        isChosen: !prefersFilm(),
        pick: () => preferFilm(false),
      },
      {
        label: say('lossyPicture'),
        hint: hint(byteText(bytes.film), ratioText(bytes)),
        isChosen: prefersFilm(),
        pick: () => preferFilm(true),
      },
    ];
  };
  const root = menuButton({ label: say('pictureQuality'), text: say('preview') }, choices);
  root.classList.add('yv-quality');
  return {
    root,
    draw() {
      const shown = shownIn(pane());
      const frame = shown?.opened?.series.frames[shown.index];
      root.hidden = shown === null || frame === undefined || frame.filmUrl === null;
      const opener = root.querySelector('button');
      const words = opener?.querySelector('span');
      if (root.hidden || shown === null || shown.opened === null || opener === null || words == null) return;
      const text = shownText(shown, formBytes(shown.opened.series, shown.index), say);
      setText(words, text);
      opener.setAttribute('aria-label', `${say('pictureQuality')} ${text}`);
      press(opener, prefersFilm());
    },
  };
}

function shownIn(pane: Pane | null): Shown | null {
  if (pane === null || pane.opened === null || pane.count === 0) return null;
  const { opened, index, quality, facts } = pane;
  return { opened, index, quality, isLossy: opened.series.lossy || facts?.lossy === true };
}

function isSaid(text: string): boolean {
  return text !== '';
}
