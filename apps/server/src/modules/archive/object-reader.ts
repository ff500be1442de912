// Reads an object's head while its bytes flow to the store: follow() passes every chunk on, the parser looks at it
// on the way. A parser error does not stop the bytes (a broken object is kept aside whole); it is told at the end.
import type { Readable } from 'node:stream';
import {
  type BulkRef,
  DicomError,
  DicomStream,
  getNumber,
  type ParsedDicom,
  transferSyntax,
} from '@yunying/dicom';
import { type InstanceHead, readInstanceHead } from './instance-head.ts';
import { layOutPixels, type PixelLayout } from './pixel-layout.ts';
import { Rejection, rejectionOf } from './rejection.ts';
import type { StoreHints } from './store-outcome.ts';

export type ReadObject = {
  head: InstanceHead;
  /** Where the data set starts in the stored file. */
  datasetOffset: number;
  pixelLayout: PixelLayout | null;
};

/** Reads a range of the bytes just stored (offset tables). */
export type RangeReader = (start: number, length: number) => Promise<Readable>;

const offsetTableLimitBytes = 8 * 1024 * 1024;
const usualHeadBytes = 8 * 1024;
const pixelTags = ['7FE00010', '7FE00008', '7FE00009'];

export type ReaderOptions = {
  hints: StoreHints | null;
  /** Bytes that stand in the stored file before the body. */
  prefixBytes: number;
  /** What is not DICOM at all ends the stream at once, so that nothing is stored of it. */
  failFast: boolean;
  /** The only study it may belong to. */
  studyInstanceUid?: string | undefined;
};

export class ObjectReader {
  readonly #stream: DicomStream;
  readonly #hints: StoreHints | null;
  readonly #prefixBytes: number;
  readonly #failFast: boolean;
  readonly #studyInstanceUid: string | null;
  #error: DicomError | null = null;
  #bytes = 0;

  constructor(options: ReaderOptions) {
    const { hints } = options;
    this.#hints = hints;
    this.#prefixBytes = options.prefixBytes;
    this.#failFast = options.failFast;
    this.#studyInstanceUid = options.studyInstanceUid ?? null;
    this.#stream = new DicomStream({
      letChunksGo: true,
      ...(hints !== null && { transferSyntaxUid: hints.transferSyntaxUid }),
    });
  }

  async *follow(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      if (this.#error === null) this.#parse(() => this.#read(chunk));
      if (this.#failFast && this.#error?.code === 'not-dicom') throw rejectionOf(this.#error);
      yield chunk;
    }
    if (this.#error === null) this.#parse(() => void this.#stream.end());
    if (this.#failFast && this.#error?.code === 'not-dicom') throw rejectionOf(this.#error);
  }

  /** The head's values are kept until the commit: they shall not keep the whole chunk that they came in. */
  #read(chunk: Uint8Array): void {
    const head = this.#bytes === 0 ? Uint8Array.prototype.slice.call(chunk, 0, usualHeadBytes) : chunk;
    this.#bytes += chunk.byteLength;
    this.#stream.write(head);
    if (head.byteLength < chunk.byteLength) this.#stream.write(chunk.subarray(head.byteLength));
  }

  #parse(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!(error instanceof DicomError)) throw error;
      this.#error = error;
    }
  }

  /** Throws a Rejection when the object is broken or has no place in the archive. */
  async finish(readRange: RangeReader): Promise<ReadObject> {
    if (this.#bytes === 0) throw new Rejection('truncated', 'there are no bytes');
    if (this.#error !== null) throw rejectionOf(this.#error);
    const parsed = this.#stream.end();
    requireKnownSyntax(parsed.transferSyntaxUid);
    const head = readInstanceHead(parsed.dataset, parsed.transferSyntaxUid);
    this.#requireAgreement(head);
    return {
      head,
      datasetOffset: this.#prefixBytes + parsed.datasetOffset,
      pixelLayout: await this.#layOut(parsed, head, readRange),
    };
  }

  /** PS3.4 §B.2.3: the data set must be what the command announced. */
  #requireAgreement(head: InstanceHead): void {
    if (this.#studyInstanceUid !== null && this.#studyInstanceUid !== head.studyInstanceUid) {
      throw new Rejection('uid-mismatch', 'Study Instance UID');
    }
    if (this.#hints === null) return;
    if (this.#hints.sopInstanceUid !== head.sopInstanceUid)
      throw new Rejection('uid-mismatch', 'SOP Instance UID');
    if (this.#hints.sopClassUid !== head.sopClassUid) throw new Rejection('uid-mismatch', 'SOP Class UID');
  }

  async #layOut(
    parsed: ParsedDicom,
    head: InstanceHead,
    readRange: RangeReader,
  ): Promise<PixelLayout | null> {
    const bulk = pixelBulk(parsed);
    if (bulk === null) return null;
    const { instance } = head;
    return layOutPixels(
      bulk,
      {
        shift: this.#prefixBytes,
        numberOfFrames: instance.numberOfFrames,
        rows: instance.rows ?? 0,
        columns: instance.columns ?? 0,
        samplesPerPixel: instance.samplesPerPixel,
        bitsAllocated: bitsAllocated(parsed, bulk.tag, instance.bitsAllocated),
        photometricInterpretation: instance.photometricInterpretation ?? '',
        deflated: parsed.deflated,
        bigEndian: transferSyntax(parsed.transferSyntaxUid)?.bigEndian ?? false,
      },
      await this.#offsetTable(bulk, instance.numberOfFrames, parsed, readRange),
    );
  }

  /** Only when it is needed: several frames, and not one fragment for each. */
  async #offsetTable(
    bulk: BulkRef,
    numberOfFrames: number,
    parsed: ParsedDicom,
    readRange: RangeReader,
  ): Promise<number[]> {
    const table = bulk.fragments?.[0];
    const fragments = (bulk.fragments?.length ?? 0) - 1;
    const isNeeded = numberOfFrames > 1 && fragments > numberOfFrames && !parsed.deflated;
    if (!isNeeded || table === undefined || table.length === 0 || table.length > offsetTableLimitBytes)
      return [];
    const chunks: Buffer[] = [];
    for await (const chunk of await readRange(this.#prefixBytes + table.offset, table.length))
      chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => bytes.readUInt32LE(index * 4));
  }
}

function pixelBulk(parsed: ParsedDicom): BulkRef | null {
  for (const tag of pixelTags) {
    const element = parsed.dataset.elements.get(tag);
    if (element?.kind === 'bulk') return element.bulk;
  }
  return null;
}

/** Float and double float pixel data have their width in their name (PS3.3 C.7.6.24). */
function bitsAllocated(parsed: ParsedDicom, tag: string, announced: number): number {
  if (tag === '7FE00008') return 32;
  if (tag === '7FE00009') return 64;
  return getNumber(parsed.dataset, 'BitsAllocated') ?? announced;
}

/** All of the standard, and private syntaxes by rule: their elements were readable, so they can be kept. */
function requireKnownSyntax(uid: string): void {
  if (transferSyntax(uid) !== undefined || !uid.startsWith('1.2.840.10008.')) return;
  throw new Rejection('unknown-transfer-syntax', /^[0-9.]{1,64}$/.test(uid) ? uid : null);
}
