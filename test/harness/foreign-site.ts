// A web server of another origin, as a hospital's own viewer has one: a folder of files and some pages made on the spot.
// Paths that name no file answer the first page, because such viewers keep their state in the address.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

export type ForeignSite = { origin: string; pages: Map<string, string>; close(): Promise<void> };

const mediaTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
};

export async function openForeignSite(folder: string | null): Promise<ForeignSite> {
  const pages = new Map<string, string>();
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://site').pathname);
    const answer = (path: string, body: string | Buffer) =>
      response.writeHead(200, { 'content-type': mediaTypes[extname(path)] ?? 'text/html' }).end(body);
    const page = pages.get(path);
    if (page !== undefined) return answer(path, page);
    const files = folder === null ? [] : [path, '/index.html'];
    readFirst(files.map((file) => join(folder ?? '', normalize(file)))).then(
      ([found, body]) => answer(found, body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pages,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readFirst(paths: string[]): Promise<[string, Buffer]> {
  for (const path of paths) {
    try {
      return [path, await readFile(path)];
    } catch {
      // the next one
    }
  }
  throw new Error('no such file');
}
