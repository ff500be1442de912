import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../log/index.ts';
import {
  acceptedSyntaxes,
  attachment,
  byteRange,
  chooseMedia,
  parseAccept,
  sendBlob,
  sendPieces,
} from './media.ts';
import { createErrorAnswer } from './problem.ts';

const asking = (accept: string) => ({ headers: { accept }, query: {} });

describe('Accept', () => {
  it('is read with quality, parameters and quotes', () => {
    expect(
      parseAccept('multipart/related; type="application/dicom"; transfer-syntax=*;q=0.5, text/html, bad'),
    ).toEqual([
      { type: 'text/html', parameters: {}, quality: 1 },
      {
        type: 'multipart/related',
        parameters: { type: 'application/dicom', 'transfer-syntax': '*' },
        quality: 0.5,
      },
    ]);
  });

  it.each([
    ['application/json', 'application/json'],
    ['*/*', 'application/dicom+json'],
    ['application/*', 'application/dicom+json'],
    ['text/html, application/json;q=0.1', 'application/json'],
  ])('%s chooses %s', (accept, expected) => {
    expect(chooseMedia(asking(accept), ['application/dicom+json', 'application/json'])).toBe(expected);
  });

  it('refuses with 406 when nothing fits', () => {
    expect(() => chooseMedia(asking('image/gif, application/json;q=0'), ['application/json'])).toThrow(
      /request.not_acceptable/,
    );
  });

  it('names the transfer syntaxes of DICOMweb', () => {
    expect(
      acceptedSyntaxes(
        asking('multipart/related; type="image/jphc"; transfer-syntax=1.2.840.10008.1.2.4.202'),
      ),
    ).toEqual([{ multipart: true, type: 'image/jphc', transferSyntaxUid: '1.2.840.10008.1.2.4.202' }]);
    expect(acceptedSyntaxes({ headers: {}, query: { accept: 'application/dicom' } })).toEqual([
      { multipart: false, type: 'application/dicom', transferSyntaxUid: '*' },
    ]);
  });
});

describe('byte ranges', () => {
  it.each([
    ['bytes=0-9', { start: 0, end: 9 }],
    ['bytes=90-', { start: 90, end: 99 }],
    ['bytes=-10', { start: 90, end: 99 }],
    ['bytes=-500', { start: 0, end: 99 }],
    ['bytes=50-500', { start: 50, end: 99 }],
    ['bytes=0-1,5-6', null],
    ['lines=1-2', null],
    ['bytes=-', null],
  ])('%s of 100 is %o', (range, expected) =>
    expect(byteRange({ headers: { range } }, 100)).toEqual(expected),
  );

  it.each(['bytes=100-', 'bytes=9-5', 'bytes=-0'])('%s of 100 is refused', (range) => {
    expect(() => byteRange({ headers: { range } }, 100)).toThrow(/request.range/);
  });
});

describe('sendBlob', () => {
  const content = Buffer.from(Array.from({ length: 1000 }, (_v, i) => i % 251));
  const app = fastify();
  app.setErrorHandler(createErrorAnswer(silentLogger));
  app.get('/', (req, reply) =>
    sendBlob(req, reply, {
      mediaType: 'application/dicom',
      totalBytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
      fileName: '影像.dcm',
      read: async (range) => ({
        body: Readable.from([content.subarray(range?.start ?? 0, (range?.end ?? 999) + 1)]),
      }),
    }),
  );

  it('gives the whole, a range, nothing new, or refuses', async () => {
    const whole = await app.inject('/');
    expect(whole.rawPayload.equals(content)).toBe(true);
    expect(whole.headers).toMatchObject({ 'accept-ranges': 'bytes', 'content-length': '1000' });
    const etag = String(whole.headers.etag);
    const part = await app.inject({ url: '/', headers: { range: 'bytes=10-19' } });
    expect(part.statusCode).toBe(206);
    expect(part.headers['content-range']).toBe('bytes 10-19/1000');
    expect(part.rawPayload.equals(content.subarray(10, 20))).toBe(true);
    expect((await app.inject({ url: '/', headers: { 'if-none-match': `"x", ${etag}` } })).statusCode).toBe(
      304,
    );
    expect(
      (await app.inject({ url: '/', headers: { range: 'bytes=10-19', 'if-range': '"old"' } })).statusCode,
    ).toBe(200);
    const beyond = await app.inject({ url: '/', headers: { range: 'bytes=5000-' } });
    expect(beyond.statusCode).toBe(416);
    expect(beyond.headers['content-range']).toBe('bytes */1000');
    const head = await app.inject({ method: 'HEAD', url: '/' });
    expect(head.headers['content-length']).toBe('1000');
    expect(head.body).toBe('');
  });

  it('names a file in Chinese for new clients and in ASCII for old ones', () => {
    expect(attachment('影像 1.dcm')).toBe(
      `attachment; filename="_1.dcm"; filename*=UTF-8''%E5%BD%B1%E5%83%8F%201.dcm`,
    );
    expect(attachment('a"\r\nb')).not.toMatch(/[\r\n]/);
  });
});

describe('sendPieces', () => {
  const app = fastify();
  app.addHook('onRequest', async (_req, reply) => {
    reply.header('x-frame-options', 'deny');
  });
  const answered: number[] = [];
  app.addHook('onResponse', async (_req, reply) => {
    answered.push(reply.statusCode);
  });
  app.get('/', async (_req, reply) =>
    sendPieces(reply.code(206).type('image/jphc'), [Buffer.from('one '), Buffer.from('frame')]),
  );

  it('sends the pieces with their length and every header set before, and the answer is counted', async () => {
    const whole = await app.inject('/');
    expect([whole.statusCode, whole.body, whole.headers['content-length']]).toEqual([206, 'one frame', '9']);
    expect(whole.headers).toMatchObject({ 'x-frame-options': 'deny', 'content-type': 'image/jphc' });
    const head = await app.inject({ method: 'HEAD', url: '/' });
    expect([head.body, head.headers['content-length']]).toEqual(['', '9']);
    expect(answered).toEqual([206, 206]);
  });
});
