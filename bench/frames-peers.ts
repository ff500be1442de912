// Who answers frames beside us: the peer archive Orthanc with its DICOMweb plugin, and nginx with the same bytes as
// files, which is what the machine can do at most. Each on a free loopback port from an empty folder, stopped by pid.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, whenOpen } from './ports.ts';
import { dcmtkEnvironment } from './store-peers.ts';

export type WebPeer = { name: string; origin: string; dimsePort: number; stop(): Promise<void> };

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

/** `durable`: each stored file is synced, as ours are; for runs where storing is measured. */
export async function startOrthancWeb(folder: string, options = { durable: false }): Promise<WebPeer> {
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
    SyncStorageArea: options.durable,
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
  return { ...about, stop: await whenOpen(about.name, port, child) };
}
