// Colour maps, one table for plain viewports, reconstructed planes and PET on CT. The named palettes of PS3.6 Annex B
// (Hot Iron, PET, Hot Metal Blue, PET 20 Step, Spring, Summer, Fall, Winter) are given by the points between which
// their 256 entries run straight: rounded, every entry is the standard's own. Rainbow is no palette of the standard.

export const colourMapNames = [
  'grey',
  'inverse',
  'hot-iron',
  'pet',
  'hot-metal-blue',
  'pet-20-step',
  'rainbow',
  'spring',
  'summer',
  'fall',
  'winter',
] as const;
export type ColourMapName = (typeof colourMapNames)[number];

/** Entry 0–255, red, green, blue. */
type Stop = readonly [at: number, red: number, green: number, blue: number];

const steps = [
  [0, 0, 0, 0],
  [13, 96, 0, 80],
  [26, 48, 48, 80],
  [39, 48, 48, 112],
  [51, 80, 80, 128],
  [64, 96, 96, 176],
  [77, 112, 112, 192],
  [90, 128, 128, 224],
  [102, 48, 96, 48],
  [115, 48, 144, 48],
  [128, 80, 192, 80],
  [141, 64, 224, 64],
  [153, 224, 224, 80],
  [166, 208, 208, 96],
  [179, 208, 176, 64],
  [192, 208, 144, 0],
  [204, 192, 96, 0],
  [217, 176, 48, 0],
  [230, 255, 0, 0],
  [243, 255, 255, 255],
] as const;

const stops: Record<ColourMapName, readonly Stop[]> = {
  grey: line([0, 0, 0], [255, 255, 255]),
  inverse: line([255, 255, 255], [0, 0, 0]),
  'hot-iron': [
    [0, 0, 0, 0],
    [127, 254, 0, 0],
    [128, 255, 0, 0],
    [191, 255, 126, 0],
    [254, 255, 252, 252],
    [255, 255, 255, 255],
  ],
  pet: [
    [0, 0, 0, 0],
    [1, 0, 2, 1],
    [62, 0, 125, 123],
    [63, 0, 128, 125],
    [64, 1, 126, 127],
    [95, 63, 64, 189],
    [97, 67, 61, 193],
    [116, 104, 23, 231],
    [127, 126, 1, 253],
    [128, 128, 0, 255],
    [130, 132, 4, 248],
    [169, 209, 82, 92],
    [192, 255, 128, 0],
    [233, 255, 210, 165],
    [235, 255, 214, 174],
    [254, 255, 252, 250],
    [255, 255, 255, 255],
  ],
  'hot-metal-blue': [
    [0, 0, 0, 0],
    [17, 0, 0, 33],
    [42, 0, 0, 83],
    [43, 0, 0, 84],
    [76, 0, 0, 149],
    [85, 0, 0, 167],
    [102, 50, 0, 200],
    [119, 90, 0, 150],
    [136, 140, 32, 50],
    [153, 190, 64, 0],
    [170, 255, 96, 0],
    [238, 255, 224, 200],
    [255, 255, 255, 255],
  ],
  'pet-20-step': steps.flatMap(([at, ...colour], index): Stop[] => [
    [at, ...colour],
    [(steps[index + 1]?.[0] ?? 256) - 1, ...colour],
  ]),
  rainbow: [
    [0, 0, 0, 0],
    [26, 64, 0, 128],
    [77, 0, 0, 255],
    [128, 0, 200, 120],
    [166, 60, 230, 0],
    [204, 255, 230, 0],
    [255, 255, 0, 0],
  ],
  spring: line([255, 0, 255], [255, 255, 0]),
  summer: [
    [0, 0, 255, 0],
    [127, 0, 192, 0],
    [255, 0, 128, 254],
  ],
  fall: line([255, 255, 0], [255, 0, 0]),
  winter: [
    [0, 0, 0, 255],
    [127, 0, 127, 192],
    [255, 127, 255, 128],
  ],
};

type Colour = readonly [red: number, green: number, blue: number];

function line(first: Colour, last: Colour): readonly Stop[] {
  return [
    [0, ...first],
    [255, ...last],
  ];
}

const made = new Map<ColourMapName, Uint32Array>();

/** 256 little-endian RGBA words, opaque. */
export function colourTable(name: ColourMapName): Uint32Array {
  const known = made.get(name);
  if (known !== undefined) return known;
  const table = new Uint32Array(256);
  for (let at = 0; at < 256; at += 1) {
    const [red, green, blue] = colourAt(stops[name], at);
    table[at] = 0xff000000 | (blue << 16) | (green << 8) | red;
  }
  made.set(name, table);
  return table;
}

function colourAt(list: readonly Stop[], at: number): [number, number, number] {
  const above = list.find((stop) => stop[0] >= at) ?? list[list.length - 1] ?? [255, 0, 0, 0];
  const below = list.findLast((stop) => stop[0] <= at) ?? above;
  const span = above[0] - below[0];
  const t = span > 0 ? (at - below[0]) / span : 0;
  const mix = (channel: 1 | 2 | 3) => Math.round(below[channel] + (above[channel] - below[channel]) * t);
  return [mix(1), mix(2), mix(3)];
}

/** The map as a CSS gradient, for colour bars. */
export function cssGradient(name: ColourMapName, direction: string): string {
  const parts = stops[name].map(
    ([at, red, green, blue]) => `rgb(${red} ${green} ${blue}) ${((at / 255) * 100).toFixed(2)}%`,
  );
  return `linear-gradient(${direction}, ${parts.join(', ')})`;
}

export function isColourMap(text: string): text is ColourMapName {
  return colourMapNames.some((name) => name === text);
}
