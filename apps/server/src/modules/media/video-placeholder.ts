// What stands for a video in lists: a drawn tile that says so. No decoder of video is part of the platform, so there is
// no first frame, and the tile does not pretend to be one: it names the codec and says that it is no picture of it.
import { fileURLToPath } from 'node:url';
import { transferSyntax } from '@yunying/dicom';
import sharp from 'sharp';
import type { PictureFormat } from './open-picture.ts';
import type { Picture } from './picture.ts';

const fontFile = fileURLToPath(
  import.meta.resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf'),
);
const [width, height] = [160, 120];
const drawn = new Map<string, Promise<Uint8Array>>();

export async function videoPlaceholder(transferSyntaxUid: string, wished: PictureFormat): Promise<Picture> {
  const codec = codecName(transferSyntaxUid);
  const format = wished === 'gif' ? 'png' : wished;
  const key = `${codec} ${format}`;
  const drawing = drawn.get(key) ?? draw(codec, format);
  drawn.set(key, drawing);
  const bytes = await drawing;
  const etag = `"video-placeholder-${key.replace(/[^a-zA-Z0-9]+/g, '-')}"`;
  return { mediaType: `image/${format}`, etag, sizeBytes: bytes.length, bytes };
}

function codecName(transferSyntaxUid: string): string {
  switch (transferSyntax(transferSyntaxUid)?.codec) {
    case 'mpeg2':
      return 'MPEG-2';
    case 'mpeg4':
      return 'H.264';
    case 'hevc':
      return 'H.265';
    default:
      return '';
  }
}

async function draw(codec: string, format: 'webp' | 'jpeg' | 'png'): Promise<Uint8Array> {
  const tile = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="#1d2733"/>
    <circle cx="80" cy="42" r="22" fill="none" stroke="#c9d4df" stroke-width="3"/>
    <path d="M73 31 L93 42 L73 53 Z" fill="#c9d4df"/></svg>`;
  const words = await sharp({
    text: {
      text: `<span foreground="#c9d4df">视频 ${codec}</span>\n<span foreground="#8fa0b2" size="small">非画面 · no frame shown</span>`,
      fontfile: fontFile,
      font: 'Noto Sans SC 11',
      rgba: true,
      align: 'centre',
    },
  })
    .png()
    .toBuffer({ resolveWithObject: true });
  const left = Math.max(0, Math.round((width - words.info.width) / 2));
  const top = Math.min(72, height - words.info.height);
  const picture = sharp(Buffer.from(tile)).composite([{ input: words.data, left, top }]);
  return picture.toFormat(format, { quality: 80 }).toBuffer();
}
