// What is done to a rendered frame before it is sent: a part cut out, turned and mirrored, fitted into the viewport,
// graphics of a presentation state and words burned in. The frame comes at its own size, without loss. Order: cut ->
// mirror -> turn -> size -> draw, so that lines and words stay sharp. Drawing by libvips, words in the platform's font.
import { fileURLToPath } from 'node:url';
import sharp, { type OverlayOptions, type Sharp } from 'sharp';
import type { Region } from './render-query.ts';

export type Corner = 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right';
/** Points are [x, y]: of the frame's pixels (0 is the left edge of the first), or 0 to 1 of the picture. */
export type Graphic = {
  units: 'frame' | 'picture';
  shape: 'polyline' | 'polygon' | 'circle' | 'ellipse' | 'point';
  points: [number, number][];
};
export type Words = { units: 'frame' | 'picture'; at: [number, number]; text: string };

export type Finish = {
  region?: Region;
  mirror?: boolean;
  /** Clockwise. */
  rotate?: 0 | 90 | 180 | 270;
  viewport?: { width: number; height: number };
  graphics?: Graphic[];
  words?: Words[];
  corners?: Partial<Record<Corner, string[]>>;
  srgb?: boolean;
};
export type FinishFormat = 'webp' | 'jpeg' | 'png' | 'gif';

type Size = { width: number; height: number };
type ToPicture = (point: readonly [number, number], units: 'frame' | 'picture') => [number, number];

const fontFile = fileURLToPath(
  import.meta.resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf'),
);
const mostWords = 200;
const mostPoints = 20_000;

/** `frame` is an encoded picture of the frame at `of` pixels wide and high (the frame's own counts). */
export async function finishPicture(
  frame: Uint8Array,
  of: Size,
  finish: Finish,
  form: { format: FinishFormat; quality: number },
): Promise<Uint8Array> {
  const input = sharp(frame);
  const { width = 1, height = 1 } = await input.metadata();
  const scale = { x: width / of.width, y: height / of.height };
  const cut = cutOf(finish.region, { width, height }, scale);
  const turned = await turn(sharp(await input.extract(cut).png({ compressionLevel: 1 }).toBuffer()), finish);
  const size = fit(turned.size, finish.viewport);
  const toPicture = mapping(finish, cut, scale, size);
  const layers = [
    ...drawGraphics(finish.graphics ?? [], size, toPicture),
    ...(await drawWords(finish, size, toPicture)),
  ];
  const image = sharp(turned.bytes)
    .resize(size.width, size.height, {
      fit: 'fill',
      kernel: size.width > turned.size.width ? 'mitchell' : 'lanczos3',
    })
    .toColourspace('srgb')
    .composite(layers);
  return encode(finish.srgb === true ? image.withIccProfile('srgb') : image, form);
}

function cutOf(region: Region | undefined, of: Size, scale: { x: number; y: number }) {
  const left = Math.min(of.width - 1, Math.round((region?.left ?? 0) * scale.x));
  const top = Math.min(of.height - 1, Math.round((region?.top ?? 0) * scale.y));
  const width = region === undefined ? of.width : Math.max(1, Math.round(region.width * scale.x));
  const height = region === undefined ? of.height : Math.max(1, Math.round(region.height * scale.y));
  return { left, top, width: Math.min(width, of.width - left), height: Math.min(height, of.height - top) };
}

async function turn(
  image: Sharp,
  { region, mirror, rotate }: Finish,
): Promise<{ bytes: Buffer; size: Size }> {
  const flips = (region?.flipX === true) !== (mirror === true);
  let mirrored = image;
  if (flips) mirrored = mirrored.flop();
  if (region?.flipY === true) mirrored = mirrored.flip();
  const bytes = await mirrored.png({ compressionLevel: 1 }).toBuffer();
  const { data, info } = await sharp(bytes)
    .rotate(rotate ?? 0)
    .png({ compressionLevel: 1 })
    .toBuffer({ resolveWithObject: true });
  return { bytes: data, size: { width: info.width, height: info.height } };
}

