import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { isAppError } from '../errors.ts';
import { boundaryOf, readMultipart, writeMultipart } from './multipart.ts';

const type = 'multipart/related; type="application/dicom"; boundary=XX';

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readAll(bytes: Uint8Array, size: number, contentType = type) {
  const parts: { headers: Record<string, string>; body: Buffer }[] = [];
  for await (const part of readMultipart(inPieces(bytes, size), contentType)) {
    const chunks: Buffer[] = [];
    for await (const chunk of part.body) chunks.push(chunk);
    parts.push({ headers: part.headers, body: Buffer.concat(chunks) });
  }
  return parts;
}

describe('readMultipart', () => {
  const body =
    '--XX\r\nContent-Type: application/dicom\r\nX-Long: a\r\n b\r\n\r\nabc\r\n--X\r\n--XX \t\r\n\r\n\r\n--XX\r\nContent-Length: 1\r\n\r\nz\r\n--XX--\r\nepilogue';

  it.each([1, 2, 3, 7, 64, 10_000])('finds the same parts whatever the pieces: %d bytes', async (size) => {
    const parts = await readAll(Buffer.from(`preamble\r\n${body}`), size);
    expect(parts.map((part) => part.body.toString())).toEqual(['abc\r\n--X', '', 'z']);
    expect(parts[0]?.headers).toEqual({ 'content-type': 'application/dicom', 'x-long': 'a b' });
    expect(parts[1]?.headers).toEqual({});
  });

  it('reads back what writeMultipart writes, binary and with false boundaries inside', async () => {
    const bodies = [
      Buffer.from('\r\n--yunying-'),
      Buffer.alloc(0),
      Buffer.from(Array.from({ length: 3000 }, (_v, i) => i % 256)),
    ];
    const { contentType, body: out } = writeMultipart(
      bodies.map((b) => ({ headers: { 'content-type': 'a/b' }, body: b })),
      'a/b',
    );
    const parts = await readAll(await buffer(out), 100, contentType);
    expect(parts.map((part) => part.body)).toEqual(bodies);
  });

  it('writes field names the way clients look for them: Cornerstone compares letter by letter', async () => {
    const headers = { 'content-type': 'a/b', 'content-location': '/x' };
    const { body: out } = writeMultipart([{ headers, body: Buffer.from('x') }], 'a/b');
    expect((await buffer(out)).toString()).toContain(
      '\r\nContent-Type: a/b\r\nContent-Location: /x\r\n\r\nx',
    );
  });

  it('skips what a consumer leaves of a part', async () => {
    const seen: string[] = [];
    for await (const part of readMultipart(inPieces(Buffer.from(body), 5), type))
      seen.push(Object.keys(part.headers).join());
    expect(seen).toHaveLength(3);
  });

  it.each([1, 5, 64])('goes on behind a part whose reader stopped in the middle: %d bytes', async (size) => {
    const seen: string[] = [];
    for await (const part of readMultipart(inPieces(Buffer.from(body), size), type)) {
      for await (const chunk of part.body) {
        seen.push(chunk.toString().slice(0, 1));
        break;
      }
    }
    expect(seen).toEqual(['a', 'z']);
  });

  it('asks for the next piece only when it is needed', async () => {
    let given = 0;
    async function* source() {
      yield Buffer.from('--XX\r\n\r\n');
      for (; given < 1000; given += 1) yield Buffer.alloc(1000);
      yield Buffer.from('\r\n--XX--');
    }
    for await (const part of readMultipart(source(), type)) {
      for await (const _chunk of part.body) {
        await new Promise((resolve) => setImmediate(resolve));
        break;
      }
      expect(given).toBeLessThan(5);
      break;
    }
  });

  it.each([
    ['a body cut in a part', '--XX\r\n\r\nabc', 'multipart-cut-short'],
    ['a body cut in the headers', '--XX\r\nA: b', 'multipart-cut-short'],
    ['no boundary at all', 'x'.repeat(200_000), 'multipart-too-long'],
    ['endless headers', `--XX\r\nA: ${'b'.repeat(100_000)}`, 'multipart-too-long'],
    ['a header without colon', '--XX\r\nabc\r\n\r\n', 'multipart-bad-header'],
    ['an empty body', '', 'multipart-cut-short'],
  ])('refuses %s with its reason', async (_what, text, reason) => {
    await expect(readAll(Buffer.from(text), 1000)).rejects.toSatisfy(
      (e) => isAppError(e, 'request.invalid') && e.details.reason === reason,
    );
  });

  it('refuses more parts than allowed', async () => {
    const many = Buffer.from(`${'--XX\r\n\r\n\r\n'.repeat(5)}--XX--`);
    const read = async () => {
      for await (const _part of readMultipart(inPieces(many, 50), type, { parts: 3 }));
    };
    await expect(read()).rejects.toSatisfy(
      (e) => isAppError(e, 'request.invalid') && e.details.reason === 'multipart-too-many-parts',
    );
  });

  it('takes quoted boundaries and refuses a type without one', () => {
    expect(boundaryOf('multipart/related; boundary="a b"; type=x')).toBe('a b');
    expect(boundaryOf('multipart/related;type="x/y";boundary=ab')).toBe('ab');
    expect(() => boundaryOf('multipart/related')).toThrow();
    expect(() => boundaryOf(undefined)).toThrow();
  });
});
