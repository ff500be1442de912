// One object on its way to an S3 store, of unknown length. Small ones are one PUT; longer ones a multipart upload whose
// parts go one at a time while the next fills: the source waits for the store, and memory is two parts. Each request
// carries Content-MD5, so bytes that change on the way are refused by the store and sent again.
import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { AppError } from '../errors.ts';

/** At most 10,000 parts: 80 GB. */
export const partBytes = 8 * 1024 * 1024;
/** Sending may take longer than a small answer; what stands still is found by the socket's own limit. */
const partLimitMs = 120_000;

export class S3Upload {
  readonly #client: S3Client;
  readonly #object: { Bucket: string; Key: string };
  #chunks: Uint8Array[] = [];
  #filled = 0;
  #uploadId: string | null = null;
  #number = 0;
  #sending: Promise<void> = Promise.resolve();
  readonly #parts: CompletedPart[] = [];

  constructor(client: S3Client, bucket: string, key: string) {
    this.#client = client;
    this.#object = { Bucket: bucket, Key: key };
  }

  async add(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (this.#filled + rest.byteLength >= partBytes) {
      const taken = partBytes - this.#filled;
      this.#push(rest.subarray(0, taken));
      await this.#sendPart();
      rest = rest.subarray(taken);
    }
    this.#push(rest);
  }

  async end(): Promise<void> {
    if (this.#uploadId === null) {
      const Body = this.#take();
      const object = { ...this.#object, Body, ContentMD5: md5(Body) };
      await this.#client.send(new PutObjectCommand(object), { requestTimeout: partLimitMs });
      return;
    }
    if (this.#filled > 0) await this.#sendPart();
    await this.#sending;
    const upload = { ...this.#object, UploadId: this.#uploadId, MultipartUpload: { Parts: this.#parts } };
    await this.#client.send(new CompleteMultipartUploadCommand(upload));
    this.#uploadId = null;
  }

  get isMultipart(): boolean {
    return this.#number > 0;
  }

  /** After a failure. What cannot be aborted now is removed with the unfinished uploads. */
  async abort(options: { abortSignal: AbortSignal }): Promise<void> {
    await this.#sending.catch(() => {});
    if (this.#uploadId === null) return;
    const upload = { ...this.#object, UploadId: this.#uploadId };
    await this.#client.send(new AbortMultipartUploadCommand(upload), options).catch(() => {});
  }

  #push(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return;
    this.#chunks.push(bytes);
    this.#filled += bytes.byteLength;
  }

  #take(): Buffer {
    const whole = Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#filled = 0;
    return whole;
  }

  async #sendPart(): Promise<void> {
    await this.#sending;
    this.#uploadId ??= await this.#begin();
    this.#number += 1;
    this.#sending = this.#upload(this.#uploadId, this.#number, this.#take());
    this.#sending.catch(() => {}); // told to whoever waits next
  }

  async #begin(): Promise<string> {
    const { UploadId } = await this.#client.send(new CreateMultipartUploadCommand(this.#object));
    if (UploadId === undefined) throw new AppError('storage.unavailable', { reason: 'no-upload-id' });
    return UploadId;
  }

  async #upload(UploadId: string, PartNumber: number, Body: Buffer): Promise<void> {
    const part = { ...this.#object, UploadId, PartNumber, Body, ContentMD5: md5(Body) };
    const { ETag } = await this.#client.send(new UploadPartCommand(part), { requestTimeout: partLimitMs });
    this.#parts.push({ ETag, PartNumber });
  }
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('base64');
}
