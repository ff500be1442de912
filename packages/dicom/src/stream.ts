// The push parser of Part 10 files and of bare data sets from a C-STORE: write() chunks of any size as
// they arrive, then end(). Memory stays constant: bulk values are stepped over and reported by position.
// Order: preamble, meta information (PS3.10 §7.1), data set. Chunks are kept by reference until used, or copied as far
// as they are not used at once (`letChunksGo`).
import { ByteQueue } from './byte-queue.ts';
import { decodeLatin1 } from './charset-table.ts';
import type { BulkRef, Dataset, DicomElement } from './dataset.ts';
import type { Warn, WarningCode } from './element-header.ts';
import { ElementParser, type ParserOptions } from './element-parser.ts';
import { type Encoding, explicitLittle, guessEncoding } from './encoding.ts';
import { DicomError } from './errors.ts';
import { Inflater } from './inflate.ts';
import { defaultLimits, type Limits } from './limits.ts';
import {
  explicitVrBigEndian,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
  transferSyntax,
} from './transfer-syntaxes.ts';

export interface ReadWarning {
  code: WarningCode;
  offset: number;
  tag: string;
}

export interface ParsedDicom {
  /** Group 0002; null where the stream had none. */
  meta: Dataset | null;
  dataset: Dataset;
  transferSyntaxUid: string;
  /** The encoding was guessed: no meta information, no transfer syntax in it, or one not known here. */
  guessed: boolean;
  /** Where the (possibly deflated) data set begins in the stream. */
  datasetOffset: number;
  deflated: boolean;
  byteLength: number;
  warnings: ReadWarning[];
}

export interface DicomStreamOptions {
  /** Set for a data set without preamble and meta information, as C-STORE carries it. */
  transferSyntaxUid?: string;
  limits?: Partial<Limits>;
  bulkThresholdBytes?: number;
  /** Stop reading at the first root element of group 7FE0 or later; later chunks are ignored. */
  headOnly?: boolean;
  /** Keep all values in memory; encapsulated ones as fragments. */
  keepBulk?: boolean;
  /** False lets values be views of the chunks: only for chunks that outlive the result. */
  copyValues?: boolean;
  /** The memory of a chunk is its writer's again when write() returns. */
  letChunksGo?: boolean;
  onMeta?: (meta: Dataset, transferSyntaxUid: string) => void;
  /** Every element as it is complete, with its path; items' elements before their sequence. */
  onElement?: (element: DicomElement, path: string) => void;
  onBulk?: (bulk: BulkRef) => void;
  /** Once: when all root elements before group 7FE0 have been read, or at the end. */
  onHead?: (head: Dataset) => void;
}

const defaultBulkThresholdBytes = 64 * 1024;
const maxWarnings = 32;
const magicAt = 128;
const headBytes = magicAt + 4 + 8;
const pixelGroup = 0x7fe0;

export class DicomStream {
  readonly #options: DicomStreamOptions;
  readonly #limits: Limits;
  readonly #queue = new ByteQueue();
  readonly #warnings: ReadWarning[] = [];
  #phase: 'start' | 'meta' | 'dataset' | 'done' = 'start';
  #metaParser: ElementParser | null = null;
  #parser: ElementParser | null = null;
  #inflater: Inflater | null = null;
  #transferSyntaxUid: string;
  #guessed = false;
  #datasetOffset = 0;
  #received = 0;
  #headSent = false;
  #result: ParsedDicom | null = null;

