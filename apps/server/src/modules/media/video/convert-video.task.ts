// Program of a process of its own: reads one video from a file and writes the first picture and an MP4 that browsers
// play. A stream that crashes or hangs FFmpeg takes this process along and nothing else. H.264 in 8 bits and 4:2:0 goes
// into the MP4 as it is; anything else is coded anew.
import { writeFile } from 'node:fs/promises';
import {
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_CODEC_ID_H264,
  AV_NOPTS_VALUE,
  AV_PIX_FMT_RGB24,
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUVJ420P,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  AVMEDIA_TYPE_VIDEO,
  FF_ENCODER_LIBX264,
  SWS_BILINEAR,
} from 'node-av/constants';
import {
  Codec,
  CodecContext,
  Dictionary,
  FFmpegError,
  FormatContext,
  Frame,
  Packet,
  Rational,
  SoftwareScaleContext,
  type Stream,
} from 'node-av/lib';

export type VideoJob = { input: string; mp4: string; picture: string; frameTimeMs: number | null };
export type VideoResult = {
  how: 'remuxed' | 'transcoded';
  rows: number;
  columns: number;
  frames: number;
  frameTimeMs: number;
  /** RGB, three bytes a pixel. */
  picture: { columns: number; rows: number };
};

const mostFrames = 500_000;
const mostSidePx = 8192;
const usualRate = 25;

if (process.send !== undefined) {
  process.once('message', (job: VideoJob) => {
    convert(job).then(
      (result) => process.send?.({ ok: true, result }, () => process.exit(0)),
      (error: unknown) =>
        process.send?.({ ok: false, reason: error instanceof Error ? error.message : 'failed' }, () =>
          process.exit(0),
        ),
    );
  });
}

async function convert(job: VideoJob): Promise<VideoResult> {
  const { input, stream } = await openVideo(job.input);
  // Taken now: what the library hands out is gone when the input is closed.
  const { width, height, codecId, format } = stream.codecpar;
  const rate = rateOf(stream, job.frameTimeMs);
  if (width < 1 || height < 1 || Math.max(width, height) > mostSidePx)
    throw new Error('the size of the pictures is out of bounds');
  const picture = await firstPicture({ input, stream }, job.picture);
  await input.closeInput();
  const isPlayable =
    codecId === AV_CODEC_ID_H264 && (format === AV_PIX_FMT_YUV420P || format === AV_PIX_FMT_YUVJ420P);
  const how = isPlayable && (await hasTimes(job.input)) ? 'remuxed' : 'transcoded';
  const again = await openVideo(job.input);
  const frames = how === 'remuxed' ? await remux(again, job.mp4) : await transcode(again, job.mp4, rate);
  await again.input.closeInput();
  if (frames === 0) throw new Error('no picture in the stream');
  const frameTimeMs = (1000 * rate.den) / rate.num;
  return { how, rows: height, columns: width, frames, frameTimeMs, picture };
}

type Opened = { input: FormatContext; stream: Stream };

async function openVideo(path: string): Promise<Opened> {
  const input = new FormatContext();
  FFmpegError.throwIfError(await input.openInput(path), 'open');
  FFmpegError.throwIfError(await input.findStreamInfo(), 'streams');
  const stream = input.streams[input.findBestStream(AVMEDIA_TYPE_VIDEO)];
  if (stream === undefined) throw new Error('no video in the stream');
  return { input, stream };
}

/** The object's own Frame Time, else what the stream says, else a usual rate. */
function rateOf(stream: Stream, frameTimeMs: number | null): Rational {
  if (frameTimeMs !== null && frameTimeMs > 1) return new Rational(1_000_000, Math.round(frameTimeMs * 1000));
  for (const { num, den } of [stream.avgFrameRate, stream.rFrameRate])
    if (num > 0 && den > 0 && num / den <= 240) return new Rational(num, den);
  return new Rational(usualRate, 1);
}

