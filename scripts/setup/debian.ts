// Debian packages that a command needs beside npm's: the browser of the end-to-end tests, DCMTK, Odil and Orthanc as
// other people's clients and peers, a CJK font for screenshots. Installed when we may (root or password-less sudo); else
// the command says what to install and stops.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const proofs = {
  chromium: '/usr/bin/chromium',
  dcmtk: '/usr/bin/storescu',
  'fonts-noto-cjk': '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
  orthanc: '/usr/sbin/Orthanc',
  'orthanc-dicomweb': '/usr/share/orthanc/plugins/libOrthancDicomWeb.so',
  'python3-odil': '/usr/lib/python3/dist-packages/odil/__init__.py',
  'libgdcm-tools': '/usr/bin/gdcmconv',
  'nginx-light': '/usr/sbin/nginx',
  wrk: '/usr/bin/wrk',
} as const;
export type DebianPackage = keyof typeof proofs;

export function requireDebianPackages(names: DebianPackage[]): void {
  const missing = names.filter((name) => !existsSync(proofs[name]));
  if (missing.length === 0) return;
  process.stderr.write(`Installing Debian packages: ${missing.join(' ')} …\n`);
  const prefix = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const run = (...args: string[]) => {
    const [command, ...rest] = [...prefix, ...args];
    return spawnSync(command ?? 'false', rest, {
      stdio: ['ignore', 2, 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  };
  const packages = ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...missing];
  run('apt-get', 'update', '-qq');
  if (run(...packages).status !== 0) {
    throw new Error(
      `could not install ${missing.join(' ')}: run "apt-get install ${missing.join(' ')}" and start again`,
    );
  }
}
