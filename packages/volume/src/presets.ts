// Ways to draw a volume as a solid, as data, for browser and server alike: which values are seen, in which colour, how
// dense, how lit. Values of CT are HU; others are shares of the volume's own spread (0: its 1st, 1: its 99.5th
// percentile), because MR and PET have no fixed scale.

export const presetNames = [
  'bone',
  'vessels',
  'soft',
  'lung',
  'skin',
  'mr-head',
  'mr-vessels',
  'pet',
] as const;
export type VolumePreset = (typeof presetNames)[number];

/** value, red, green, blue (0–255), opacity of a millimetre (0–1). */
export type PresetStop = readonly [value: number, red: number, green: number, blue: number, opacity: number];

export type PresetLook = {
  name: VolumePreset;
  modalities: readonly string[];
  scale: 'value' | 'share';
  stops: readonly PresetStop[];
  ambient: number;
  diffuse: number;
  specular: number;
};

const lit = { ambient: 0.3, diffuse: 0.75, specular: 0.22 };

export const volumePresets: readonly PresetLook[] = [
  {
    name: 'bone',
    modalities: ['CT'],
    scale: 'value',
    stops: [
      [120, 120, 60, 40, 0],
      [220, 185, 130, 90, 0.12],
      [420, 235, 205, 165, 0.65],
      [1200, 255, 250, 240, 0.95],
      [1800, 255, 255, 255, 1],
    ],
    ...lit,
  },
  {
    name: 'vessels',
    modalities: ['CT'],
    scale: 'value',
    stops: [
      [110, 90, 10, 10, 0],
      [170, 170, 25, 20, 0.12],
      [300, 225, 75, 50, 0.6],
      [500, 245, 200, 160, 0.8],
      [900, 255, 250, 235, 0.95],
    ],
    ...lit,
  },
  {
    name: 'soft',
    modalities: ['CT'],
    scale: 'value',
    stops: [
      [-300, 120, 70, 50, 0],
      [-160, 200, 140, 105, 0.25],
      [20, 225, 165, 130, 0.6],
      [120, 215, 110, 90, 0.75],
      [400, 250, 235, 215, 0.95],
    ],
    ...lit,
  },
  {
    name: 'lung',
    modalities: ['CT'],
    scale: 'value',
    stops: [
      [-950, 40, 60, 90, 0],
      [-860, 110, 150, 185, 0.03],
      [-700, 170, 205, 225, 0.07],
      [-560, 215, 140, 120, 0.05],
      [-420, 230, 110, 90, 0],
      [-400, 230, 110, 90, 0],
    ],
    ambient: 0.45,
    diffuse: 0.6,
    specular: 0.1,
  },
  {
    name: 'skin',
    modalities: ['CT'],
    scale: 'value',
    stops: [
      [-400, 215, 160, 130, 0],
      [-250, 224, 172, 140, 0.35],
      [-100, 232, 184, 150, 0.7],
      [200, 238, 200, 170, 0.9],
      [3000, 255, 250, 240, 0.95],
    ],
    ...lit,
  },
  {
    name: 'mr-head',
    modalities: ['MR'],
    scale: 'share',
    stops: [
      [0.08, 70, 40, 30, 0],
      [0.2, 175, 125, 95, 0.18],
      [0.45, 215, 165, 135, 0.5],
      [0.8, 240, 215, 190, 0.8],
      [1, 255, 250, 245, 0.95],
    ],
    ...lit,
  },
  {
    name: 'mr-vessels',
    modalities: ['MR'],
    scale: 'share',
    stops: [
      [0.55, 100, 15, 10, 0],
      [0.72, 200, 50, 35, 0.25],
      [0.9, 240, 150, 110, 0.7],
      [1, 255, 235, 215, 0.95],
    ],
    ...lit,
  },
  {
    name: 'pet',
    modalities: ['PT', 'NM'],
    scale: 'share',
    stops: [
      [0.05, 30, 0, 60, 0],
      [0.15, 90, 0, 140, 0.03],
      [0.4, 255, 60, 0, 0.2],
      [0.75, 255, 190, 40, 0.6],
      [1, 255, 255, 235, 0.95],
    ],
    ambient: 0.55,
    diffuse: 0.5,
    specular: 0.1,
  },
];

/** Of a modality, the usual one first; for unknown ones what suits values without a scale. */
export function presetsFor(modality: string | null): PresetLook[] {
  const own = volumePresets.filter(({ modalities }) => modality !== null && modalities.includes(modality));
  return own.length > 0 ? own : volumePresets.filter(({ name }) => name === 'mr-head');
}
