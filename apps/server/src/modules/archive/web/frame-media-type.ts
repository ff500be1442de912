// The media type of a frame, or of a video, as it was received (PS3.18 table 8.7.3-5 and §8.7.3.4).
import { frameCoding } from '@yunying/codec';

const octets = 'application/octet-stream';

/** Octets where the frame is plain. */
export function originalMediaType(transferSyntaxUid: string): string {
  switch (frameCoding(transferSyntaxUid)) {
    case 'jpeg':
      return 'image/jpeg';
    case 'jpeg-ls':
      return 'image/jls';
    case 'jpeg-2000':
      return 'image/jp2';
    case 'htj2k':
      return 'image/jphc';
    case 'jpeg-xl':
      return 'image/jxl';
    case 'rle':
      return 'image/dicom-rle';
    default:
      return octets;
  }
}

const video = /^1\.2\.840\.10008\.1\.2\.4\.10([0-8])(?:\.\d+)?$/;

/** null: no video. MPEG-2 is .100 and .101, H.264 .102 to .106, H.265 .107 and .108. */
export function videoMediaType(transferSyntaxUid: string): string | null {
  const number = video.exec(transferSyntaxUid)?.[1];
  if (number === undefined) return null;
  return Number(number) <= 1 ? 'video/mpeg' : 'video/mp4';
}
