// What stands on a slide: tools, magnification, scale bar, optical paths, the label, and that the picture is lossy.
import type { SlideImage } from '@yunying/api';
import { button, menuButton, press } from '../chrome/buttons.ts';
import { element, setText } from '../dom.ts';
import type { KindHost } from '../kinds/kind-view.ts';
import { objectiveOf, type SlidePyramid, scaleBar, showLength } from './slide-levels.ts';
import { acceptOf, tileAddress } from './slide-source.ts';
import type { SlideTool } from './slide-tools.ts';

export type SlideChrome = {
  parts: HTMLElement[];
  draw(facts: { tool: SlideTool; path: number; hasDrawings: boolean; perScreenPx: number }): void;
};

type Actions = {
  pickTool(tool: SlideTool): void;
  pickPath(path: number): void;
  removeLast(): void;
  fit(): void;
  magnify(umPerScreenPx: number): void;
};

const objectives = [1.25, 2.5, 5, 10, 20, 40];
const barPx = 140;

export function makeSlideChrome(
  host: KindHost,
  pyramid: SlidePyramid,
  isLossy: boolean,
  address: string,
  actions: Actions,
): SlideChrome {
  const { say } = host;
  const { pixelUm, finest } = pyramid;
  const tools = (['pan', 'length', 'area'] as const).map((name) => ({
    name,
    made: button(
      { label: say(name === 'area' ? 'slideArea' : name), text: say(name === 'area' ? 'slideArea' : name) },
      () => actions.pickTool(name),
    ),
  }));
  const remove = button({ label: say('deleteOne'), text: say('deleteOne') }, actions.removeLast);
  const fit = button({ label: say('slideFit'), text: say('slideFit') }, actions.fit);
  let path = 0;
  const finestObjective = pixelUm === null ? 0 : objectiveOf(pixelUm.x);
  const zoom = menuButton({ label: say('slideObjective'), text: say('slideObjective') }, () =>
    objectives
      .filter((one) => one <= finestObjective * 1.2)
      .map((one) => ({ label: `${one}×`, pick: () => actions.magnify(10 / one) })),
  );
  const paths = menuButton({ label: say('slidePath'), text: say('slidePath') }, () =>
    finest.opticalPaths.map(({ id, name }, index) => ({
      label: name === '' ? id : name,
      isChosen: index === path,
      pick: () => actions.pickPath(index),
    })),
  );
  const label = pyramid.label ?? pyramid.overview;
  const card = label === null ? null : labelCard(host, label, address);
  const bar = element('div', { class: 'yv-slide-bar', role: 'toolbar', 'aria-label': say('slideTools') });
  bar.append(...tools.map(({ made }) => made), remove, fit);
  if (pixelUm !== null) bar.append(zoom);
  if (finest.opticalPaths.length > 1) bar.append(paths);
  if (card !== null) bar.append(card.opener);
  const length = element('span', {});
  const rule = element('i', {});
  const scale = element('div', { class: 'yv-slide-scale' }, rule, length);
  const facts = element('div', { class: 'yv-slide-facts' });
  const size = `${finest.columns} × ${finest.rows}`;
  return {
    parts: [bar, scale, facts, ...(card === null ? [] : [card.root])],
    draw: ({ tool, path: now, hasDrawings, perScreenPx }) => {
      path = now;
      for (const { name, made } of tools) press(made, name === tool);
      remove.disabled = !hasDrawings;
      const lossy = isLossy ? ` · ${say('lossy')}` : '';
      if (pixelUm === null) {
        scale.hidden = true;
        setText(facts, `${size} · ${say('uncalibrated')}${lossy}`);
        return;
      }
      const um = perScreenPx * pixelUm.x;
      const { um: long, px } = scaleBar(um, barPx);
      rule.style.width = `${px.toFixed(1)}px`;
      setText(length, showLength(long));
      const objective = objectiveOf(um);
      setText(facts, `${objective >= 10 ? objective.toFixed(0) : objective.toFixed(2)}× · ${size}${lossy}`);
    },
  };
}

function labelCard(
  { say }: KindHost,
  image: SlideImage,
  address: string,
): { opener: HTMLElement; root: HTMLElement } {
  const picture = element('img', { alt: say('slideLabel') });
  const root = element('div', { class: 'yv-slide-label', hidden: true }, picture);
  let url = '';
  const load = async (): Promise<void> => {
    const response = await fetch(tileAddress(address, image, 1), {
      headers: { accept: acceptOf(image) },
      credentials: 'same-origin',
    });
    if (!response.ok) return;
    url = URL.createObjectURL(await response.blob());
    picture.src = url;
  };
  const opener = button({ label: say('slideLabel'), text: say('slideLabel') }, () => {
    root.hidden = !root.hidden;
    press(opener, !root.hidden);
    if (!root.hidden && url === '') void load();
  });
  return { opener, root };
}
