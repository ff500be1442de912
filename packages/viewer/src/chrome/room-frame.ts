// The room as elements: tool row, thumbnails and panels round the viewports on a desk, bars above and below on a phone.
import { element } from '../dom.ts';
import type { RoomKinds } from '../kinds/room-kinds.ts';
import { makeLayoutTools } from '../layout/layout-tools.ts';
import type { PaneGrid } from '../layout/pane-grid.ts';
import type { RoomLayout } from '../layout/room-layout.ts';
import { makeTagPanel } from '../layout/tag-panel.ts';
import { sharpenFilter } from '../pane/measure-sharpen.ts';
import type { SavedRoom } from '../saved/saved-room.ts';
import type { Say } from '../text.ts';
import type { ReadingOptions } from '../types.ts';
import type { Banner } from './banner.ts';
import { button, press } from './buttons.ts';
import { keepOnOneLine } from './overflow.ts';
import { PhoneChrome } from './phone-bar.ts';
import type { Chrome, RoomActions } from './room-actions.ts';
import { makeThumbnails, seriesLabel } from './thumbnails.ts';
import { makeToolRow } from './tool-row.ts';

export type FrameParts = {
  options: ReadingOptions;
  say: Say;
  grid: PaneGrid;
  together: RoomLayout;
  actions: RoomActions;
  banner: Banner;
  help: HTMLElement;
  saved: SavedRoom | null;
  kinds: RoomKinds;
  /** What ends with the room. */
  stops: (() => void)[];
  /** Lossy picture or lossless original; null where there is no decoder to choose with. */
  quality: Chrome | null;
};

/** The room's element, and what of it is drawn anew after every change. */
export function buildFrame(parts: FrameParts): { root: HTMLElement; chromes: Chrome[] } {
  const { screen, language, manifest } = parts.options;
  const root = element('section', {
    class: 'yv-room',
    'data-room': 'reading',
    'data-screen': screen,
    lang: language,
    tabindex: '-1',
    'aria-label': manifest.title,
  });
  root.append(sharpenFilter());
  const legal = element('div', { class: 'yv-legal' }, parts.say('notDiagnosis'));
  legal.hidden = !manifest.notForDiagnosis;
  const chromes = screen === 'phone' ? fillPhone(root, legal, parts) : fillDesk(root, legal, parts);
  return { root, chromes };
}

function fillPhone(root: HTMLElement, legal: HTMLElement, parts: FrameParts): Chrome[] {
  const { options, say, grid, saved } = parts;
  const choices = [options.manifest, ...(options.compare ?? [])].flatMap(({ studyInstanceUid, series }) =>
    series.map((one) => ({
      studyInstanceUid,
      seriesInstanceUid: one.seriesInstanceUid,
      label: seriesLabel(one, say),
    })),
  );
  const phone = new PhoneChrome(parts.actions, say, choices, options.tools ?? 'all', parts.kinds.choices());
  root.append(phone.top, parts.banner.root, grid.root, legal, phone.root);
  if (parts.quality !== null) phone.top.append(parts.quality.root);
  if (saved !== null) {
    phone.top.append(saved.panel.opener);
    root.append(saved.panel.root);
  }
  return parts.quality === null ? [phone] : [phone, parts.quality];
}

function fillDesk(root: HTMLElement, legal: HTMLElement, parts: FrameParts): Chrome[] {
  const { options, say, grid, saved, actions } = parts;
  const layoutTools = makeLayoutTools(parts.together, actions, say, () => grid.most);
  const row = makeToolRow(actions, say, layoutTools.root, options.tools ?? 'all');
  const thumbs = makeThumbnails([options.manifest, ...(options.compare ?? [])], actions, say);
  const kinds = parts.kinds.tools();
  layoutTools.root.before(kinds.root);
  const tags = makeTagPanel(say, () => grid.pane?.opened?.instance(grid.pane.index) ?? null);
  if (parts.quality !== null) row.root.append(element('div', { class: 'yv-group' }, parts.quality.root));
  row.root.append(element('div', { class: 'yv-group' }, tags.opener));
  const middle = element('div', { class: 'yv-middle' }, thumbs.root, grid.root, parts.help, tags.root);
  if (saved !== null) {
    row.root.append(element('div', { class: 'yv-group' }, saved.panel.opener));
    middle.append(saved.panel.root);
  }
  root.append(row.root, parts.banner.root, middle, legal);
  const chromes: Chrome[] = [row, layoutTools, thumbs, kinds, tags];
  if (options.secondWindow?.role === 'first') chromes.push(addSecondWindow(row.root, parts));
  const tagGroup = tags.opener.parentElement;
  const leave = tagGroup === null ? row.leave : [...row.leave.slice(0, 1), tagGroup, ...row.leave.slice(1)];
  parts.stops.push(keepOnOneLine(row.root, leave, say, null));
  return parts.quality === null ? chromes : [...chromes, parts.quality];
}

function addSecondWindow(row: HTMLElement, { say, actions }: FrameParts): Chrome {
  const opener = button({ label: say('secondWindow'), icon: 'screens' }, actions.openSecondWindow);
  const root = element('div', { class: 'yv-group' }, opener);
  row.append(root);
  return { root, draw: ({ hasOtherWindow }) => press(opener, hasOtherWindow) };
}
