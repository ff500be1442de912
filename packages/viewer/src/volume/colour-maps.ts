// Colour maps as data: a few stops, interpolated to 256 entries. Hot Iron, PET and Hot Metal Blue follow PS3.6 Annex B
// in their course.

export type ColourMapName = 'grey' | 'inverse' | 'hot-iron' | 'pet' | 'rainbow' | 'hot-metal-blue';
export const colourMapNames: readonly ColourMapName[] = [
  'hot-iron',
  'pet',
  'rainbow',
  'hot-metal-blue',
  'grey',
  'inverse',
];

type Stop = readonly [at: number, red: number, green: number, blue: number];

const stops: Record<ColourMapName, readonly Stop[]> = {
  grey: [
    [0, 0, 0, 0],
    [1, 255, 255, 255],
  ],
  inverse: [
    [0, 255, 255, 255],
    [1, 0, 0, 0],
  ],
  'hot-iron': [
    [0, 0, 0, 0],
    [0.5, 255, 0, 0],
    [0.75, 255, 128, 0],
    [1, 255, 255, 255],
  ],
  pet: [
    [0, 0, 0, 0],
    [0.25, 0, 128, 125],
    [0.5, 128, 0, 255],
    [0.75, 255, 128, 0],
    [1, 255, 255, 255],
  ],
  rainbow: [
    [0, 0, 0, 0],
    [0.1, 64, 0, 128],
    [0.3, 0, 0, 255],
    [0.5, 0, 200, 120],
    [0.65, 60, 230, 0],
    [0.8, 255, 230, 0],
    [1, 255, 0, 0],
  ],
  'hot-metal-blue': [
    [0, 0, 0, 0],
    [0.25, 0, 0, 110],
    [0.5, 140, 30, 120],
    [0.75, 255, 150, 0],
    [1, 255, 255, 255],
  ],
};

/** 256 little-endian RGBA words, opaque. */
export function colourTable(name: ColourMapName): Uint32Array {
  const table = new Uint32Array(256);
  for (let at = 0; at < 256; at += 1) {
    const [red, green, blue] = colourAt(stops[name], at / 255);
    table[at] = 0xff000000 | (blue << 16) | (green << 8) | red;
  }
  return table;
}

function colourAt(list: readonly Stop[], share: number): [number, number, number] {
  const above = list.find(([at]) => at >= share) ?? list[list.length - 1] ?? [1, 0, 0, 0];
  const below = [...list].reverse().find(([at]) => at <= share) ?? above;
  const span = above[0] - below[0];
  const t = span > 0 ? (share - below[0]) / span : 0;
  const mix = (at: 1 | 2 | 3) => Math.round(below[at] + (above[at] - below[at]) * t);
  return [mix(1), mix(2), mix(3)];
}

/** The map as a CSS gradient, for the colour bar. */
export function cssGradient(name: ColourMapName, direction: string): string {
  const parts = stops[name].map(([at, red, green, blue]) => `rgb(${red} ${green} ${blue}) ${at * 100}%`);
  return `linear-gradient(${direction}, ${parts.join(', ')})`;
}
