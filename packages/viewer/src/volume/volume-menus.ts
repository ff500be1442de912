// The choices of the reconstruction views, for the desktop's menus and the phone's sheets alike.
import type { SlabMode } from '@yunying/volume';
import type { Choice } from '../chrome/buttons.ts';
import { colourMapNames } from '../colour/colour-maps.ts';
import { presetLabel } from '../text.ts';
import type { Language, Voi } from '../types.ts';
import { presetsOf } from '../voi/presets.ts';
import { slabModes } from './reslice.ts';
import type { Scene, VolumeTool } from './scene.ts';
import { presetsFor } from './solid-presets.ts';
import { frontTurn, type SolidTurn, type SolidView } from './solid-view.ts';
import type { VolumeSay } from './volume-text.ts';

export const volumeTools: readonly VolumeTool[] = [
  'cross',
  'scroll',
  'window',
  'pan',
  'zoom',
  'length',
  'angle',
  'path',
  'cut',
];

export type MenuContext = {
  scene: Scene;
  say: VolumeSay;
  language: Language;
  windows: readonly { label: string; center: number; width: number }[];
  solid: SolidView | null;
  pickTool(tool: VolumeTool): void;
};

export type VolumeMenu = 'tool' | 'window' | 'slab' | 'render' | 'view' | 'colour';

export function choicesOf(menu: VolumeMenu, context: MenuContext): Choice[] {
  switch (menu) {
    case 'tool':
      return toolChoices(context);
    case 'window':
      return windowChoices(context);
    case 'slab':
      return slabChoices(context);
    case 'render':
      return renderChoices(context);
    case 'view':
      return viewChoices(context);
    case 'colour':
      return colourChoices(context);
  }
}

function toolChoices({ scene, say, solid, pickTool }: MenuContext): Choice[] {
  return volumeTools
    .filter((tool) => tool !== 'cut' || solid !== null)
    .map((tool) => ({
      label: say(tool),
      isChosen: scene.state.tool === tool,
      pick: () => pickTool(tool),
    }));
}

/** SUV from 0 to so much. */
const suvTops = [5, 7, 10, 15];

function windowChoices({ scene, windows, language }: MenuContext): Choice[] {
  const { base, state } = scene;
  const isSuv = base.unit === 'SUVbw';
  const list: { label: string; voi: Voi }[] = isSuv
    ? suvTops.map((top) => ({ label: `SUV 0–${top}`, voi: { center: top / 2, width: top } }))
    : presetsOf(base.modality, windows, (name, index) => presetLabel(language, name, index)).map(
        ({ label, center, width }) => ({ label, voi: { center, width } }),
      );
  const start = scene.start.voi;
  const rows = list.length > 0 ? list : [{ label: presetLabel(language, 'default', 0), voi: start }];
  return rows.map(({ label, voi }) => ({
    label,
    hint: isSuv ? '' : `W ${Math.round(voi.width)}  L ${Math.round(voi.center)}`,
    isChosen: state.voi.center === voi.center && state.voi.width === voi.width,
    pick: () => scene.set({ voi }),
  }));
}

const thicknesses = [5, 10, 20, 40];

function slabChoices({ scene, say }: MenuContext): Choice[] {
  const { slab } = scene.state;
  const pick = (mode: SlabMode, thicknessMm: number) => () => {
    scene.set({ slab: { mode, thicknessMm }, pathSlab: { mode, thicknessMm } });
  };
  const modes = slabModes.map((mode) => ({
    label: say(mode),
    isChosen: slab.thicknessMm > 0 && slab.mode === mode,
    pick: pick(mode, slab.thicknessMm > 0 ? slab.thicknessMm : 10),
  }));
  const thick = thicknesses.map((mm) => ({
    label: `${mm}\u2009mm`,
    isChosen: slab.thicknessMm === mm,
    pick: pick(slab.mode, mm),
  }));
  return [
    { label: say('slabOff'), isChosen: slab.thicknessMm === 0, pick: pick(slab.mode, 0) },
    ...modes,
    ...thick,
  ];
}

function renderChoices({ scene, say, solid }: MenuContext): Choice[] {
  if (solid === null) return [];
  return presetsFor(scene.base.modality).map((preset) => ({
    label: say.solid(preset.name),
    isChosen: solid.preset.name === preset.name,
    pick: () => solid.pickPreset(preset),
  }));
}

const turns: readonly { word: 'from' | 'back' | 'left' | 'right' | 'head' | 'foot'; turn: SolidTurn }[] = [
  { word: 'from', turn: frontTurn },
  { word: 'back', turn: { right: [-1, 0, 0], down: [0, 0, -1], forward: [0, -1, 0] } },
  { word: 'left', turn: { right: [0, 1, 0], down: [0, 0, -1], forward: [-1, 0, 0] } },
  { word: 'right', turn: { right: [0, -1, 0], down: [0, 0, -1], forward: [1, 0, 0] } },
  { word: 'head', turn: { right: [1, 0, 0], down: [0, -1, 0], forward: [0, 0, -1] } },
  { word: 'foot', turn: { right: [1, 0, 0], down: [0, 1, 0], forward: [0, 0, 1] } },
];

function viewChoices({ say, solid }: MenuContext): Choice[] {
  if (solid === null) return [];
  return turns.map(({ word, turn }) => ({ label: say(word), pick: () => solid.setTurn(turn) }));
}

function colourChoices({ scene, say }: MenuContext): Choice[] {
  const { fusion, map } = scene.state;
  return colourMapNames.map((name) => ({
    label: say.map(name),
    isChosen: (fusion?.map ?? map) === name,
    pick: () => scene.set(fusion === null ? { map: name } : { fusion: { ...fusion, map: name } }),
  }));
}