/** The largest picture of that shape inside the viewport. */
function fit({ width, height }: Size, viewport: Size | undefined): Size {
  if (viewport === undefined) return { width, height };
  const scale = Math.min(viewport.width / width, viewport.height / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** The same way for points as turn() and fit() go for pixels. */
function mapping(
  finish: Finish,
  cut: { left: number; top: number; width: number; height: number },
  scale: { x: number; y: number },
  size: Size,
): ToPicture {
  const flipX = (finish.region?.flipX === true) !== (finish.mirror === true);
  const flipY = finish.region?.flipY === true;
  return ([x, y], units) => {
    if (units === 'picture') return [x * size.width, y * size.height];
    let u = (x * scale.x - cut.left) / cut.width;
    let v = (y * scale.y - cut.top) / cut.height;
    if (flipX) u = 1 - u;
    if (flipY) v = 1 - v;
    const [p, q] = rotated(u, v, finish.rotate ?? 0);
    return [p * size.width, q * size.height];
  };
}

function rotated(u: number, v: number, rotate: 0 | 90 | 180 | 270): [number, number] {
  switch (rotate) {
    case 0:
      return [u, v];
    case 90:
      return [1 - v, u];
    case 180:
      return [1 - u, 1 - v];
    case 270:
      return [v, 1 - u];
  }
}

function drawGraphics(graphics: readonly Graphic[], size: Size, toPicture: ToPicture): OverlayOptions[] {
  if (graphics.length === 0) return [];
  const line = Math.max(1, Math.round(Math.min(size.width, size.height) / 400));
  let points = 0;
  const shapes: string[] = [];
  for (const graphic of graphics) {
    points += graphic.points.length;
    if (points > mostPoints) break;
    shapes.push(
      svgOf(
        graphic.shape,
        graphic.points.map((point) => toPicture(point, graphic.units)),
      ),
    );
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}"><g fill="none" stroke="#ffe14d" stroke-width="${line}">${shapes.join('')}</g></svg>`;
  return [{ input: Buffer.from(svg), left: 0, top: 0 }];
}

function svgOf(shape: Graphic['shape'], points: readonly [number, number][]): string {
  const list = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  const [first = [0, 0], second = first, third = first, fourth = third] = points;
  const between = (a: readonly [number, number], b: readonly [number, number]) =>
    Math.hypot(a[0] - b[0], a[1] - b[1]);
  switch (shape) {
    case 'polyline':
      return `<polyline points="${list}"/>`;
    case 'polygon':
      return `<polygon points="${list}"/>`;
    case 'point':
      return points
        .map(([x, y]) => `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3" fill="#ffe14d"/>`)
        .join('');
    case 'circle':
      return `<circle cx="${first[0].toFixed(1)}" cy="${first[1].toFixed(1)}" r="${between(first, second).toFixed(1)}"/>`;
    case 'ellipse': {
      // Ends of the major axis, then of the minor one (PS3.3 C.10.5.1.2).
      const angle = (Math.atan2(second[1] - first[1], second[0] - first[0]) * 180) / Math.PI;
      const [cx, cy] = [(first[0] + second[0]) / 2, (first[1] + second[1]) / 2];
      return `<ellipse cx="${cx.toFixed(1)}" cy="${cy.toFixed(1)}" rx="${(between(first, second) / 2).toFixed(1)}" ry="${(between(third, fourth) / 2).toFixed(1)}" transform="rotate(${angle.toFixed(2)} ${cx.toFixed(1)} ${cy.toFixed(1)})"/>`;
    }
  }
}

async function drawWords(finish: Finish, size: Size, toPicture: ToPicture): Promise<OverlayOptions[]> {
  const side = Math.min(size.width, size.height);
  const px = Math.max(9, Math.min(40, Math.round(side / 32)));
  const layers: OverlayOptions[] = [];
  for (const { at, units, text } of (finish.words ?? []).slice(0, mostWords)) {
    const [left, top] = toPicture(at, units);
    layers.push(...(await place(text, px, size, { left: Math.round(left), top: Math.round(top) })));
  }
  const edge = Math.round(px / 2);
  for (const [corner, lines] of Object.entries(finish.corners ?? {})) {
    const text = lines.filter((line) => line !== '').join('\n');
    if (text === '') continue;
    const right = corner.endsWith('right');
    layers.push(...(await place(text, px, size, { edge, right, bottom: corner.startsWith('bottom') })));
  }
  return layers;
}

type Where = { left: number; top: number } | { edge: number; right: boolean; bottom: boolean };

/** White on a black shadow: legible on any tissue. Cut where the picture ends. */
async function place(text: string, px: number, size: Size, where: Where): Promise<OverlayOptions[]> {
  const right = 'right' in where && where.right;
  const white = await letters(text, px, 'white', right);
  const black = await letters(text, px, 'black', right);
  const left =
    'left' in where ? where.left : where.right ? size.width - where.edge - white.width : where.edge;
  const top =
    'left' in where ? where.top : where.bottom ? size.height - where.edge - white.height : where.edge;
  const shadow = Math.max(1, Math.round(px / 14));
  return [
    ...(await inside(black, size, left + shadow, top + shadow)),
    ...(await inside(white, size, left, top)),
  ];
}

type Letters = { bytes: Buffer } & Size;

async function letters(text: string, px: number, colour: string, right: boolean): Promise<Letters> {
  const words = text
    .replace(/[^\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .slice(0, 2000)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');
  const { data, info } = await sharp({
    text: {
      text: `<span foreground="${colour}">${words === '' ? ' ' : words}</span>`,
      fontfile: fontFile,
      font: `Noto Sans SC ${px}`,
      dpi: 72,
      rgba: true,
      align: right ? 'right' : 'left',
    },
  })
    .png()
    .toBuffer({ resolveWithObject: true });
  return { bytes: data, width: info.width, height: info.height };
}

/** libvips refuses a layer larger than the picture, or beside it. */
async function inside(layer: Letters, size: Size, left: number, top: number): Promise<OverlayOptions[]> {
  const cut = {
    left: Math.max(0, -left),
    top: Math.max(0, -top),
    width: Math.min(layer.width, size.width - left) - Math.max(0, -left),
    height: Math.min(layer.height, size.height - top) - Math.max(0, -top),
  };
  if (cut.width <= 0 || cut.height <= 0) return [];
  const input = await sharp(layer.bytes).extract(cut).png().toBuffer();
  return [{ input, left: Math.max(0, left), top: Math.max(0, top) }];
}

async function encode(image: Sharp, form: { format: FinishFormat; quality: number }): Promise<Uint8Array> {
  const { format, quality } = form;
  switch (format) {
    case 'webp':
      return image.webp({ quality, effort: 2 }).toBuffer();
    case 'jpeg':
      return image.jpeg({ quality }).toBuffer();
    case 'png':
      return image.png({ compressionLevel: 6 }).toBuffer();
    case 'gif':
      return image.gif().toBuffer();
  }
}

/** Pictures of one size as a cine. */
export async function joinGif(frames: readonly Uint8Array[], delayMs: number): Promise<Uint8Array> {
  const [only] = frames;
  const image =
    frames.length === 1 && only !== undefined
      ? sharp(only)
      : sharp(
          frames.map((frame) => Buffer.from(frame)),
          { join: { animated: true } },
        );
  return image.gif({ delay: frames.map(() => delayMs), loop: 0, effort: 3 }).toBuffer();
}
