// A made whole slide for tests: a pyramid of baseline JPEG tiles, each with its column and row drawn on it, written as a
// stream so that its size costs no memory. Nothing in it is anybody's.
import { createDataset, type Dataset, encodeDataset, newUid, setValue, writePart10 } from '@yunying/dicom';
import sharp from 'sharp';

export const slideClass = '1.2.840.10008.5.1.4.1.1.77.1.6';
export const baselineJpeg = '1.2.840.10008.1.2.4.50';
const explicitLittleEndian = '1.2.840.10008.1.2.1';

export type SlideUids = { study: string; series: string; frameOfReference: string };
export type MadeLevel = {
  sop: string;
  flavor: 'VOLUME' | 'THUMBNAIL' | 'LABEL';
  columns: number;
  rows: number;
  tile: number;
  number: number;
  isSparse?: boolean;
  paths?: string[];
};

const pixelMm = 0.00025;

export function newSlide(): SlideUids {
  return { study: newUid(), series: newUid(), frameOfReference: newUid() };
}

/** Coarser by four each time until it is a thumbnail. */
export function pyramid(columns: number, rows: number, tile = 256): MadeLevel[] {
  const levels: MadeLevel[] = [];
  for (let scale = 1; ; scale *= 4) {
    const level = { columns: Math.ceil(columns / scale), rows: Math.ceil(rows / scale), tile };
    const isLast = Math.max(level.columns, level.rows) <= 1024;
    levels.push({
      sop: newUid(),
      flavor: isLast && scale > 1 ? 'THUMBNAIL' : 'VOLUME',
      number: levels.length + 1,
      ...level,
    });
    if (isLast) return levels;
  }
}

/** The Part 10 file, piece by piece. */
export async function* slideFile(
  slide: SlideUids,
  level: MadeLevel,
  whole: MadeLevel,
): AsyncGenerator<Uint8Array> {
  const across = Math.ceil(level.columns / level.tile);
  const down = Math.ceil(level.rows / level.tile);
  const paths = level.paths ?? ['1'];
  const tiles: { x: number; y: number; path: number }[] = [];
  for (const path of paths.keys())
    for (let y = 0; y < down; y += 1) for (let x = 0; x < across; x += 1) tiles.push({ x, y, path });
  // A sparse object leaves tiles out and may have them in any order.
  const kept = level.isSparse === true ? tiles.filter(({ x, y }) => (x + y) % 5 !== 4).reverse() : tiles;
  const head = encodeDataset(describe(slide, level, kept, whole), explicitLittleEndian);
  const start = Buffer.from('e07f10004f420000fffffffffeff00e000000000', 'hex');
  yield writePart10(
    { sopClassUid: slideClass, sopInstanceUid: level.sop, transferSyntaxUid: baselineJpeg },
    Buffer.concat([head, start]),
  );
  const atOnce = 8;
  for (let from = 0; from < kept.length; from += atOnce) {
    const made = await Promise.all(
      kept.slice(from, from + atOnce).map((tile) => drawTile(level, whole, tile)),
    );
    for (const jpeg of made) {
      const item = Buffer.from('feff00e000000000', 'hex');
      item.writeUInt32LE(jpeg.length + (jpeg.length % 2), 4);
      yield jpeg.length % 2 === 0
        ? Buffer.concat([item, jpeg])
        : Buffer.concat([item, jpeg, Buffer.alloc(1)]);
    }
  }
  yield Buffer.from('feffdde000000000', 'hex');
}

