// DCMTK's print SCP as the printer: it keeps every sheet as a Stored Print object and every picture as a Hardcopy
// Grayscale image. Not part of the product.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DicomJson, parseDicom, textOf, toDicomJson } from '@yunying/dicom';
import { freePort } from '../../../../db/free-port.ts';

export const dcmtkAbsent = (() => {
  try {
    execFileSync('dcmprscp', ['--version'], { stdio: 'ignore' });
    return false;
  } catch {
    return true;
  }
})();

export async function startDcmtkPrinter(folder: string, settings: Record<string, string> = {}) {
  const port = await freePort();
  const [database, spool] = [join(folder, 'database'), join(folder, 'spool')];
  for (const one of [database, spool]) mkdirSync(one, { recursive: true });
  const printer: Record<string, string> = {
    Aetitle: 'FILM',
    Description: 'printer of the tests',
    Hostname: 'localhost',
    Port: String(port),
    Type: 'LOCALPRINTER',
    BorderDensity: '150\\20\\BLACK\\WHITE',
    DisplayFormat: '1,1\\1,2\\2,2\\2,3\\3,4\\4,5',
    EmptyImageDensity: '20\\BLACK\\WHITE',
    FilmDestination: 'MAGAZINE\\PROCESSOR',
    FilmSizeID: '8INX10IN\\14INX17IN',
    MagnificationType: 'REPLICATE\\BILINEAR\\CUBIC\\NONE',
    MaxDensity: '320',
    MaxPDU: '32768',
    MediumType: 'PAPER\\CLEAR FILM\\BLUE FILM',
    SupportsImageSize: 'true',
    SupportsDecimateCrop: 'true',
    SupportsTrim: 'true',
    SupportsPresentationLUT: 'true',
    ...settings,
  };
  const lines = Object.entries(printer).map(([name, value]) => `${name} = ${value}`);
  const config = join(folder, 'printer.cfg');
  writeFileSync(
    config,
    `[[GENERAL]]\n[PRINT]\nDirectory = ${spool}\n[DATABASE]\nDirectory = ${database}\n[NETWORK]\naetitle = TEST\n[[COMMUNICATION]]\n[FILM]\n${lines.join('\n')}\n`,
  );
  const child = spawn('dcmprscp', ['-v', '-c', config, '-p', 'FILM'], { stdio: 'ignore', cwd: folder });
  await listening(port, child);
  const objects = (): DicomJson[] =>
    readdirSync(database)
      .filter((name) => name.endsWith('.dcm'))
      .map((name) => toDicomJson(parseDicom(readFileSync(join(database, name))).dataset));
  return {
    port,
    database,
    sheets: () => objects().filter((one) => textOf(one, '00080016') === '1.2.840.10008.5.1.1.27'),
    pictures: () => objects().filter((one) => textOf(one, '00080016') === '1.2.840.10008.5.1.1.29'),
    stop: () => child.kill('SIGKILL'),
  };
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (let wait = 0; wait < 100; wait += 1) {
    if (child.exitCode !== null) throw new Error('dcmprscp ended');
    const isOpen = await new Promise<boolean>((resolve) => {
      const probe = connect(port, '127.0.0.1', () => {
        probe.destroy();
        resolve(true);
      }).on('error', () => resolve(false));
    });
    if (isOpen) return;
    await sleep(100);
  }
  throw new Error('dcmprscp does not listen');
}
