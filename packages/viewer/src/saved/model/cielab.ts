// Recommended display colours are CIELab with D50 white, scaled to 16 bits (PS3.3 C.10.7.1.1); screens want sRGB.

export type Rgb = [number, number, number];

export function cielabToRgb(scaled: readonly number[] | null): Rgb | null {
  const [l, a, b] = scaled ?? [];
  if (l === undefined || a === undefined || b === undefined) return null;
  const light = (l / 65535) * 100;
  const fy = (light + 16) / 116;
  const fx = fy + ((a / 65535) * 255 - 128) / 500;
  const fz = fy - ((b / 65535) * 255 - 128) / 200;
  const [x, y, z] = [0.9642 * inverse(fx), inverse(fy), 0.8251 * inverse(fz)];
  // XYZ of D50 to linear sRGB (Bradford-adapted matrix).
  const red = 3.1338561 * x - 1.6168667 * y - 0.4906146 * z;
  const green = -0.9787684 * x + 1.9161415 * y + 0.033454 * z;
  const blue = 0.0719453 * x - 0.2289914 * y + 1.4052427 * z;
  return [gamma(red), gamma(green), gamma(blue)];
}

export function cielabToCss(scaled: readonly number[] | null): string | null {
  const rgb = cielabToRgb(scaled);
  return rgb === null ? null : rgbToCss(rgb);
}

export function rgbToCss([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}

/** Told apart on grey: what has no colour of its own takes these in turn. */
const turns: readonly Rgb[] = [
  [240, 96, 84],
  [92, 200, 120],
  [96, 160, 250],
  [240, 200, 80],
  [200, 120, 240],
  [80, 214, 220],
  [250, 150, 70],
  [240, 130, 180],
];
export function colorAt(index: number): Rgb {
  return turns[index % turns.length] ?? [240, 200, 80];
}

function inverse(f: number): number {
  return f > 6 / 29 ? f ** 3 : 3 * (6 / 29) ** 2 * (f - 4 / 29);
}

function gamma(linear: number): number {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.min(1, Math.max(0, value)));
}