function describe(
  slide: SlideUids,
  level: MadeLevel,
  tiles: readonly { x: number; y: number; path: number }[],
  whole: MadeLevel,
): Dataset {
  const dataset = createDataset();
  const spacing = (pixelMm * whole.columns) / level.columns;
  const paths = level.paths ?? ['1'];
  const item = (values: Record<string, unknown>): Dataset => {
    const made = createDataset();
    for (const [keyword, value] of Object.entries(values)) setValue(made, keyword, value as string);
    return made;
  };
  const values: Record<string, unknown> = {
    SpecificCharacterSet: 'ISO_IR 192',
    ImageType: ['ORIGINAL', 'PRIMARY', level.flavor, level.number === 1 ? 'NONE' : 'RESAMPLED'],
    SOPClassUID: slideClass,
    SOPInstanceUID: level.sop,
    StudyDate: '20261124',
    StudyTime: '093000',
    Modality: 'SM',
    Manufacturer: 'Yunying test',
    StudyDescription: '病理切片（生成）',
    SeriesDescription: 'HE 40x',
    PatientName: 'Test^Slide',
    PatientID: 'SLIDE1',
    StudyInstanceUID: slide.study,
    SeriesInstanceUID: slide.series,
    SeriesNumber: '1',
    InstanceNumber: String(level.number),
    FrameOfReferenceUID: slide.frameOfReference,
    DimensionOrganizationType: level.isSparse === true ? 'TILED_SPARSE' : 'TILED_FULL',
    SamplesPerPixel: 3,
    PhotometricInterpretation: 'YBR_FULL_422',
    PlanarConfiguration: 0,
    NumberOfFrames: String(tiles.length),
    Rows: level.tile,
    Columns: level.tile,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    LossyImageCompression: '01',
    LossyImageCompressionRatio: '12',
    ImagedVolumeWidth: spacing * level.columns,
    ImagedVolumeHeight: spacing * level.rows,
    TotalPixelMatrixColumns: level.columns,
    TotalPixelMatrixRows: level.rows,
    SpecimenLabelInImage: level.flavor === 'LABEL' ? 'YES' : 'NO',
    NumberOfOpticalPaths: paths.length,
    TotalPixelMatrixFocalPlanes: 1,
    OpticalPathSequence: paths.map((name, index) =>
      item({ OpticalPathIdentifier: String(index + 1), OpticalPathDescription: name }),
    ),
    SharedFunctionalGroupsSequence: [
      item({ PixelMeasuresSequence: [item({ PixelSpacing: [String(spacing), String(spacing)] })] }),
    ],
  };
  if (level.isSparse === true)
    values.PerFrameFunctionalGroupsSequence = tiles.map(({ x, y, path }) =>
      item({
        PlanePositionSlideSequence: [
          item({
            ColumnPositionInTotalImagePixelMatrix: x * level.tile + 1,
            RowPositionInTotalImagePixelMatrix: y * level.tile + 1,
          }),
        ],
        OpticalPathIdentificationSequence: [item({ OpticalPathIdentifier: String(path + 1) })],
      }),
    );
  for (const [keyword, value] of Object.entries(values)) setValue(dataset, keyword, value as string);
  return dataset;
}

/** Digits of three by five dots. */
const shapes: readonly string[] = [
  '111101101101111',
  '010110010010111',
  '111001111100111',
  '111001111001111',
  '101101111001001',
  '111100111001111',
  '111100111101111',
  '111001001001001',
  '111101111101111',
  '111101111001111',
];

/** Tissue by a few waves over the whole slide, cells of eight pixels; the tile's column and row in its corner. */
function drawTile(
  level: MadeLevel,
  whole: MadeLevel,
  tile: { x: number; y: number; path: number },
): Promise<Buffer> {
  const side = level.tile;
  const scale = whole.columns / level.columns;
  const pixels = Buffer.alloc(side * side * 3, 245);
  const cell = 8;
  for (let cy = 0; cy < side; cy += cell) {
    for (let cx = 0; cx < side; cx += cell) {
      const [r, g, b] = colourAt(
        (tile.x * side + cx) * scale,
        (tile.y * side + cy) * scale,
        whole,
        tile.path,
      );
      for (let y = cy; y < cy + cell && y < side; y += 1) {
        for (let x = cx; x < cx + cell && x < side; x += 1) {
          const at = (y * side + x) * 3;
          pixels[at] = r;
          pixels[at + 1] = g;
          pixels[at + 2] = b;
        }
      }
    }
  }
  if (level.flavor !== 'THUMBNAIL') write(pixels, side, `${tile.x}`, 8, 8);
  if (level.flavor !== 'THUMBNAIL') write(pixels, side, `${tile.y}`, 8, 32);
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .jpeg({ quality: 75, chromaSubsampling: '4:2:0' })
    .toBuffer();
}

function colourAt(x: number, y: number, whole: MadeLevel, path: number): [number, number, number] {
  const u = x / whole.columns - 0.5;
  const v = y / whole.rows - 0.5;
  const edge = 0.17 + 0.03 * Math.sin(9 * Math.atan2(v, u)) + 0.02 * Math.sin(31 * u);
  if (u * u + v * v > edge * edge * 5) return [244, 243, 246];
  const cells = Math.sin(x / 90) * Math.sin(y / 110) + 0.5 * Math.sin(x / 23 + y / 31);
  const tissue = Math.sin(x / 1900) + Math.cos(y / 2300);
  if (path === 1) return cells > 0.7 ? [60, 90, 230] : [18, 22, 60];
  if (cells > 0.9) return [92, 62, 142];
  return tissue > 0.6 ? [214, 150, 190] : [232, 182, 208];
}

function write(pixels: Buffer, side: number, text: string, left: number, top: number): void {
  const dot = 4;
  for (const [index, digit] of [...text].entries()) {
    const shape = shapes[Number(digit)] ?? '';
    for (let i = 0; i < shape.length; i += 1) {
      if (shape[i] !== '1') continue;
      const x0 = left + index * 4 * dot + (i % 3) * dot;
      const y0 = top + Math.floor(i / 3) * dot;
      for (let y = y0; y < y0 + dot; y += 1) pixels.fill(30, (y * side + x0) * 3, (y * side + x0 + dot) * 3);
    }
  }
}
