// Made videos for tests, in the transfer syntaxes of video: a moving square on a gradient, coded by node-av.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createDataset,
  encodeDataset,
  explicitVrLittleEndian,
  newUid,
  setValue,
  writePart10,
} from '@yunying/dicom';
import {
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PIX_FMT_YUV420P,
  FF_ENCODER_LIBX264,
  FF_ENCODER_LIBX265,
  FF_ENCODER_MPEG2VIDEO,
} from 'node-av/constants';
import { Codec, CodecContext, FFmpegError, FormatContext, Frame, Packet, Rational } from 'node-av/lib';

export const videoEndoscopic = '1.2.840.10008.5.1.4.1.1.77.1.1.1';
export type MadeVideo = {
  encoder: 'mpeg2video' | 'libx264' | 'libx265';
  container: 'mp4' | 'mpegts' | 'h264';
  frames: number;
};
const encoders = {
  mpeg2video: FF_ENCODER_MPEG2VIDEO,
  libx264: FF_ENCODER_LIBX264,
  libx265: FF_ENCODER_LIBX265,
};
const [width, height] = [320, 240];

/** The bytes of a stream, 25 pictures a second. */
export async function makeStream({ encoder: name, container, frames }: MadeVideo): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'yunying-made-video-'));
  const path = join(folder, 'stream');
  try {
    const codec = Codec.findEncoderByName(encoders[name]);
    if (codec === null) throw new Error(`no encoder ${name}`);
    const encoder = new CodecContext();
    encoder.allocContext3(codec);
    Object.assign(encoder, { width, height, pixelFormat: AV_PIX_FMT_YUV420P, gopSize: 12, threadCount: 1 });
    encoder.timeBase = new Rational(1, 25);
    encoder.framerate = new Rational(25, 1);
    encoder.bitRate = 600_000n;
    if (container === 'mp4') encoder.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
    FFmpegError.throwIfError(await encoder.open2(codec, null), 'encoder');
    const output = new FormatContext();
    FFmpegError.throwIfError(output.allocOutputContext2(null, container, path), 'container');
    const stream = output.newStream();
    FFmpegError.throwIfError(encoder.parametersFromContext(stream.codecpar), 'stream');
    stream.timeBase = encoder.timeBase;
    FFmpegError.throwIfError(await output.openOutput(), 'file');
    FFmpegError.throwIfError(await output.writeHeader(), 'header');
    const packet = new Packet();
    packet.alloc();
    const drain = async (): Promise<void> => {
      while ((await encoder.receivePacket(packet)) >= 0) {
        packet.duration = 1n;
        packet.rescaleTs(encoder.timeBase, stream.timeBase);
        packet.streamIndex = stream.index;
        FFmpegError.throwIfError(await output.interleavedWriteFrame(packet), 'packet');
        packet.unref();
      }
    };
    for (let index = 0; index < frames; index += 1) {
      const frame = Frame.fromVideoBuffer(picture(index, frames), {
        width,
        height,
        format: AV_PIX_FMT_YUV420P,
        timeBase: encoder.timeBase,
      });
      frame.pts = BigInt(index);
      FFmpegError.throwIfError(await encoder.sendFrame(frame), 'frame');
      frame.free();
      await drain();
    }
    await encoder.sendFrame(null);
    await drain();
    FFmpegError.throwIfError(await output.writeTrailer(), 'trailer');
    await output.closeOutput();
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function picture(index: number, frames: number): Buffer {
  const luma = Buffer.alloc(width * height);
  const left = Math.floor(((width - 60) * index) / frames);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const isSquare = x >= left && x < left + 60 && y >= 90 && y < 150;
      luma[y * width + x] = isSquare ? 220 : 40 + Math.floor((x * 100) / width);
    }
  }
  return Buffer.concat([
    luma,
    Buffer.alloc((width * height) / 4, 108),
    Buffer.alloc((width * height) / 4, 160),
  ]);
}

export function videoFile(
  stream: Buffer,
  about: { transferSyntaxUid: string; frames: number; study?: string; series?: string },
): { file: Uint8Array; study: string; series: string; sop: string } {
  const [sop, study, series] = [newUid(), about.study ?? newUid(), about.series ?? newUid()];
  const dataset = createDataset();
  for (const [keyword, value] of Object.entries({
    SpecificCharacterSet: 'ISO_IR 192',
    SOPClassUID: videoEndoscopic,
    SOPInstanceUID: sop,
    StudyInstanceUID: study,
    SeriesInstanceUID: series,
    StudyDate: '20261124',
    Modality: 'ES',
    StudyDescription: '内镜录像（生成）',
    PatientName: 'Test^Video',
    PatientID: 'VIDEO1',
    NumberOfFrames: about.frames,
    FrameTime: 40,
    SamplesPerPixel: 3,
    PhotometricInterpretation: 'YBR_PARTIAL_420',
    Rows: height,
    Columns: width,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
  }))
    setValue(dataset, keyword, value);
  const even = stream.length % 2 === 0 ? stream : Buffer.concat([stream, Buffer.alloc(1)]);
  const head = Buffer.from('e07f10004f420000fffffffffeff00e000000000feff00e000000000', 'hex');
  head.writeUInt32LE(even.length, head.length - 4);
  const bytes = Buffer.concat([
    encodeDataset(dataset, explicitVrLittleEndian),
    head,
    even,
    Buffer.from('feffdde000000000', 'hex'),
  ]);
  const { transferSyntaxUid } = about;
  return {
    file: writePart10({ sopClassUid: videoEndoscopic, sopInstanceUid: sop, transferSyntaxUid }, bytes),
    study,
    series,
    sop,
  };
}
