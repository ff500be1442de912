// The one error of this package. `code` is what callers branch on; `message` names what is wrong and where
// (byte offset, marker, tag) and never carries anything but pixel-module facts, so it may be logged.

export type CodecErrorCode =
  | 'unsupported-syntax' // transfer syntax or coding process this package does not decode
  | 'unsupported-pixels' // a legal layout that has no place here (float pixels, 32-bit HTJ2K ...)
  | 'bad-description' // the pixel attributes contradict themselves
  | 'corrupt' // the bytes are damaged or do not fit the description
  | 'limit' // more memory or structure than we are willing to hold
  | 'encode-failed'
  | 'verify-failed' // encoded bytes do not decode to the source
  | 'timeout'
  | 'worker-lost'
  | 'closed';

export class CodecError extends Error {
  readonly code: CodecErrorCode;

  constructor(code: CodecErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CodecError';
    this.code = code;
  }
}

/** Wraps whatever a third-party decoder threw; a CodecError passes through unchanged. */
export function asCodecError(error: unknown, code: CodecErrorCode, prefix: string): CodecError {
  if (error instanceof CodecError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new CodecError(code, `${prefix}: ${reason.slice(0, 200)}`, { cause: error });
}
