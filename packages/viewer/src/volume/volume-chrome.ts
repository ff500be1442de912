// The bars of the reconstruction views: one row of tools and menus on a desk, planes and sheets under the thumb on a
// phone.
import { button, type Choice, choiceButton, menuButton, press } from '../chrome/buttons.ts';
import { type IconName, icon } from '../chrome/icons.ts';
import { element, setText } from '../dom.ts';
import type { VolumeTool } from './scene.ts';
import { choicesOf, type MenuContext, type VolumeMenu, volumeTools } from './volume-menus.ts';
import type { VolumeSay } from './volume-text.ts';

export type ViewName = 'axial' | 'sagittal' | 'coronal' | 'solid' | 'curve';

export type ChromeActions = {
  leave(): void;
  reset(): void;
  capture(): void;
  toggleClip(): void;
  toggleFusion(): void;
  toggleCross(): void;
  undoCut(all: boolean): void;
  deleteMarks(): void;
  show(view: ViewName): void;
  toggleFour(): void;
};

export type ChromeFacts = {
  title: string;
  tool: VolumeTool;
  view: ViewName;
  isFour: boolean;
  hasSolid: boolean;
  hasPath: boolean;
  canFuse: boolean;
  isFused: boolean;
  isClipping: boolean;
  canUndo: boolean;
  hasMarks: boolean;
  showsCross: boolean;
};

export type VolumeChrome = { top: HTMLElement; bottom: HTMLElement | null; draw(facts: ChromeFacts): void };

const toolIcons: Record<VolumeTool, IconName> = {
  cross: 'cross',
  scroll: 'scroll',
  window: 'window',
  pan: 'pan',
  zoom: 'zoom',
  length: 'length',
  angle: 'angle',
  path: 'path',
  cut: 'cut',
};

export function desktopChrome(
  say: VolumeSay,
  context: () => MenuContext,
  actions: ChromeActions,
): VolumeChrome {
  const menu = (name: VolumeMenu, label: string) =>
    menuButton({ label, text: label }, () => choicesOf(name, context()));
  const title = element('div', { class: 'yv-title' });
  const tools = volumeTools.map((tool) => ({
    tool,
    made: button({ label: say(tool), icon: toolIcons[tool] }, () => context().pickTool(tool)),
  }));
  const text = (label: string, act: () => void) => button({ label, text: label }, act);
  const render = menu('render', say('render'));
  const view = menu('view', say('viewFrom'));
  const clip = text(say('clip'), actions.toggleClip);
  const fusion = text(say('fusion'), actions.toggleFusion);
  const undo = text(say('undo'), () => actions.undoCut(false));
  const remove = button({ label: say('deleteMarks'), icon: 'remove' }, actions.deleteMarks);
  const fourth = text(say('curve'), () => actions.show('curve'));
  const four = button({ label: say('layout'), icon: 'four' }, actions.toggleFour);
  const lines = text(say('hideCross'), actions.toggleCross);
  const group = (...members: HTMLElement[]) => element('div', { class: 'yv-group' }, ...members);
  const top = element(
    'div',
    { class: 'yv-volume-top', role: 'toolbar', 'aria-label': say('title') },
    group(button({ label: say('leave'), icon: 'back', text: say('leave') }, actions.leave)),
    title,
    group(...tools.map(({ made }) => made)),
    group(menu('window', say('presets')), menu('slab', say('slab')), menu('colour', say('colour'))),
    group(render, view, clip, undo),
    group(fusion, fourth, lines),
    group(
      button({ label: say('reset'), icon: 'reset' }, actions.reset),
      remove,
      button({ label: say('capture'), icon: 'camera' }, actions.capture),
      four,
    ),
  );
  return {
    top,
    bottom: null,
    draw(facts) {
      setText(title, facts.title);
      title.title = facts.title;
      for (const { tool, made } of tools) {
        press(made, tool === facts.tool);
        if (tool === 'cut') made.hidden = !facts.hasSolid;
      }
      for (const one of [render, view, clip]) one.hidden = !facts.hasSolid;
      fusion.hidden = !facts.canFuse;
      press(fusion, facts.isFused);
      press(clip, facts.isClipping);
      undo.hidden = !facts.canUndo;
      remove.disabled = !facts.hasMarks;
      fourth.hidden = !facts.hasPath;
      press(fourth, facts.view === 'curve');
      press(four, facts.isFour);
      setText(lines.querySelector('span') ?? lines, say(facts.showsCross ? 'hideCross' : 'showCross'));
    },
  };
}

