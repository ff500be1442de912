// Every transfer syntax of PS3.6 Annex A, retired ones too, and the private one that scanners still send.
// `deflated` means the data set itself is deflated (PS3.5 §A.5); frames deflated one by one are a codec.

export type PixelCodec =
  | 'none' | 'rle' | 'deflate' | 'jpeg' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k' | 'jpeg-xl'
  | 'jpip' | 'mpeg2' | 'mpeg4' | 'hevc' | 'smpte-2110' | 'mime' | 'xml'; // biome-ignore format: a table

export interface TransferSyntax {
  uid: string;
  name: string;
  explicit: boolean;
  bigEndian: boolean;
  deflated: boolean;
  encapsulated: boolean;
  lossy: boolean;
  codec: PixelCodec;
}

const dicom = '1.2.840.10008.1.2';
export const implicitVrLittleEndian = dicom;
export const explicitVrLittleEndian = `${dicom}.1`;
export const explicitVrBigEndian = `${dicom}.2`;
export const deflatedExplicitVrLittleEndian = `${dicom}.1.99`;

function native(uid: string, name: string, change: Partial<TransferSyntax> = {}): TransferSyntax {
  return {
    uid, name, explicit: true, bigEndian: false, deflated: false, encapsulated: false, lossy: false, codec: 'none',
    ...change,
  }; // biome-ignore format: one row
}
function encapsulated(suffix: string, name: string, codec: PixelCodec, lossy: boolean): TransferSyntax {
  return native(`${dicom}.${suffix}`, name, { encapsulated: true, codec, lossy });
}
const jpegProcess = (n: number, name: string) => encapsulated(`4.${n}`, `JPEG ${name}`, 'jpeg', true);
const video = (n: string, name: string, codec: PixelCodec) => encapsulated(`4.${n}`, name, codec, true);

