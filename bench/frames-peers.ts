// Who answers frames beside us: the peer archive Orthanc with its DICOMweb plugin, and nginx with the same bytes as
// files, which is what the machine can do at most. Each on a free loopback port from an empty folder, stopped by pid.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { dcmtkEnvironment } from './store-peers.ts';

export type WebPeer = { name: string; origin: string; dimsePort: number; stop(): Promise<void> };

const startLimitMs = 30_000;
const plugin = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';

export function missingPeers(): string[] {
  const needed = {
    orthanc: '/usr/sbin/Orthanc',
    'orthanc-dicomweb': plugin,
    'nginx-light': '/usr/sbin/nginx',
    wrk: '/usr/bin/wrk',
  };
  return Object.entries(needed).flatMap(([name, path]) => (existsSync(path) ? [] : [name]));
}

export async function startOrthancWeb(folder: string): Promise<WebPeer> {
  const [dimsePort, httpPort] = [await freePort(), await freePort()];
  mkdirSync(join(folder, 'db'), { recursive: true });
  const settings = {
    Name: 'bench',
    StorageDirectory: join(folder, 'db'),
    IndexDirectory: join(folder, 'db'),
    HttpPort: httpPort,
    DicomPort: dimsePort,
    DicomAet: 'ORTHANC',
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    SyncStorageArea: false, // filling it is not what is measured
    KeepAlive: true,
    HttpThreadsCount: 16,
    DefaultEncoding: 'Chinese',
    Plugins: [plugin],
    DicomWeb: { Enable: true, Root: '/dicom-web/', EnableWado: false },
  };
  writeFileSync(join(folder, 'orthanc.json'), JSON.stringify(settings));
  const child = spawn('/usr/sbin/Orthanc', [join(folder, 'orthanc.json')], {
    stdio: 'ignore',
    env: dcmtkEnvironment,
  });
  return opened({ name: 'orthanc', origin: `http://127.0.0.1:${httpPort}`, dimsePort }, httpPort, child);
}

/** Serves the files under `root`. */
export async function startNginx(folder: string, root: string): Promise<WebPeer> {
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  const settings = `${user} worker_processes 2; pid ${folder}/pid; error_log ${folder}/error.log; daemon off;
events { worker_connections 512; }
http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; etag on; ${temporary.join(' ')}
  default_type application/octet-stream; open_file_cache max=1000;
  server { listen 127.0.0.1:${port}; root ${root}; } }`;
  writeFileSync(join(folder, 'nginx.conf'), settings);
  const child = spawn('/usr/sbin/nginx', ['-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
  return opened({ name: 'nginx', origin: `http://127.0.0.1:${port}`, dimsePort: 0 }, port, child);
}

async function opened(about: Omit<WebPeer, 'stop'>, port: number, child: ChildProcess): Promise<WebPeer> {
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
  };
  const deadline = Date.now() + startLimitMs;
  while (!(await isOpen(port))) {
    if (Date.now() > deadline || child.exitCode !== null) {
      await stop();
      throw new Error(`${about.name} did not open port ${port}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { ...about, stop };
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address === null || typeof address === 'string'
          ? reject(new Error('no port'))
          : resolve(address.port),
      );
    });
  });
}
