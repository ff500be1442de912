// Colours and mosaic in the tool row and in the phone's sheets: offered where they mean something, absent elsewhere.
import { type Choice, menuButton, press } from '../chrome/buttons.ts';
import type { Chrome } from '../chrome/room-actions.ts';
import { type ColourMapName, colourMapNames } from '../colour/colour-maps.ts';
import { mapLabel } from '../colour/colour-words.ts';
import { element } from '../dom.ts';
import type { Pane } from '../pane/pane.ts';
import type { Say } from '../text.ts';
import type { Language } from '../types.ts';

type Active = () => Pane | null;

/** Emission pictures and maps of values: grey levels that have no look of their own. */
const coloured = new Set(['NM', 'PT', 'RTDOSE', 'ST']);
const columnChoices = [2, 3, 4, 5, 6, 8, 10] as const;
const mostMosaic = 1000;

export function mayBeColoured(pane: Pane | null): boolean {
  return pane !== null && pane.voi !== null && coloured.has(pane.opened?.series.modality ?? '');
}

export function mayBeMosaic(pane: Pane | null): boolean {
  return pane !== null && pane.count > 1 && pane.count <= mostMosaic;
}

export function colourChoices(pane: Pane | null, language: Language): Choice[] {
  if (pane === null || !mayBeColoured(pane)) return [];
  const shown = pane.presentation.palette ?? 'grey';
  return colourMapNames.map((name) => ({
    label: mapLabel(language, name),
    isChosen: name === shown,
    pick: () => pane.set({ palette: name }),
  }));
}

export function mosaicChoices(pane: Pane | null, say: Say): Choice[] {
  if (pane === null || !mayBeMosaic(pane)) return [];
  const shown = pane.presentation.mosaic ?? 0;
  return [
    { label: say('oneFrame'), isChosen: shown === 0, pick: () => pane.set({ mosaic: 0 }) },
    ...columnChoices.map((columns) => ({
      label: `${columns} ${say('mosaicColumns')}`,
      isChosen: columns === shown,
      pick: () => pane.set({ mosaic: columns }),
    })),
  ];
}

export function makeNuclearTools(active: Active, say: Say, language: Language): Chrome {
  const colours = menuButton({ label: say('colours'), text: say('colours') }, () =>
    colourChoices(active(), language),
  );
  const mosaic = menuButton({ label: say('mosaic'), icon: 'mosaic' }, () => mosaicChoices(active(), say));
  const root = element('div', { class: 'yv-group' }, colours, mosaic);
  return {
    root,
    draw() {
      const pane = active();
      colours.hidden = !mayBeColoured(pane);
      mosaic.hidden = !mayBeMosaic(pane);
      root.hidden = colours.hidden && mosaic.hidden;
      const palette: ColourMapName = pane?.presentation.palette ?? 'grey';
      for (const [menu, isOn] of [
        [colours, palette !== 'grey'],
        [mosaic, (pane?.presentation.mosaic ?? 0) > 0],
      ] as const) {
        const opener = menu.querySelector('button');
        if (opener !== null) press(opener, isOn);
      }
    },
  };
}

/** The same for the phone's sheets. */
export type SheetChoices = { window(): Choice[]; more(): Choice[] };

export function nuclearChoices(active: Active, say: Say, language: Language): SheetChoices {
  return {
    window: () => colourChoices(active(), language),
    more: () => mosaicPhone(active(), say),
  };
}

function mosaicPhone(pane: Pane | null, say: Say): Choice[] {
  if (pane === null || !mayBeMosaic(pane)) return [];
  const shown = pane.presentation.mosaic ?? 0;
  return [0, 2, 3, 4].flatMap((columns) =>
    columns === shown
      ? []
      : [
          {
            label: columns === 0 ? say('oneFrame') : `${say('mosaic')} ${columns} ${say('mosaicColumns')}`,
            pick: () => pane.set({ mosaic: columns }),
          },
        ],
  );
}