/** A bare stream of codes carries no times: those come with a container. */
async function hasTimes(path: string): Promise<boolean> {
  const { input, stream } = await openVideo(path);
  const packet = new Packet();
  packet.alloc();
  let known = 0;
  for (let read = 0; read < 12 && (await input.readFrame(packet)) >= 0; packet.unref()) {
    if (packet.streamIndex !== stream.index) continue;
    read += 1;
    if (packet.pts === AV_NOPTS_VALUE || packet.dts === AV_NOPTS_VALUE) {
      known = -1;
      break;
    }
    known += 1;
  }
  packet.free();
  await input.closeInput();
  return known > 0;
}

function openDecoder(stream: Stream): CodecContext {
  const codec = Codec.findDecoder(stream.codecpar.codecId);
  if (codec === null) throw new Error('no decoder for this stream');
  const decoder = new CodecContext();
  decoder.allocContext3(codec);
  FFmpegError.throwIfError(decoder.parametersToContext(stream.codecpar), 'decoder');
  decoder.threadCount = 1;
  decoder.pktTimebase = stream.timeBase;
  FFmpegError.throwIfError(decoder.open2Sync(codec, null), 'decoder');
  return decoder;
}

/** Every picture of the stream in order; `take` answers whether it wants more. */
async function eachFrame({ input, stream }: Opened, take: (frame: Frame) => Promise<boolean>): Promise<void> {
  const decoder = openDecoder(stream);
  const packet = new Packet();
  packet.alloc();
  const frame = new Frame();
  frame.alloc();
  const drain = async (): Promise<boolean> => {
    for (;;) {
      const got = await decoder.receiveFrame(frame);
      if (got === AVERROR_EAGAIN || got === AVERROR_EOF || got < 0) return true;
      const goesOn = await take(frame);
      frame.unref();
      if (!goesOn) return false;
    }
  };
  try {
    for (;;) {
      const read = await input.readFrame(packet);
      if (read < 0) break;
      const isOurs = packet.streamIndex === stream.index;
      // A damaged packet is left out: what follows may be whole.
      if (isOurs) await decoder.sendPacket(packet);
      packet.unref();
      if (isOurs && !(await drain())) return;
    }
    await decoder.sendPacket(null);
    await drain();
  } finally {
    frame.free();
    packet.free();
    decoder.freeContext();
  }
}

function scaled(frame: Frame, format: typeof AV_PIX_FMT_RGB24): Frame {
  const { width, height } = frame;
  const scaler = new SoftwareScaleContext();
  scaler.getContext(
    width,
    height,
    frame.format as typeof AV_PIX_FMT_RGB24, // a frame of video has a format of pixels
    width,
    height,
    format,
    SWS_BILINEAR,
  );
  const made = new Frame();
  made.alloc();
  made.width = width;
  made.height = height;
  made.format = format;
  FFmpegError.throwIfError(made.allocBuffer(), 'picture');
  FFmpegError.throwIfError(scaler.scaleFrameSync(made, frame), 'picture');
  scaler.freeContext();
  return made;
}

async function firstPicture(opened: Opened, path: string): Promise<{ columns: number; rows: number }> {
  let size: { columns: number; rows: number } | null = null;
  await eachFrame(opened, async (frame) => {
    const rgb = scaled(frame, AV_PIX_FMT_RGB24);
    const { width, height } = rgb;
    const [plane] = rgb.data ?? [];
    const stride = rgb.linesize[0] ?? 0;
    if (plane === undefined) throw new Error('no picture in the stream');
    const packed = Buffer.alloc(width * height * 3);
    for (let row = 0; row < height; row += 1)
      plane.copy(packed, row * width * 3, row * stride, row * stride + width * 3);
    await writeFile(path, packed);
    rgb.free();
    size = { columns: width, rows: height };
    return false;
  });
  if (size === null) throw new Error('no picture in the stream');
  return size;
}

