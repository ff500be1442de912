// Debian's Orthanc with its DICOMweb plugin, as another PACS beside a running server: ours is its modality `yunying` and
// its DICOMweb server `yunying`.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../apps/server/src/db/free-port.ts';

const plugin = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';
export const noOrthanc = !existsSync('/usr/sbin/Orthanc') || !existsSync(plugin);

export type Orthanc = {
  dicomPort: number;
  /** Asks its REST interface; throws unless the answer is a success. */
  call(method: string, path: string, body?: object | Uint8Array): Promise<unknown>;
  stop(): Promise<void>;
};

export async function startOrthanc(peer: {
  aeTitle: string;
  dimsePort: number;
  http: string;
  token: string;
}): Promise<Orthanc> {
  const folder = mkdtempSync(join(tmpdir(), 'yunying-orthanc-'));
  mkdirSync(join(folder, 'db'));
  const [dicomPort, httpPort] = [await freePort(), await freePort()];
  const settings = {
    Name: 'peer',
    StorageDirectory: join(folder, 'db'),
    IndexDirectory: join(folder, 'db'),
    HttpPort: httpPort,
    DicomPort: dicomPort,
    DicomAet: 'ORTHANC',
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    DicomAlwaysAllowFind: true,
    DicomAlwaysAllowGet: true,
    DicomAlwaysAllowMove: true,
    DicomModalities: { yunying: [peer.aeTitle, '127.0.0.1', peer.dimsePort] },
    Plugins: [plugin],
    DicomWeb: {
      Enable: true,
      Servers: {
        yunying: {
          Url: `${peer.http}/dicom-web/`,
          HttpHeaders: { Authorization: `Bearer ${peer.token}` },
          HasDelete: false,
          ChunkedTransfers: true,
        },
      },
    },
  };
  writeFileSync(join(folder, 'orthanc.json'), JSON.stringify(settings));
  const env = { ...process.env, TCP_NODELAY: '1' };
  const child = spawn('Orthanc', [join(folder, 'orthanc.json')], { stdio: 'ignore', env });
  const call = async (method: string, path: string, body?: object | Uint8Array): Promise<unknown> => {
    const sent = body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body);
    const answer = await fetch(`http://127.0.0.1:${httpPort}${path}`, {
      method,
      ...(body === undefined ? {} : { body: sent }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`Orthanc ${method} ${path} answered ${answer.status}: ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  for (let tries = 0; ; tries++) {
    try {
      await call('GET', '/system');
      return { dicomPort, call, stop };
    } catch (error) {
      if (tries < 150) await pause(200);
      else {
        await stop();
        throw error;
      }
    }
  }
}
