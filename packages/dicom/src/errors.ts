// The one error this package throws for bad input. `code` is stable and is what callers switch on; the
// message is for people and says what is wrong and where. It never contains a value from the data set,
// only tags, lengths and byte offsets, so it may be logged and shown.

export type DicomErrorCode =
  | 'not-dicom'
  | 'truncated'
  | 'length-over-limit'
  | 'depth-over-limit'
  | 'items-over-limit'
  | 'elements-over-limit'
  | 'bad-length'
  | 'bad-vr'
  | 'bad-item'
  | 'bad-value'
  | 'bad-json'
  | 'bad-deflate'
  | 'unknown-transfer-syntax'
  | 'unknown-keyword'
  | 'missing-meta'
  | 'missing-uid'
  | 'bulk-not-loaded'
  | 'charset-not-writable'
  | 'already-ended';

export class DicomError extends Error {
  readonly code: DicomErrorCode;
  /** Byte offset from the start of the stream, where one is known. */
  readonly offset: number | null;
  readonly tag: string | null;

  constructor(code: DicomErrorCode, message: string, where: { offset?: number; tag?: string } = {}) {
    const place = [
      ...(where.tag === undefined ? [] : [`tag ${formatTag(where.tag)}`]),
      ...(where.offset === undefined ? [] : [`byte ${formatCount(where.offset)}`]),
    ];
    super(place.length === 0 ? message : `${message} (${place.join(', ')})`);
    this.name = 'DicomError';
    this.code = code;
    this.offset = where.offset ?? null;
    this.tag = where.tag ?? null;
  }
}

/** '7FE00010' to '(7FE0,0010)'. */
export function formatTag(tag: string): string {
  return `(${tag.slice(0, 4)},${tag.slice(4)})`;
}

/** 8192 to '8,192', the same in every locale. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}
