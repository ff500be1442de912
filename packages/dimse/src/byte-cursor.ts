// Reads big-endian PDU fields one after the other and never past the end (PS3.8 §9.3.1). Every failure
// is a PduError that names the field and the byte offset inside the PDU body.
import { abortReason, PduError } from './errors.ts';
import { isUid } from './uids.ts';

export class ByteCursor {
  readonly #bytes: Buffer;
  readonly #origin: number;
  #offset = 0;

  /** `origin` is the offset of `bytes` in the PDU, for error texts only. */
  constructor(bytes: Buffer, origin = 0) {
    this.#bytes = bytes;
    this.#origin = origin;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  get position(): number {
    return this.#origin + this.#offset;
  }

  take(length: number, what: string): Buffer {
    if (length > this.remaining) {
      throw new PduError(
        abortReason.invalidParameter,
        `${what} at byte ${this.position} needs ${length} bytes, ${this.remaining} are left`,
      );
    }
    const slice = this.#bytes.subarray(this.#offset, this.#offset + length);
    this.#offset += length;
    return slice;
  }

  skip(length: number, what: string): void {
    this.take(length, what);
  }

  u8(what: string): number {
    return this.take(1, what).readUInt8(0);
  }

  u16(what: string): number {
    return this.take(2, what).readUInt16BE(0);
  }

  u32(what: string): number {
    return this.take(4, what).readUInt32BE(0);
  }

  /** A cursor over the next `length` bytes, which keeps offsets meaningful in error texts. */
  sub(length: number, what: string): ByteCursor {
    const origin = this.position;
    return new ByteCursor(this.take(length, what), origin);
  }

  uid(length: number, what: string): string {
    const at = this.position;
    if (length > 128)
      throw new PduError(abortReason.invalidParameter, `${what} at byte ${at} is longer than a UID`);
    const text = this.take(length, what)
      .toString('latin1')
      .replace(/[\0 ]+$/, '');
    if (!isUid(text)) throw new PduError(abortReason.invalidParameter, `${what} at byte ${at} is not a UID`);
    return text;
  }

  rest(): Buffer {
    return this.take(this.remaining, 'rest');
  }
}
