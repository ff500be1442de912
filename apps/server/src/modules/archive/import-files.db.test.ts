import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Command } from 'commander';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { importCommand } from './import.cli.ts';
import { importPaths } from './import-files.ts';
import {
  blobFiles,
  corpus,
  corpusAbsent,
  corpusFile,
  corpusFiles,
  freshMr,
  openRig,
  type Rig,
  sha256,
  splitPart10,
  storedInstance,
} from './testing/rig.ts';

const noZip = !existsSync('/usr/bin/zip') && !existsSync('/usr/bin/python3');

describe.skipIf(corpusAbsent)('yunying import (needs the corpus of real files)', () => {
  let rig: Rig;
  let folder: string;
  beforeAll(async () => {
    rig = await openRig();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'yunying-import-'));
    return () => rmSync(folder, { recursive: true, force: true });
  });
  afterAll(() => rig.close());
  const put = (name: string, bytes: Uint8Array) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };

  it('imports the whole corpus: every object bit for bit or named with a reason', async () => {
    const steps: number[] = [];
    const report = await importPaths(rig.ctx, [corpus], { onProgress: (done) => steps.push(done) });
    const { stored, duplicate, skipped, refusedCount, files } = report;
    expect(stored + duplicate + skipped + refusedCount).toBe(files);
    expect(stored).toBeGreaterThan(600);
    expect(steps.at(-1)).toBe(files);
    expect(report.refused.every(({ name, reason }) => name !== '' && reason.length > 10)).toBe(true);
    const refused = new Set(report.refused.map(({ name }) => name));
    for (const path of corpusFiles().filter((_, index) => index % 10 === 0)) {
      if (refused.has(join(corpus, path)) || !/\.(dcm|IMA)$/i.test(path)) continue;
      const file = corpusFile(path);
      const { bytes } = await storedInstance(rig, splitPart10(file));
      expect([path, sha256(bytes)]).toEqual([path, sha256(file)]);
    }
    const again = await importPaths(rig.ctx, [corpus]);
    expect([again.stored, again.duplicate]).toEqual([0, stored + duplicate]);
  }, 120_000);

  it('reads a medium by its DICOMDIR and names what is missing on it', async () => {
    cpSync(join(corpus, 'dicomdir'), folder, { recursive: true });
    rmSync(join(folder, '77654033/CR1'), { recursive: true });
    renameSync(join(folder, '98892001'), join(folder, 'x'));
    renameSync(join(folder, 'x/CT2N'), join(folder, 'x/ct2n')); // mounted in lower case
    renameSync(join(folder, 'x'), join(folder, '98892001'));
    const report = await importPaths(rig.ctx, [join(folder, 'DICOMDIR')]);
    expect(report.refused.map(({ reason }) => reason)).toEqual([
      'named by the DICOMDIR, but not on the medium',
    ]);
    expect(report.stored + report.duplicate).toBe(30);
  });

  it('skips strays in a folder, does not follow links out of it, and refuses a named file that is no DICOM', async () => {
    const letter = put('readme.txt', Buffer.from('a letter, no picture'.repeat(20)));
    put('a.dcm', freshMr());
    symlinkSync(corpus, join(folder, 'link'));
    mkdirSync(join(folder, 'empty'));
    expect(await importPaths(rig.ctx, [folder])).toMatchObject({
      files: 2,
      stored: 1,
      skipped: 1,
      refusedCount: 0,
    });
    const files = blobFiles(rig);
    const named = await importPaths(rig.ctx, [letter, join(folder, 'absent')]);
    expect(named.refused.map(({ reason }) => reason)).toEqual([
      'is not there',
      expect.stringMatching(/not a DICOM object/),
    ]);
    expect(blobFiles(rig)).toBe(files);
  });

  it('unpacks a gzip file on the way, and refuses one that unpacks to an impossible size', async () => {
    const file = freshMr();
    const good = await importPaths(rig.ctx, [put('one.dcm.gz', gzipSync(file))]);
    expect(good).toMatchObject({ stored: 1, refusedCount: 0 });
    expect(sha256((await storedInstance(rig, splitPart10(file))).bytes)).toBe(sha256(file));
    const cut = await importPaths(rig.ctx, [put('cut.dcm.gz', gzipSync(freshMr()).subarray(0, 2000))]);
    expect(cut).toMatchObject({ stored: 0, refusedCount: 1 });
  });

  it.skipIf(noZip)('imports a ZIP without unpacking it to disk (needs python3)', async () => {
    const inner = join(folder, 'medium');
    mkdirSync(inner);
    const files = [freshMr(), freshMr(), freshMr()];
    for (const [index, bytes] of files.entries()) writeFileSync(join(inner, `${index}.dcm`), bytes);
    writeFileSync(join(inner, 'autorun.inf'), 'open=viewer.exe');
    const zip = join(folder, 'medium.zip');
    execFileSync('python3', ['-m', 'zipfile', '-c', zip, inner]);
    expect(await importPaths(rig.ctx, [zip])).toMatchObject({ stored: 3, skipped: 1, refusedCount: 0 });
    const [first] = files;
    if (first === undefined) throw new Error('no file');
    expect(sha256((await storedInstance(rig, splitPart10(first))).bytes)).toBe(sha256(first));
    const bomb = join(folder, 'bomb.zip');
    const script =
      'import zipfile,sys;z=zipfile.ZipFile(sys.argv[1],"w",zipfile.ZIP_DEFLATED);z.writestr("a.dcm",bytes(300000000));z.writestr("../../out.dcm",b"x");z.close()';
    execFileSync('python3', ['-c', script, bomb]);
    const report = await importPaths(rig.ctx, [bomb]);
    expect(report.stored).toBe(0);
    expect(report.refused.map(({ reason }) => reason)).toEqual([expect.stringMatching(/relative path|\.\./)]);
  });

  it('prints a summary and fails when something was refused', async () => {
    const lines: string[] = [];
    let failed = false;
    const program = new Command().exitOverride();
    const streams = {
      print: (line: string) => lines.push(line),
      progress: null,
      fail: () => (failed = true),
    };
    importCommand(program, (run) => run(rig.ctx), streams);
    await program.parseAsync(['node', 'yunying', 'import', put('a.dcm', freshMr())]);
    expect(failed).toBe(false);
    await program.parseAsync(['node', 'yunying', 'import', put('cut.dcm', freshMr().subarray(0, 3000))]);
    expect(failed).toBe(true);
    expect(lines.join('\n')).toMatch(/kept aside +1/);
  });
});
