// The layout part of the desktop tool row: grid picker, what scrolls and zooms together, reference lines, alignment.
import { button, menuButton, press } from '../chrome/buttons.ts';
import type { Chrome, RoomActions } from '../chrome/room-actions.ts';
import { element } from '../dom.ts';
import type { Say } from '../text.ts';
import { makeGridPicker } from './grid-picker.ts';
import { linkNames } from './links.ts';
import type { RoomLayout } from './room-layout.ts';

const words = {
  slice: 'linkSlice',
  zoom: 'linkZoom',
  pan: 'linkPan',
  voi: 'linkVoi',
  cine: 'linkCine',
} as const;

export function makeLayoutTools(
  layout: RoomLayout,
  actions: RoomActions,
  say: Say,
  most: () => number,
): Chrome {
  const picker = makeGridPicker(say, actions.pickLayout);
  const links = menuButton({ label: say('links'), icon: 'link', text: say('links') }, () =>
    linkNames.map((name) => ({
      label: say(words[name]),
      isChosen: layout.links.has(name),
      pick: () => layout.toggleLink(name),
    })),
  );
  const align = button({ label: say('align'), icon: 'align', hint: say('alignHint') }, () => layout.align());
  const lines = button({ label: say('referenceLines'), icon: 'lines' }, () => layout.toggleLines());
  const opener = links.querySelector('button');
  const root = element('div', { class: 'yv-group yv-layout-tools' }, picker.root, links, align, lines);
  return {
    root,
    draw(facts) {
      const hasSeveral = facts.seriesInstanceUids.length > 1;
      const mayLink = hasSeveral || facts.hasOtherWindow;
      picker.draw(facts.layout, most());
      align.disabled = !hasSeveral;
      lines.disabled = !hasSeveral;
      press(align, layout.links.isAligned);
      press(lines, layout.hasLines);
      if (opener !== null) {
        opener.disabled = !mayLink;
        press(opener, mayLink && linkNames.some((name) => layout.links.has(name)));
      }
    },
  };
}