const rows: TransferSyntax[] = [
  native(implicitVrLittleEndian, 'Implicit VR Little Endian', { explicit: false }),
  native(explicitVrLittleEndian, 'Explicit VR Little Endian'),
  native(`${dicom}.1.98`, 'Encapsulated Uncompressed Explicit VR Little Endian', { encapsulated: true }),
  native(deflatedExplicitVrLittleEndian, 'Deflated Explicit VR Little Endian', { deflated: true }),
  native(explicitVrBigEndian, 'Explicit VR Big Endian', { bigEndian: true }),
  jpegProcess(50, 'Baseline (Process 1)'),
  jpegProcess(51, 'Extended (Process 2 and 4)'),
  jpegProcess(52, 'Extended (Process 3 and 5)'),
  jpegProcess(53, 'Spectral Selection, Non-Hierarchical (Process 6 and 8)'),
  jpegProcess(54, 'Spectral Selection, Non-Hierarchical (Process 7 and 9)'),
  jpegProcess(55, 'Full Progression, Non-Hierarchical (Process 10 and 12)'),
  jpegProcess(56, 'Full Progression, Non-Hierarchical (Process 11 and 13)'),
  encapsulated('4.57', 'JPEG Lossless, Non-Hierarchical (Process 14)', 'jpeg-lossless', false),
  encapsulated('4.58', 'JPEG Lossless, Non-Hierarchical (Process 15)', 'jpeg-lossless', false),
  jpegProcess(59, 'Extended, Hierarchical (Process 16 and 18)'),
  jpegProcess(60, 'Extended, Hierarchical (Process 17 and 19)'),
  jpegProcess(61, 'Spectral Selection, Hierarchical (Process 20 and 22)'),
  jpegProcess(62, 'Spectral Selection, Hierarchical (Process 21 and 23)'),
  jpegProcess(63, 'Full Progression, Hierarchical (Process 24 and 26)'),
  jpegProcess(64, 'Full Progression, Hierarchical (Process 25 and 27)'),
  encapsulated('4.65', 'JPEG Lossless, Hierarchical (Process 28)', 'jpeg-lossless', false),
  encapsulated('4.66', 'JPEG Lossless, Hierarchical (Process 29)', 'jpeg-lossless', false),
  encapsulated('4.70', 'JPEG Lossless, Non-Hierarchical, First-Order Prediction', 'jpeg-lossless', false),
  encapsulated('4.80', 'JPEG-LS Lossless', 'jpeg-ls', false),
  encapsulated('4.81', 'JPEG-LS Lossy (Near-Lossless)', 'jpeg-ls', true),
  encapsulated('4.90', 'JPEG 2000 (Lossless Only)', 'jpeg-2000', false),
  encapsulated('4.91', 'JPEG 2000', 'jpeg-2000', true),
  encapsulated('4.92', 'JPEG 2000 Part 2 Multi-component (Lossless Only)', 'jpeg-2000', false),
  encapsulated('4.93', 'JPEG 2000 Part 2 Multi-component', 'jpeg-2000', true),
  native(`${dicom}.4.94`, 'JPIP Referenced', { codec: 'jpip', lossy: true }),
  native(`${dicom}.4.95`, 'JPIP Referenced Deflate', { codec: 'jpip', lossy: true, deflated: true }),
  video('100', 'MPEG2 Main Profile / Main Level', 'mpeg2'),
  video('100.1', 'Fragmentable MPEG2 Main Profile / Main Level', 'mpeg2'),
  video('101', 'MPEG2 Main Profile / High Level', 'mpeg2'),
  video('101.1', 'Fragmentable MPEG2 Main Profile / High Level', 'mpeg2'),
  video('102', 'MPEG-4 AVC/H.264 High Profile / Level 4.1', 'mpeg4'),
  video('102.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1', 'mpeg4'),
  video('103', 'MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1', 'mpeg4'),
  video('103.1', 'Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1', 'mpeg4'),
  video('104', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video', 'mpeg4'),
  video('104.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video', 'mpeg4'),
  video('105', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video', 'mpeg4'),
  video('105.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video', 'mpeg4'),
  video('106', 'MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2', 'mpeg4'),
  video('106.1', 'Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2', 'mpeg4'),
  video('107', 'HEVC/H.265 Main Profile / Level 5.1', 'hevc'),
  video('108', 'HEVC/H.265 Main 10 Profile / Level 5.1', 'hevc'),
  encapsulated('4.110', 'JPEG XL Lossless', 'jpeg-xl', false),
  encapsulated('4.111', 'JPEG XL JPEG Recompression', 'jpeg-xl', true),
  encapsulated('4.112', 'JPEG XL', 'jpeg-xl', true),
  encapsulated('4.201', 'High-Throughput JPEG 2000 (Lossless Only)', 'htj2k', false),
  encapsulated('4.202', 'High-Throughput JPEG 2000 with RPCL Options (Lossless Only)', 'htj2k', false),
  encapsulated('4.203', 'High-Throughput JPEG 2000', 'htj2k', true),
  native(`${dicom}.4.204`, 'JPIP HTJ2K Referenced', { codec: 'jpip', lossy: true }),
  native(`${dicom}.4.205`, 'JPIP HTJ2K Referenced Deflate', { codec: 'jpip', lossy: true, deflated: true }),
  encapsulated('5', 'RLE Lossless', 'rle', false),
  native(`${dicom}.6.1`, 'RFC 2557 MIME encapsulation', { codec: 'mime' }),
  native(`${dicom}.6.2`, 'XML Encoding', { codec: 'xml' }),
  native(`${dicom}.7.1`, 'SMPTE ST 2110-20 Uncompressed Progressive Active Video', { codec: 'smpte-2110' }),
  native(`${dicom}.7.2`, 'SMPTE ST 2110-20 Uncompressed Interlaced Active Video', { codec: 'smpte-2110' }),
  native(`${dicom}.7.3`, 'SMPTE ST 2110-30 PCM Digital Audio', { codec: 'smpte-2110' }),
  encapsulated('8.1', 'Deflated Image Frame Compression', 'deflate', false),
  native('1.2.840.10008.1.20', 'Papyrus 3 Implicit VR Little Endian', { explicit: false }),
  // GE: the data set is implicit little endian, only the pixel words are big endian.
  native('1.2.840.113619.5.2', 'GE Private Implicit VR Big Endian Pixels', { explicit: false }),
];

export const transferSyntaxes: ReadonlyMap<string, TransferSyntax> = new Map(
  rows.map((row) => [row.uid, row]),
);

export function transferSyntax(uid: string): TransferSyntax | undefined {
  return transferSyntaxes.get(uid);
}