type Sheet = VolumeMenu | 'more';

export function phoneChrome(
  say: VolumeSay,
  context: () => MenuContext,
  actions: ChromeActions,
): VolumeChrome {
  const title = element('div', { class: 'yv-title' });
  const back = button({ label: say('leave'), icon: 'back' }, actions.leave);
  const top = element('div', { class: 'yv-volume-top' }, back, title);
  const sheet = element('div', { class: 'yv-sheet', hidden: true });
  let shown: Sheet | null = null;
  let facts: ChromeFacts | null = null;
  const hide = () => {
    shown = null;
    sheet.hidden = true;
  };
  const open = (name: Sheet) => {
    if (shown === name || facts === null) return hide();
    shown = name;
    sheet.hidden = false;
    sheet.dataset.name = name;
    const choices = name === 'more' ? moreChoices(facts) : choicesOf(name, context());
    sheet.replaceChildren(...choices.map(({ hint: _hint, ...choice }: Choice) => choiceButton(choice, hide)));
  };
  const moreChoices = (now: ChromeFacts): Choice[] =>
    [
      { label: say('viewFrom'), isOn: now.hasSolid, pick: () => open('view') },
      { label: say('colour'), isOn: true, pick: () => open('colour') },
      { label: say('clip'), isOn: now.hasSolid, pick: actions.toggleClip },
      { label: say('undo'), isOn: now.canUndo, pick: () => actions.undoCut(false) },
      { label: say('fusion'), isOn: now.canFuse, pick: actions.toggleFusion },
      { label: say(now.showsCross ? 'hideCross' : 'showCross'), isOn: true, pick: actions.toggleCross },
      { label: say('deleteMarks'), isOn: now.hasMarks, pick: actions.deleteMarks },
      { label: say('capture'), isOn: true, pick: actions.capture },
      { label: say('reset'), isOn: true, pick: actions.reset },
    ]
      .filter(({ isOn }) => isOn)
      .map(({ label, pick }) => ({ label, pick }));
  const planes = (['axial', 'sagittal', 'coronal', 'solid', 'curve'] as const).map((name) => ({
    name,
    made: button({ label: say(name), text: say(name) }, () => actions.show(name)),
  }));
  const tab = (name: IconName, label: string, act: () => void) => {
    const made = element(
      'button',
      { type: 'button', class: 'yv-tab' },
      icon(name, 24),
      element('span', {}, label),
    );
    made.addEventListener('click', act);
    return made;
  };
  const tool = tab('cross', say('cross'), () => open('tool'));
  const render = tab('solid', say('render'), () => open('render'));
  const bar = element(
    'div',
    { class: 'yv-tabs', role: 'toolbar' },
    tool,
    tab('window', say('presets'), () => open('window')),
    tab('slab', say('slab'), () => open('slab')),
    render,
    tab('more', say('more'), () => open('more')),
  );
  const row = element('div', { class: 'yv-volume-planes' }, ...planes.map(({ made }) => made));
  const bottom = element('div', { class: 'yv-phone-bottom' }, sheet, row, bar);
  return {
    top,
    bottom,
    draw(next) {
      facts = next;
      setText(title, next.title);
      for (const { name, made } of planes) {
        press(made, next.view === name);
        if (name === 'solid') made.hidden = !next.hasSolid;
        if (name === 'curve') made.hidden = !next.hasPath;
      }
      tool.replaceChildren(icon(toolIcons[next.tool], 24), element('span', {}, say(next.tool)));
      press(tool, next.tool !== 'cross');
      render.hidden = !next.hasSolid;
    },
  };
}