async function openMp4(
  path: string,
  fill: (output: FormatContext) => Stream,
): Promise<[FormatContext, Stream]> {
  const output = new FormatContext();
  FFmpegError.throwIfError(output.allocOutputContext2(null, 'mp4', path), 'mp4');
  const target = fill(output);
  FFmpegError.throwIfError(await output.openOutput(), 'mp4');
  // The index first, so that a browser seeks after the first bytes.
  FFmpegError.throwIfError(await output.writeHeader(Dictionary.fromObject({ movflags: 'faststart' })), 'mp4');
  return [output, target];
}

async function remux({ input, stream }: Opened, path: string): Promise<number> {
  const [output, target] = await openMp4(path, (made) => {
    const to = made.newStream();
    FFmpegError.throwIfError(stream.codecpar.copy(to.codecpar), 'mp4');
    to.codecpar.codecTag = 0;
    to.timeBase = stream.timeBase;
    to.avgFrameRate = stream.avgFrameRate;
    return to;
  });
  const packet = new Packet();
  packet.alloc();
  let frames = 0;
  while ((await input.readFrame(packet)) >= 0 && frames < mostFrames) {
    if (packet.streamIndex === stream.index) {
      packet.rescaleTs(stream.timeBase, target.timeBase);
      packet.streamIndex = target.index;
      packet.pos = -1n;
      FFmpegError.throwIfError(await output.interleavedWriteFrame(packet), 'mp4');
      frames += 1;
    }
    packet.unref();
  }
  packet.free();
  FFmpegError.throwIfError(await output.writeTrailer(), 'mp4');
  await output.closeOutput();
  return frames;
}

async function transcode(opened: Opened, path: string, rate: Rational): Promise<number> {
  const codec = Codec.findEncoderByName(FF_ENCODER_LIBX264);
  if (codec === null) throw new Error('no encoder of H.264');
  const { codecpar } = opened.stream;
  const encoder = new CodecContext();
  encoder.allocContext3(codec);
  encoder.width = codecpar.width - (codecpar.width % 2);
  encoder.height = codecpar.height - (codecpar.height % 2);
  encoder.pixelFormat = AV_PIX_FMT_YUV420P;
  encoder.timeBase = new Rational(rate.den, rate.num);
  encoder.framerate = rate;
  encoder.gopSize = 30; // a seek finds its picture fast
  encoder.threadCount = 1;
  encoder.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  const options = Dictionary.fromObject({ preset: 'fast', crf: '18' });
  FFmpegError.throwIfError(await encoder.open2(codec, options), 'encoder');
  const [output, target] = await openMp4(path, (made) => {
    const to = made.newStream();
    FFmpegError.throwIfError(encoder.parametersFromContext(to.codecpar), 'mp4');
    to.timeBase = encoder.timeBase;
    to.avgFrameRate = rate;
    return to;
  });
  const packet = new Packet();
  packet.alloc();
  const write = async (): Promise<void> => {
    while ((await encoder.receivePacket(packet)) >= 0) {
      if (packet.duration === 0n) packet.duration = 1n;
      packet.rescaleTs(encoder.timeBase, target.timeBase);
      packet.streamIndex = target.index;
      FFmpegError.throwIfError(await output.interleavedWriteFrame(packet), 'mp4');
      packet.unref();
    }
  };
  let frames = 0;
  await eachFrame(opened, async (frame) => {
    const shown = scaled(frame, AV_PIX_FMT_YUV420P);
    shown.pts = BigInt(frames);
    FFmpegError.throwIfError(await encoder.sendFrame(shown), 'encoder');
    shown.free();
    frames += 1;
    await write();
    return frames < mostFrames;
  });
  await encoder.sendFrame(null);
  await write();
  packet.free();
  FFmpegError.throwIfError(await output.writeTrailer(), 'mp4');
  await output.closeOutput();
  encoder.freeContext();
  return frames;
}
