// Stores Part 10 files that are made while they are sent: one STOW-RS request, nothing held.

export async function stow(
  doors: { http: string; token: string },
  files: Iterable<AsyncIterable<Uint8Array>>,
): Promise<void> {
  const boundary = 'yunying-test';
  async function* body(): AsyncGenerator<Uint8Array> {
    for (const file of files) {
      yield Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`);
      yield* file;
      yield Buffer.from('\r\n');
    }
    yield Buffer.from(`--${boundary}--\r\n`);
  }
  const init: RequestInit & { duplex: 'half' } = {
    method: 'POST',
    headers: {
      authorization: `Bearer ${doors.token}`,
      'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
      accept: 'application/dicom+json',
    },
    body: ReadableStream.from(body()) as ReadableStream<Uint8Array>,
    duplex: 'half',
  };
  const response = await fetch(`${doors.http}/dicom-web/studies`, init);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`STOW-RS answered ${response.status}: ${text.slice(0, 500)}`);
}