  constructor(options: DicomStreamOptions = {}) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#transferSyntaxUid = options.transferSyntaxUid ?? '';
  }

  /** True once nothing more needs to be written (headOnly). */
  get done(): boolean {
    return this.#phase === 'done';
  }

  write(chunk: Uint8Array): void {
    if (this.#result !== null) throw new DicomError('already-ended', 'bytes written after the end');
    this.#received += chunk.length;
    if (this.#phase === 'done') return;
    if (this.#inflater !== null) this.#inflater.write(chunk);
    else this.#queue.push(chunk);
    this.#run(false);
    if (this.#options.letChunksGo !== true) return;
    this.#queue.letGo(chunk);
    this.#inflater?.letGo();
  }

  end(): ParsedDicom {
    if (this.#result !== null) return this.#result;
    if (this.#phase !== 'done') {
      this.#run(true);
      if (this.#phase === 'meta') this.#metaParser?.finish();
      if (this.#phase === 'meta') this.#openDataset(true);
      if (this.#phase === 'dataset') {
        this.#inflater?.end();
        this.#parser?.finish();
      }
    }
    if (this.#parser === null) throw new DicomError('not-dicom', 'an empty stream');
    this.#sendHead();
    this.#result = this.#describe(this.#parser.root);
    return this.#result;
  }

  /** After an error: what had been read until then, to name an object that is kept aside. Null: nothing. */
  salvage(): ParsedDicom | null {
    this.#phase = 'done';
    return this.#parser === null ? null : this.#describe(this.#parser.abandon());
  }

  #describe(dataset: Dataset): ParsedDicom {
    return {
      meta: this.#metaParser?.root ?? null,
      dataset,
      transferSyntaxUid: this.#transferSyntaxUid,
      guessed: this.#guessed,
      datasetOffset: this.#datasetOffset,
      deflated: this.#inflater !== null,
      byteLength: this.#received,
      warnings: this.#warnings,
    };
  }

  #run(atEnd: boolean): void {
    if (this.#phase === 'start' && !this.#open(atEnd)) return;
    if (this.#phase === 'meta') {
      this.#metaParser?.run();
      if (this.#metaParser?.stopped && !this.#openDataset(atEnd)) return;
    }
    if (this.#phase === 'dataset') this.#runDataset();
  }

  #runDataset(): void {
    this.#parser?.run();
    if (this.#parser?.stopped) {
      this.#sendHead();
      this.#phase = 'done';
    }
  }

  #warn: Warn = (code, offset, tag) => {
    if (this.#warnings.length < maxWarnings) this.#warnings.push({ code, offset, tag });
  };

  /** Finds where meta information or the data set begins. False: more bytes are needed to tell. */
  #open(atEnd: boolean): boolean {
    const queue = this.#queue;
    if (this.#options.transferSyntaxUid !== undefined) return this.#openDataset(atEnd);
    if (queue.available < headBytes && !atEnd) return false;
    if (queue.available === 0) throw new DicomError('not-dicom', 'an empty stream');
    const length = Math.min(queue.available, headBytes);
    queue.ensure(length);
    const head = queue.current.subarray(queue.position, queue.position + length);
    const start = findStart(head);
    if (start === null) {
      throw new DicomError('not-dicom', 'neither a DICOM file (no DICM at byte 128) nor a DICOM data set', {
        offset: 0,
      });
    }
    queue.skip(start.offset);
    if (start.hasMeta) {
      if (start.offset < magicAt) this.#warn('missing-preamble', 0, '');
      this.#metaParser = new ElementParser(queue, explicitLittle, {
        ...this.#parserOptions(),
        stopBefore: (group) => group !== 2,
      });
      this.#phase = 'meta';
      return true;
    }
    this.#warn('missing-meta', start.offset, '');
    return this.#openDataset(atEnd);
  }

  #parserOptions(): ParserOptions {
    const options = this.#options;
    return {
      limits: this.#limits,
      bulkThresholdBytes: options.bulkThresholdBytes ?? defaultBulkThresholdBytes,
      keepBulk: options.keepBulk ?? false,
      copyValues: options.copyValues ?? true,
      onElement: options.onElement,
      onWarning: this.#warn,
    };
  }

  /** Chooses how the data set is read. False: eight bytes are needed first. */
  #openDataset(atEnd: boolean): boolean {
    const queue = this.#queue;
    const meta = this.#metaParser?.root ?? null;
    if (meta !== null) this.#transferSyntaxUid = uidOf(meta);
    const syntax = transferSyntax(this.#transferSyntaxUid);
    if (queue.available < 8 && !atEnd && !syntax?.deflated) return false;
    this.#datasetOffset = queue.offset;
    if (syntax?.deflated) this.#openDeflated(syntax);
    else this.#parser = this.#datasetParser(queue, this.#chooseEncoding(syntax ?? null));
    this.#phase = 'dataset';
    if (meta !== null) this.#options.onMeta?.(meta, this.#transferSyntaxUid);
    return true;
  }

  #openDeflated(encoding: Encoding): void {
    const inflated = new ByteQueue(this.#datasetOffset);
    const parser = this.#datasetParser(inflated, encoding);
    const inflater = new Inflater((chunk) => {
      if (parser.stopped) return;
      inflated.push(chunk);
      parser.run();
    }, this.#limits);
    this.#parser = parser;
    this.#inflater = inflater;
    const queue = this.#queue;
    while (queue.available > 0) {
      const rest = queue.current.subarray(queue.position, queue.position + queue.available);
      inflater.write(rest);
      queue.skip(rest.length);
    }
  }

  #datasetParser(queue: ByteQueue, encoding: Encoding): ElementParser {
    const { onElement, onBulk, onHead, headOnly } = this.#options;
    const needsElements = onElement !== undefined || onBulk !== undefined;
    const stopBefore = (group: number) => {
      if (group < pixelGroup || group === 0xfffe) return false;
      this.#sendHead();
      return headOnly ?? false;
    };
    return new ElementParser(queue, encoding, {
      ...this.#parserOptions(),
      ...(needsElements && {
        onElement: (element: DicomElement, path: string) => {
          onElement?.(element, path);
          if (element.kind === 'bulk') onBulk?.(element.bulk);
        },
      }),
      ...((headOnly || onHead !== undefined) && { stopBefore }),
    });
  }

  #sendHead(): void {
    if (this.#headSent || this.#parser === null) return;
    this.#headSent = true;
    this.#options.onHead?.(this.#parser.root);
  }

  /** The declared encoding, unless the first element plainly says otherwise (PS3.5 §10 is not always kept). */
  #chooseEncoding(declared: Encoding | null): Encoding {
    const queue = this.#queue;
    if (queue.available < 8) return declared ?? this.#guess(explicitLittle);
    queue.ensure(8);
    const seen = guessEncoding(queue.current, queue.position, declared);
    if (declared === null) {
      if (seen !== null) return this.#guess(seen);
      if (this.#transferSyntaxUid === '') return this.#guess(guessLoosely(queue));
      throw new DicomError(
        'unknown-transfer-syntax',
        'the transfer syntax is not known and the data set cannot be guessed',
        {
          offset: queue.offset,
        },
      );
    }
    if (seen === null || (seen.explicit === declared.explicit && seen.bigEndian === declared.bigEndian))
      return declared;
    if (!seen.explicit && !declared.explicit) return declared;
    this.#warn('syntax-mismatch', queue.offset, '00020010');
    return seen;
  }

  #guess(encoding: Encoding): Encoding {
    this.#guessed = true;
    if (this.#transferSyntaxUid === '') {
      const { explicit, bigEndian } = encoding;
      this.#transferSyntaxUid = bigEndian
        ? explicitVrBigEndian
        : explicit
          ? explicitVrLittleEndian
          : implicitVrLittleEndian;
    }
    return encoding;
  }
}

/** Meta information but no transfer syntax, and an unusual first element: implicit unless VR letters are there. */
function guessLoosely(queue: ByteQueue): Encoding {
  const first = queue.current[queue.position + 4] ?? 0;
  const second = queue.current[queue.position + 5] ?? 0;
  const isLetter = (byte: number) => byte >= 0x41 && byte <= 0x5a;
  return { explicit: isLetter(first) && isLetter(second), bigEndian: false };
}

function uidOf(meta: Dataset): string {
  const element = meta.elements.get('00020010');
  return element?.kind === 'value' ? decodeLatin1(element.value.subarray(0, 64)).replace(/[\0 ]+$/, '') : '';
}

function findStart(head: Uint8Array): { offset: number; hasMeta: boolean } | null {
  const isMagic = (at: number) =>
    head[at] === 0x44 && head[at + 1] === 0x49 && head[at + 2] === 0x43 && head[at + 3] === 0x4d;
  const isMeta = (at: number) => head[at] === 2 && head[at + 1] === 0 && head[at + 3] === 0;
  if (isMagic(magicAt) && isMeta(magicAt + 4)) return { offset: magicAt + 4, hasMeta: true };
  if (isMeta(0) && guessEncoding(head, 0) !== null) return { offset: 0, hasMeta: true };
  if (guessEncoding(head, 0) !== null) return { offset: 0, hasMeta: false };
  if (isMagic(0)) return { offset: 4, hasMeta: isMeta(4) };
  if (isMagic(magicAt)) return { offset: magicAt + 4, hasMeta: false };
  return null;
}
