// Made objects of examinations that the corpus has no complete set of: a full-mouth set of intraoral pictures, four
// mammograms, an ultrasound picture with tissue, M-mode and Doppler, gated nuclear medicine. Pixels are drawn so that a
// test can say what it sees; all in Explicit VR Little Endian.
import {
  createDataset,
  type Dataset,
  encodeDataset,
  explicitVrLittleEndian,
  newUid,
  type SettableValue,
  setValue,
  writePart10,
} from '@yunying/dicom';

type Values = Record<string, SettableValue>;
type Made = { study: string; files: Uint8Array[] };
type Grey = (x: number, y: number) => number;

const item = (values: Values): Dataset => {
  const made = createDataset();
  for (const [keyword, value] of Object.entries(values)) setValue(made, keyword, value);
  return made;
};

function greyFile(about: {
  sopClassUid: string;
  study: string;
  series: string;
  columns: number;
  rows: number;
  frames?: number;
  bits?: 8 | 16;
  grey: (frame: number) => Grey;
  values: Values;
}): Uint8Array {
  const { sopClassUid, study, series, columns, rows, frames = 1, bits = 8, grey, values } = about;
  const sop = newUid();
  const pixels =
    bits === 8 ? new Uint8Array(columns * rows * frames) : new Uint16Array(columns * rows * frames);
  for (let frame = 0; frame < frames; frame += 1) {
    const at = grey(frame);
    for (let y = 0; y < rows; y += 1)
      for (let x = 0; x < columns; x += 1) pixels[(frame * rows + y) * columns + x] = at(x, y);
  }
  const dataset = createDataset();
  const all: Values = {
    SpecificCharacterSet: 'ISO_IR 192',
    ImageType: ['ORIGINAL', 'PRIMARY'],
    SOPClassUID: sopClassUid,
    SOPInstanceUID: sop,
    StudyDate: '20261124',
    StudyTime: '093000',
    Manufacturer: 'Yunying test',
    PatientName: 'Test^Kinds',
    PatientID: 'KINDS1',
    StudyInstanceUID: study,
    SeriesInstanceUID: series,
    SeriesNumber: '1',
    InstanceNumber: '1',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: rows,
    Columns: columns,
    BitsAllocated: bits,
    BitsStored: bits === 8 ? 8 : 12,
    HighBit: bits === 8 ? 7 : 11,
    PixelRepresentation: 0,
    ...(frames > 1 ? { NumberOfFrames: String(frames) } : {}),
    ...values,
  };
  for (const [keyword, value] of Object.entries(all)) setValue(dataset, keyword, value);
  setValue(dataset, 'PixelData', new Uint8Array(pixels.buffer), bits === 8 ? 'OB' : 'OW');
  return Buffer.concat([
    writePart10(
      { sopClassUid, sopInstanceUid: sop, transferSyntaxUid: explicitVrLittleEndian },
      encodeDataset(dataset, explicitVrLittleEndian),
    ),
  ]);
}

const mouth: readonly { teeth: string; isBitewing?: boolean }[] = [
  ...['16 17 18', '14 15', '13', '11 21', '23', '24 25', '26 27 28'].map((teeth) => ({ teeth })),
  ...['16 17 46 47', '14 15 44 45', '24 25 34 35', '26 27 36 37'].map((teeth) => ({
    teeth,
    isBitewing: true,
  })),
  ...['46 47 48', '44 45', '43', '41 31', '33', '34 35', '36 37 38'].map((teeth) => ({ teeth })),
];

/** 18 pictures in one series, teeth as ISO 3950 codes. */
export function mouthFiles(): Made {
  const [study, series] = [newUid(), newUid()];
  const files = mouth.map(({ teeth, isBitewing = false }, index) => {
    const isUpright = !isBitewing && /^[1-4][1-3]/.test(teeth);
    const [columns, rows] = isUpright ? [300, 400] : [400, 300];
    return greyFile({
      sopClassUid: '1.2.840.10008.5.1.4.1.1.1.3',
      study,
      series,
      columns,
      rows,
      grey: () => (x, y) => {
        const tooth = Math.cos((x / columns) * 6 * Math.PI) > -0.3 && Math.abs(y - rows / 2) < rows * 0.42;
        return (tooth ? 150 : 50) + ((index * 5) % 60);
      },
      values: {
        Modality: 'IO',
        StudyDescription: '全口牙片（生成）',
        SeriesDescription: isBitewing ? 'Bitewing' : 'Periapical',
        InstanceNumber: String(index + 1),
        ImagerPixelSpacing: ['0.1', '0.1'],
        PrimaryAnatomicStructureSequence: teeth
          .split(' ')
          .map((tooth) =>
            item({ CodeValue: tooth, CodingSchemeDesignator: 'ISO3950', CodeMeaning: `Tooth ${tooth}` }),
          ),
      },
    });
  });
  return { study, files };
}

