// The viewer beside ours: OHIF as published, in front of the archive Orthanc, both behind one nginx that sends packed
// files and keeps connections, as a hospital would set it up. Nothing of OHIF is tuned, one data source is named.
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ohifFolder } from '../scripts/setup/ohif.ts';
import { startOrthancWeb, type WebPeer } from './frames-peers.ts';
import { freePort, whenOpen } from './ports.ts';

export type ViewerPeer = { origin: string; orthanc: WebPeer; stop(): Promise<void> };

const packed = /\.(js|css|wasm|html|json|svg)$/;

const config = `window.config = {
  name: 'bench', routerBasename: null, extensions: [], modes: [], customizationService: {}, showStudyList: true,
  maxNumberOfWebWorkers: 3, showWarningMessageForCrossOrigin: true, showCPUFallbackMessage: true,
  showLoadingIndicator: true, strictZSpacingForVolumeViewport: true, groupEnabledModesFirst: true,
  maxNumRequests: { interaction: 100, thumbnail: 5, prefetch: 25 }, defaultDataSourceName: 'dicomweb',
  dataSources: [{
    namespace: '@ohif/extension-default.dataSourcesModule.dicomweb', sourceName: 'dicomweb',
    configuration: {
      friendlyName: 'bench', name: 'bench', wadoUriRoot: '/wado', qidoRoot: '/dicom-web', wadoRoot: '/dicom-web',
      qidoSupportsIncludeField: false, imageRendering: 'wadors', thumbnailRendering: 'wadors',
      enableStudyLazyLoad: true, supportsFuzzyMatching: false, supportsWildcard: true, staticWado: true,
      singlepart: 'bulkdata,video', bulkDataURI: { enabled: true }, omitQuotationForMultipartRequest: true,
    },
  }],
};`;

/** null where OHIF cannot be fetched. */
export async function startViewerPeer(folder: string): Promise<ViewerPeer | null> {
  const dist = ohifFolder();
  if (dist === null) return null;
  const root = join(folder, 'ohif');
  cpSync(dist, root, { recursive: true });
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    const file = join(root, name);
    if (packed.test(name) && statSync(file).size > 1024)
      writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
  }
  writeFileSync(join(folder, 'app-config.js'), config);
  const orthanc = await startOrthancWeb(folder);
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
    .join(' ');
  const proxy = `proxy_pass http://archive; proxy_http_version 1.1; proxy_set_header Connection "";
    proxy_set_header Host $http_host; proxy_set_header Accept-Encoding "";`;
  const settings = `${process.getuid?.() === 0 ? 'user root;' : ''} worker_processes 2; pid ${folder}/pid;
error_log ${folder}/error.log; daemon off; events { worker_connections 512; }
http { include /etc/nginx/mime.types; access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000; ${temporary}
  default_type application/octet-stream; gzip on; gzip_static on; gzip_comp_level 6; gzip_min_length 1024; gzip_proxied any;
  gzip_types application/json application/dicom+json text/css application/javascript application/wasm;
  upstream archive { server ${new URL(orthanc.origin).host}; keepalive 16; }
  server { listen 127.0.0.1:${port}; root ${root};
    location /dicom-web/ { ${proxy} }
    location /wado { ${proxy} }
    location = /app-config.js { alias ${folder}/app-config.js; }
    location / { try_files $uri /index.html; } } }`;
  writeFileSync(join(folder, 'nginx.conf'), settings);
  const child: ChildProcess = spawn('/usr/sbin/nginx', ['-c', join(folder, 'nginx.conf')], {
    stdio: 'ignore',
  });
  const stopNginx = await whenOpen('nginx', port, child);
  const stop = async () => {
    await stopNginx();
    await orthanc.stop();
  };
  return { origin: `http://127.0.0.1:${port}`, orthanc, stop };
}
