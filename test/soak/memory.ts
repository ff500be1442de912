// One huge multi-frame object by C-STORE: the server's memory must not follow the object's size. Sends a data set of
// `gigabytes` made on the fly and watches the server's resident memory in /proc. `npm run soak -- memory` sends 2 GB.
import { readFileSync } from 'node:fs';
import { createDataset, encodeDataset, explicitVrLittleEndian, newUid, setValue } from '@yunying/dicom';
import { connect } from '@yunying/dimse';
import type { Platform } from '../harness/platform.ts';

export type MemoryReport = {
  sentBytes: number;
  status: number;
  seconds: number;
  beforeMiB: number;
  peakMiB: number;
};

const multiFrameGrayscaleWord = '1.2.840.10008.5.1.4.1.1.7.3';
const frameBytes = 1024 * 1024 * 2;

export async function storeHugeObject({ ready }: Platform, frames: number): Promise<MemoryReport> {
  const [host, port] = [
    ready.dimse.slice(0, ready.dimse.lastIndexOf(':')),
    Number(ready.dimse.slice(ready.dimse.lastIndexOf(':') + 1)),
  ];
  const contexts = [{ abstractSyntax: multiFrameGrayscaleWord, transferSyntaxes: [explicitVrLittleEndian] }];
  const association = await connect({
    host,
    port,
    callingAe: 'HUGESCU',
    calledAe: ready.aeTitle,
    contexts,
    timeouts: { responseMs: 600_000 },
  });
  const head = headOf(frames);
  // The first object warms the server up, so that code and pools are not counted.
  await association.store({ ...storeInput(headOf(1)), dataset: chunks(headOf(1).bytes, 1) });
  const before = residentMiB(ready.pid);
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, residentMiB(ready.pid));
  }, 50);
  const started = performance.now();
  const { status } = await association.store({ ...storeInput(head), dataset: chunks(head.bytes, frames) });
  clearInterval(watch);
  const seconds = (performance.now() - started) / 1000;
  await association.release();
  return {
    sentBytes: head.bytes.length + frames * frameBytes,
    status,
    seconds,
    beforeMiB: before,
    peakMiB: peak,
  };
}

type Head = { bytes: Uint8Array; sopInstanceUid: string };

const storeInput = (head: Head) => ({
  sopClassUid: multiFrameGrayscaleWord,
  sopInstanceUid: head.sopInstanceUid,
  transferSyntaxUid: explicitVrLittleEndian,
});

/** The data set up to and including the header of Pixel Data, whose length is that of all frames. */
function headOf(frames: number): Head {
  const dataset = createDataset();
  const sopInstanceUid = newUid();
  setValue(dataset, 'SOPClassUID', multiFrameGrayscaleWord);
  setValue(dataset, 'SOPInstanceUID', sopInstanceUid);
  setValue(dataset, 'Modality', 'OT');
  setValue(dataset, 'PatientID', 'HUGE');
  setValue(dataset, 'StudyInstanceUID', newUid());
  setValue(dataset, 'SeriesInstanceUID', newUid());
  setValue(dataset, 'SamplesPerPixel', 1);
  setValue(dataset, 'PhotometricInterpretation', 'MONOCHROME2');
  setValue(dataset, 'NumberOfFrames', String(frames));
  setValue(dataset, 'Rows', 1024);
  setValue(dataset, 'Columns', 1024);
  setValue(dataset, 'BitsAllocated', 16);
  setValue(dataset, 'BitsStored', 16);
  setValue(dataset, 'HighBit', 15);
  setValue(dataset, 'PixelRepresentation', 0);
  const pixelHeader = Buffer.alloc(12);
  pixelHeader.writeUInt16LE(0x7fe0, 0);
  pixelHeader.writeUInt16LE(0x0010, 2);
  pixelHeader.write('OW', 4, 'latin1');
  pixelHeader.writeUInt32LE(frames * frameBytes, 8);
  return {
    bytes: Buffer.concat([encodeDataset(dataset, explicitVrLittleEndian), pixelHeader]),
    sopInstanceUid,
  };
}

async function* chunks(head: Uint8Array, frames: number): AsyncGenerator<Uint8Array> {
  yield head;
  const frame = Buffer.alloc(frameBytes);
  for (let i = 0; i < frames; i++) {
    frame.writeUInt32LE(i, 0);
    yield Buffer.from(frame);
  }
}

function residentMiB(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(line?.[1] ?? 0) / 1024);
}