/** RCC, LCC, RMLO, LMLO: MONOCHROME1 with a sigmoid window, one of them finer than the others. */
export function mammogramFiles(): Made {
  const study = newUid();
  const files = (['R', 'L'] as const).flatMap((side) =>
    (['CC', 'MLO'] as const).map((view, index) => {
      const isFine = side === 'L' && view === 'CC';
      const [columns, rows] = isFine ? [600, 800] : [300, 400];
      return greyFile({
        sopClassUid: '1.2.840.10008.5.1.4.1.1.1.2',
        study,
        series: newUid(),
        columns,
        rows,
        bits: 16,
        grey: () => (x, y) => {
          // The wall lies at the left of L pictures, at the right of R pictures.
          const fromWall = side === 'L' ? x / columns : 1 - x / columns;
          const isBreast = fromWall < 0.75 * Math.sqrt(Math.max(0, 1 - ((2 * y) / rows - 1) ** 2));
          return isBreast
            ? 1600 - Math.round(900 * Math.abs(Math.sin(fromWall * 14) * Math.sin(y / 25)))
            : 4000;
        },
        values: {
          Modality: 'MG',
          StudyDescription: '乳腺X线摄影（生成）',
          SeriesDescription: `${side} ${view}`,
          SeriesNumber: String(index + (side === 'R' ? 1 : 3)),
          PhotometricInterpretation: 'MONOCHROME1',
          ImageLaterality: side,
          ViewPosition: view,
          PatientOrientation:
            side === 'L' ? ['A', view === 'CC' ? 'R' : 'FL'] : ['P', view === 'CC' ? 'L' : 'FR'],
          ImagerPixelSpacing: isFine ? ['0.1', '0.1'] : ['0.2', '0.2'],
          WindowCenter: '1500',
          WindowWidth: '1400',
          VOILUTFunction: 'SIGMOID',
        },
      });
    }),
  );
  return { study, files };
}

/** Tissue above (0.2 mm), M-mode in the middle (5 ms, 0.5 mm), Doppler below (5 ms, 1.5 cm/s from row 500). */
export function ultrasoundFile(): Made {
  const study = newUid();
  const region = (format: number, top: number, units: [number, number], delta: [number, number]) =>
    item({
      RegionSpatialFormat: format,
      RegionDataType: format,
      RegionFlags: 0,
      RegionLocationMinX0: 0,
      RegionLocationMinY0: top,
      RegionLocationMaxX1: 399,
      RegionLocationMaxY1: top + 199,
      PhysicalUnitsXDirection: units[0],
      PhysicalUnitsYDirection: units[1],
      PhysicalDeltaX: delta[0],
      PhysicalDeltaY: delta[1],
      ...(format === 3 ? { ReferencePixelX0: 0, ReferencePixelY0: 100 } : {}),
    });
  const file = greyFile({
    sopClassUid: '1.2.840.10008.5.1.4.1.1.6.1',
    study,
    series: newUid(),
    columns: 400,
    rows: 600,
    grey: () => (x, y) => {
      if (y < 200) return (x * 7 + y * 13) % 90;
      if (y < 400) return Math.abs(y - 300 - 40 * Math.sin(x / 20)) < 4 ? 220 : 30;
      return y < 500 && 500 - y < 80 * Math.abs(Math.sin(x / 32)) ? 180 : y === 500 ? 255 : 10;
    },
    values: {
      Modality: 'US',
      StudyDescription: '超声心动图（生成）',
      SequenceOfUltrasoundRegions: [
        region(1, 0, [3, 3], [0.02, 0.02]),
        region(2, 200, [4, 3], [0.005, 0.05]),
        region(3, 400, [4, 7], [0.005, -1.5]),
      ],
    },
  });
  return { study, files: [file] };
}

/** Two energy windows of eight time slots each, 64 × 64. */
export function nuclearFile(): Made {
  const study = newUid();
  const file = greyFile({
    sopClassUid: '1.2.840.10008.5.1.4.1.1.20',
    study,
    series: newUid(),
    columns: 64,
    rows: 64,
    frames: 16,
    bits: 16,
    grey: (frame) => (x, y) => {
      const radius = Math.hypot(x - 32, y - 32) - 14 - 4 * Math.sin((frame / 8) * 2 * Math.PI);
      return Math.round((frame < 8 ? 1000 : 400) * Math.exp(-(radius * radius) / 14));
    },
    values: {
      Modality: 'NM',
      StudyDescription: '门控心血池（生成）',
      ImageType: ['ORIGINAL', 'PRIMARY', 'GATED', 'EMISSION'],
      PixelSpacing: ['4', '4'],
      FrameIncrementPointer: ['00540010', '00540070'],
      EnergyWindowVector: Array.from({ length: 16 }, (_, at) => (at < 8 ? 1 : 2)),
      TimeSlotVector: Array.from({ length: 16 }, (_, at) => (at % 8) + 1),
      NumberOfEnergyWindows: 2,
      NumberOfTimeSlots: 8,
      EnergyWindowInformationSequence: [
        item({
          EnergyWindowName: 'Tc99m',
          EnergyWindowRangeSequence: [
            item({ EnergyWindowLowerLimit: '126.5', EnergyWindowUpperLimit: '154.6' }),
          ],
        }),
        item({ EnergyWindowName: 'Scatter' }),
      ],
      GatedInformationSequence: [item({ DataInformationSequence: [item({ FrameTime: '100' })] })],
    },
  });
  return { study, files: [file] };
}
