// The desktop tool row: 40 pixels at the top, in the order of use.
import { element, setText } from '../dom.ts';
import { speeds } from '../pane/cine.ts';
import { type CineMode, cineModes } from '../pane/cine-timing.ts';
import type { Say } from '../text.ts';
import type { ToolName } from '../types.ts';
import { button, menuButton, press } from './buttons.ts';
import type { IconName } from './icons.ts';
import type { Chrome, RoomActions, RoomFacts } from './room-actions.ts';

const tools: readonly { tool: ToolName; icon: IconName; key: string }[] = [
  { tool: 'scroll', icon: 'scroll', key: 'S' },
  { tool: 'window', icon: 'window', key: 'W' },
  { tool: 'pan', icon: 'pan', key: 'P' },
  { tool: 'zoom', icon: 'zoom', key: 'Z' },
  { tool: 'magnify', icon: 'magnify', key: 'G' },
  { tool: 'length', icon: 'length', key: 'L' },
  { tool: 'angle', icon: 'angle', key: 'A' },
  { tool: 'crosshair', icon: 'crosshair', key: 'X' },
];

const cineWords = { loop: 'cineLoop', sweep: 'cineSweep', once: 'cineOnce' } as const satisfies Record<
  CineMode,
  string
>;

/** The tools that draw, behind one button. */
const drawing: readonly { tool: ToolName; key: string }[] = [
  { tool: 'length', key: 'L' },
  { tool: 'angle', key: 'A' },
  { tool: 'cobb', key: 'C' },
  { tool: 'ellipse', key: 'E' },
  { tool: 'rectangle', key: 'B' },
  { tool: 'freehand', key: 'D' },
  { tool: 'probe', key: 'Q' },
  { tool: 'arrow', key: 'O' },
  { tool: 'text', key: 'T' },
  { tool: 'calibrate', key: 'K' },
];

export function makeToolRow(
  actions: RoomActions,
  say: Say,
  layoutTools: HTMLElement,
  which: 'all' | 'few',
): Chrome & { leave: HTMLElement[] } {
  let facts: RoomFacts | null = null;
  const toolButtons = tools.map(({ tool, icon, key }) => ({
    tool,
    made: button({ label: say(tool), icon, hint: key }, () => actions.pickTool(tool)),
  }));
  const draw = drawMenu(actions, say, () => facts);
  draw.hidden = which === 'few';
  const sharpen = button({ label: say('sharpen'), icon: 'sharpen', hint: 'U' }, actions.sharpen);
  const undo = button({ label: say('undo'), icon: 'undo', hint: 'Ctrl Z' }, actions.undo);
  const redo = button({ label: say('redo'), icon: 'redo', hint: 'Ctrl Shift Z' }, actions.redo);
  const presets = presetMenu(actions, say, () => facts);
  const invert = button({ label: say('invert'), icon: 'invert', hint: 'I' }, actions.invert);
  const cine = button({ label: say('play'), icon: 'play', hint: 'Space' }, actions.toggleCine);
  const speed = speedMenu(actions, say, () => facts);
  const volume = button(
    { label: say('volume'), icon: 'solid', text: say('volumeShort') },
    actions.openVolume,
  );
  const clear = button({ label: say('deleteAll'), icon: 'remove' }, actions.clearMeasurements);
  const title = element('div', { class: 'yv-title' });
  const group = (...members: HTMLElement[]) => element('div', { class: 'yv-group' }, ...members);
  const turns = turnButtons(actions, say);
  // Slides, videos and documents have tools of their own, or none.
  const forPictures = [...toolButtons.map(({ made }) => made), ...turns, invert, sharpen];
  const turning = group(...turns, button({ label: say('reset'), icon: 'reset', hint: '0' }, actions.reset));
  const undoing = group(undo, redo, clear);
  const playing = group(cine, speed);
  const root = element(
    'div',
    { class: 'yv-tools', role: 'toolbar', 'aria-label': say('more') },
    group(
      button({ label: say('back'), icon: 'back', hint: 'Esc' }, actions.exit),
      button({ label: say('thumbnails'), icon: 'thumbnails' }, actions.toggleThumbnails),
    ),
    title,
    group(...toolButtons.map(({ made }) => made), draw),
    group(presets, invert, sharpen),
    turning,
    undoing,
    playing,
    group(volume),
    layoutTools,
    group(button({ label: say('help'), icon: 'help', hint: '?' }, actions.toggleHelp)),
  );
  return {
    root,
    leave: [turning, undoing, playing],
    draw(next) {
      const wasPlaying = facts?.isPlaying;
      facts = next;
      setText(title, next.title);
      title.title = next.title;
      for (const { tool, made } of toolButtons) press(made, tool === next.tool);
      for (const made of forPictures) made.disabled = next.frameCount === 0;
      press(invert, next.presentation.invert);
      press(sharpen, next.presentation.sharpen === true);
      undo.disabled = !next.canUndo;
      redo.disabled = !next.canRedo;
      const chosen = drawing.find(({ tool }) => tool === next.tool && tool !== 'length' && tool !== 'angle');
      const drawOpener = draw.querySelector('button');
      const drawLabel = drawOpener?.querySelector('span');
      if (drawLabel != null) setText(drawLabel, say(chosen?.tool ?? 'measureMenu'));
      if (drawOpener !== null) press(drawOpener, chosen !== undefined);
      if (wasPlaying !== next.isPlaying) {
        const label = say(next.isPlaying ? 'stop' : 'play');
        const fresh = button(
          { label, icon: next.isPlaying ? 'stop' : 'play', hint: 'Space' },
          () => undefined,
        );
        cine.replaceChildren(...fresh.childNodes);
        cine.title = fresh.title;
        cine.setAttribute('aria-label', label);
      }
      cine.disabled = next.frameCount < 2;
      volume.disabled = !next.canReconstruct;
      clear.disabled = !next.hasMeasurements;
      const speedLabel = speed.querySelector('span');
      if (speedLabel !== null) setText(speedLabel, `${next.speed}\u2009${say('perSecond')}`);
      speed
        .querySelector('button')
        ?.setAttribute('aria-label', `${say('speed')} ${next.speed}\u2009${say('perSecond')}`);
      const presetsOpener = presets.querySelector('button');
      if (presetsOpener !== null) presetsOpener.disabled = next.presets.length === 0 || next.voi === null;
    },
  };
}

