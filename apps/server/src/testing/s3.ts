// A real S3 server for tests (s3rver), behind a gate of our own that can refuse, be slow, change bytes or be away, and
// that compares Content-MD5 as object stores do (s3rver does not).
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { S3Location } from '../store-locations.ts';

/** What the gate makes of a request; undefined lets it through. */
export type S3Fault =
  | { answer: number; body?: string }
  | { hang: true }
  | { delayMs: number }
  | { changeBody: true }
  | { cutAfter: number }
  | { stallAfter: number };
export type TestS3 = {
  location(prefix?: string): S3Location;
  /** For a server process: YUNYING_BLOBS is `url`, with these keys. */
  url(prefix?: string): string;
  keys: Record<string, string>;
  /** Method and path of every request, in order. */
  requests: string[];
  fault: (method: string, path: string) => S3Fault | undefined;
  /** Where its objects are on disk: KEY._S3rver_object. */
  folder: string;
  away(): Promise<void>;
  back(): Promise<void>;
  stop(): Promise<void>;
};

const key = 'S3RVER';

export async function startTestS3(folder: string): Promise<TestS3> {
  mkdirSync(folder, { recursive: true });
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 's3-process.ts'), folder],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const target = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (line: Buffer) => resolve(Number(JSON.parse(line.toString()).port)));
    child.once('exit', (code) => reject(new Error(`s3rver ended with ${code}`)));
  });
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  const listen = (port: number): Promise<number> =>
    new Promise((resolve) => {
      const fresh = createServer((req, res) => void pass(s3, target, req, res).catch(() => res.destroy()));
      fresh.on('connection', (socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
      });
      fresh.listen(port, '127.0.0.1', () => {
        server = fresh;
        const bound = fresh.address();
        resolve(bound !== null && typeof bound === 'object' ? bound.port : 0);
      });
    });
  const away = async (): Promise<void> => {
    server?.close();
    for (const socket of sockets) socket.destroy();
  };
  const s3: TestS3 = {
    location: (prefix = '') => ({
      kind: 's3',
      bucket: 'films',
      prefix,
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: key, secretAccessKey: key },
    }),
    url: (prefix = '') => `s3://films/${prefix}?endpoint=http://127.0.0.1:${port}&region=us-east-1`,
    keys: { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: key },
    requests: [],
    fault: () => undefined,
    folder: join(folder, 'films'),
    away,
    back: async () => void (await listen(port)),
    stop: async () => {
      await away();
      child.kill();
    },
  };
  const port = await listen(0);
  return s3;
}

async function pass(s3: TestS3, target: number, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { method = '', url = '' } = req;
  s3.requests.push(`${method} ${url}`);
  const fault = s3.fault(method, url);
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part);
  const body = Buffer.concat(parts);
  if (fault !== undefined && 'hang' in fault) return;
  if (fault !== undefined && 'answer' in fault) return answer(res, fault.answer, fault.body);
  if (fault !== undefined && 'delayMs' in fault)
    await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
  if (fault !== undefined && 'changeBody' in fault && body.length > 0) body[0] = (body[0] ?? 0) ^ 1;
  const md5 = req.headers['content-md5'];
  if (md5 !== undefined && createHash('md5').update(body).digest('base64') !== md5)
    return answer(res, 400, '<Error><Code>BadDigest</Code><Message>changed on the way</Message></Error>');
  const onward = request({ host: '127.0.0.1', port: target, method, path: url, headers: req.headers });
  onward.on('error', () => res.destroy());
  onward.on('response', (found) => {
    res.writeHead(found.statusCode ?? 500, found.headers);
    const cut = fault !== undefined && 'cutAfter' in fault ? fault.cutAfter : null;
    const most = cut ?? (fault !== undefined && 'stallAfter' in fault ? fault.stallAfter : null);
    if (most === null) return void found.pipe(res);
    let sent = 0;
    found.on('data', (chunk: Buffer) => {
      res.write(chunk.subarray(0, Math.max(0, most - sent)));
      sent += chunk.length;
      if (sent >= most && cut !== null) setImmediate(() => res.destroy());
    });
  });
  onward.end(body);
}

function answer(res: ServerResponse, status: number, body = ''): void {
  res.writeHead(status, { 'content-type': 'application/xml' });
  res.end(body);
}
