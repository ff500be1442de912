// Objects for which no freely licensed original was at hand: the drawn dental panorama as Digital Intra-Oral X-Ray, and
// a Video Endoscopic object (motion JPEG, 12 frames) made of the three endoscopy pictures by moving slowly over them.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeFrame, type PixelDescription } from '@yunying/codec';
import {
  createDataset,
  encodeDataset,
  getNumber,
  getString,
  parseDicom,
  setValue,
  writePart10,
} from '@yunying/dicom';
import sharp from 'sharp';
import { dentalSize, drawDentalPanorama } from './dental-picture.ts';

const explicitLittleEndian = '1.2.840.10008.1.2.1';
const jpegBaseline = '1.2.840.10008.1.2.4.50';
const intraOralForPresentation = '1.2.840.10008.5.1.4.1.1.1.3';
const videoEndoscopic = '1.2.840.10008.5.1.4.1.1.77.1.1.1';
const frameCount = 12;
const videoSize = { columns: 640, rows: 400 };

export async function makeDentalObject(): Promise<Uint8Array> {
  const dataset = imageHead({
    sopClassUid: intraOralForPresentation,
    seed: 'dental',
    modality: 'IO',
    ...dentalSize,
  });
  setValue(dataset, 'SeriesDescription', 'Drawn panorama (demo)');
  setValue(dataset, 'SamplesPerPixel', 1);
  setValue(dataset, 'PhotometricInterpretation', 'MONOCHROME2');
  setValue(dataset, 'PresentationLUTShape', 'IDENTITY');
  setValue(dataset, 'ImagerPixelSpacing', ['0.1', '0.1']);
  setValue(dataset, 'WindowCenter', '128');
  setValue(dataset, 'WindowWidth', '256');
  setValue(dataset, 'PixelData', await drawDentalPanorama(), 'OB');
  return asFile(
    intraOralForPresentation,
    'dental',
    explicitLittleEndian,
    encodeDataset(dataset, explicitLittleEndian),
  );
}

export async function makeEndoscopyVideo(folder: string): Promise<Uint8Array> {
  const pictures = await Promise.all(
    (await readdir(folder)).sort().map((name) => decodePicture(join(folder, name))),
  );
  const frames: Uint8Array[] = [];
  for (let i = 0; i < frameCount; i++) {
    const picture = pictures[Math.floor((i * pictures.length) / frameCount)];
    if (picture === undefined) throw new Error(`no endoscopy pictures in ${folder}`);
    frames.push(await moveOver(picture, ((i * pictures.length) % frameCount) / frameCount));
  }
  const dataset = imageHead({
    sopClassUid: videoEndoscopic,
    seed: 'endoscopy-video',
    modality: 'ES',
    ...videoSize,
  });
  setValue(dataset, 'SeriesDescription', 'Motion JPEG of still pictures (demo)');
  setValue(dataset, 'SamplesPerPixel', 3);
  setValue(dataset, 'PhotometricInterpretation', 'YBR_FULL');
  setValue(dataset, 'PlanarConfiguration', 0);
  setValue(dataset, 'NumberOfFrames', String(frameCount));
  setValue(dataset, 'FrameTime', '125');
  setValue(dataset, 'FrameIncrementPointer', ['00181063']);
  setValue(dataset, 'LossyImageCompression', '01');
  dataset.elements.set('7FE00010', {
    kind: 'fragments',
    tag: '7FE00010',
    vr: 'OB',
    fragments: [new Uint8Array(0), ...frames],
  });
  return asFile(videoEndoscopic, 'endoscopy-video', jpegBaseline, encodeDataset(dataset, jpegBaseline));
}

type Picture = { rgb: Buffer; columns: number; rows: number };

async function decodePicture(path: string): Promise<Picture> {
  const { dataset, transferSyntaxUid } = parseDicom(await readFile(path));
  const number = (keyword: string) => getNumber(dataset, keyword) ?? 0;
  const description: PixelDescription = {
    transferSyntaxUid,
    rows: number('Rows'),
    columns: number('Columns'),
    samplesPerPixel: number('SamplesPerPixel'),
    bitsAllocated: number('BitsAllocated'),
    bitsStored: number('BitsStored'),
    highBit: number('HighBit'),
    pixelRepresentation: number('PixelRepresentation') === 1 ? 1 : 0,
    photometricInterpretation: getString(dataset, 'PhotometricInterpretation') ?? 'RGB',
    planarConfiguration: number('PlanarConfiguration') === 1 ? 1 : 0,
  };
  const element = dataset.elements.get('7FE00010');
  if (element?.kind !== 'fragments') throw new Error(`${path} has no encapsulated pixel data`);
  const bytes = Buffer.concat(element.fragments.slice(1));
  const { pixels } = await decodeFrame(bytes, description);
  return {
    rgb: Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength),
    columns: description.columns,
    rows: description.rows,
  };
}

/** A window that moves over the picture; `at` runs from 0 to 1. */
function moveOver({ rgb, columns, rows }: Picture, at: number): Promise<Buffer> {
  const width = Math.round(columns * 0.8);
  const height = Math.round((width * videoSize.rows) / videoSize.columns);
  const left = Math.round((columns - width) * at);
  const top = Math.round(Math.max(0, rows - height) * at);
  return sharp(rgb, { raw: { width: columns, height: rows, channels: 3 } })
    .extract({ left, top, width, height: Math.min(height, rows) })
    .resize(videoSize.columns, videoSize.rows, { fit: 'fill' })
    .jpeg({ quality: 88, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

function imageHead(about: {
  sopClassUid: string;
  seed: string;
  modality: string;
  rows: number;
  columns: number;
}) {
  const dataset = createDataset();
  setValue(dataset, 'SpecificCharacterSet', 'ISO_IR 192');
  setValue(dataset, 'ImageType', ['DERIVED', 'PRIMARY']);
  setValue(dataset, 'SOPClassUID', about.sopClassUid);
  setValue(dataset, 'SOPInstanceUID', instanceUid(about.seed));
  setValue(dataset, 'Modality', about.modality);
  setValue(dataset, 'Manufacturer', 'Yunying demo');
  setValue(dataset, 'StudyInstanceUID', `${instanceUid(about.seed)}.1`);
  setValue(dataset, 'SeriesInstanceUID', `${instanceUid(about.seed)}.2`);
  setValue(dataset, 'SeriesNumber', '1');
  setValue(dataset, 'InstanceNumber', '1');
  setValue(dataset, 'Rows', about.rows);
  setValue(dataset, 'Columns', about.columns);
  setValue(dataset, 'BitsAllocated', 8);
  setValue(dataset, 'BitsStored', 8);
  setValue(dataset, 'HighBit', 7);
  setValue(dataset, 'PixelRepresentation', 0);
  return dataset;
}

/** Placeholders: the feed writes hashed UIDs over them, as it does with every original. */
const instanceUid = (seed: string): string => `1.2.826.0.1.3680043.10.${seed === 'dental' ? 1 : 2}`;

const asFile = (
  sopClassUid: string,
  seed: string,
  transferSyntaxUid: string,
  dataset: Uint8Array,
): Uint8Array => writePart10({ sopClassUid, sopInstanceUid: instanceUid(seed), transferSyntaxUid }, dataset);