function turnButtons(actions: RoomActions, say: Say): HTMLButtonElement[] {
  return [
    button({ label: say('rotate'), icon: 'rotate', hint: 'R' }, actions.rotate),
    button({ label: say('mirror'), icon: 'mirror', hint: 'H' }, actions.mirror),
    button({ label: say('upend'), icon: 'upend', hint: 'V' }, actions.upend),
  ];
}

type Shown = () => RoomFacts | null;

function speedMenu(actions: RoomActions, say: Say, shown: Shown): HTMLElement {
  return menuButton({ label: say('speed'), text: '10' }, () => [
    ...speeds.map((value) => ({
      label: `${value}\u2009${say('perSecond')}`,
      isChosen: value === shown()?.speed,
      pick: () => actions.pickSpeed(value),
    })),
    ...cineModes.map((mode) => ({
      label: say(cineWords[mode]),
      isChosen: mode === shown()?.cineMode,
      pick: () => actions.pickCineMode(mode),
    })),
  ]);
}

function drawMenu(actions: RoomActions, say: Say, shown: Shown): HTMLElement {
  return menuButton({ label: say('measureMenu'), text: say('measureMenu') }, () =>
    drawing.map(({ tool, key }) => ({
      label: say(tool),
      hint: key,
      isChosen: shown()?.tool === tool,
      pick: () => actions.pickTool(tool),
    })),
  );
}

function presetMenu(actions: RoomActions, say: Say, shown: Shown): HTMLElement {
  const isShown = ({ center, width }: { center: number; width: number }) =>
    shown()?.voi?.center === center && shown()?.voi?.width === width;
  return menuButton({ label: say('presets'), text: say('presets') }, () =>
    (shown()?.presets ?? []).map((preset, index) => ({
      label: preset.label,
      hint: `W ${preset.width}  L ${preset.center}   ${index + 1}`,
      isChosen: isShown(preset),
      pick: () => actions.pickPreset(preset),
    })),
  );
}
