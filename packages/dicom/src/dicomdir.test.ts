// A DICOMDIR is read back by our own parser and, where it is installed, by DCMTK.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type DirectoryRecord,
  encodeDicomdir,
  getNumber,
  getSequence,
  getString,
  parseDicom,
} from './index.ts';

const image = (number: number): DirectoryRecord => ({
  type: 'IMAGE',
  keys: { InstanceNumber: String(number) },
  file: {
    path: ['IMAGES', 'S0000001', `I000000${number}`],
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    sopInstanceUid: `1.2.3.${number}`,
    transferSyntaxUid: '1.2.840.10008.1.2.1',
  },
});
const tree: DirectoryRecord[] = [
  {
    type: 'PATIENT',
    keys: { PatientID: 'P1', PatientName: 'Wang^XiaoDong=王^小东' },
    children: [
      {
        type: 'STUDY',
        keys: {
          StudyInstanceUID: '1.2.1',
          StudyDate: '20260102',
          StudyTime: '101112',
          StudyID: '',
          AccessionNumber: '',
        },
        children: [
          {
            type: 'SERIES',
            keys: { Modality: 'CT', SeriesInstanceUID: '1.2.2', SeriesNumber: '1' },
            children: [image(1), image(2)],
          },
        ],
      },
    ],
  },
];

describe('DICOMDIR', () => {
  it('points every record at the next one and at its first child by byte offset', () => {
    const bytes = encodeDicomdir('YUNYING', tree);
    const { dataset } = parseDicom(bytes);
    const records = getSequence(dataset, '00041220');
    expect(records.map((record) => getString(record, '00041430'))).toEqual([
      'PATIENT',
      'STUDY',
      'SERIES',
      'IMAGE',
      'IMAGE',
    ]);
    expect(getString(records[0] ?? dataset, 'PatientName')).toContain('小东');
    const at = (offset: number | null) =>
      Buffer.from(bytes.subarray(offset ?? 0, (offset ?? 0) + 4)).toString('hex');
    expect(getNumber(dataset, '00041200')).toBe(getNumber(dataset, '00041202'));
    expect(at(getNumber(dataset, '00041200'))).toBe('feff00e0');
    const lower = records.map((record) => getNumber(record, '00041420'));
    expect(lower.slice(0, 3).map(at)).toEqual(['feff00e0', 'feff00e0', 'feff00e0']);
    const [, , , first, second] = records;
    expect(at(first === undefined ? 0 : getNumber(first, '00041400'))).toBe('feff00e0');
    expect(second === undefined ? null : getNumber(second, '00041400')).toBe(0);
  });

  it('refuses a File ID with other signs', () => {
    const bad = {
      ...image(1),
      file: { path: ['images'], sopClassUid: '1', sopInstanceUid: '1', transferSyntaxUid: '1' },
    };
    expect(() => encodeDicomdir('A', [bad])).toThrow(/File ID/);
  });

  it.skipIf(spawnSync('dcmdump', ['--version']).status !== 0)(
    'is read by dcmdump as a directory (needs DCMTK)',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'yunying-dicomdir-'));
      try {
        writeFileSync(join(folder, 'DICOMDIR'), encodeDicomdir('YUNYING', tree));
        const dump = spawnSync('dcmdump', [join(folder, 'DICOMDIR')], { encoding: 'utf8' });
        expect(dump.status).toBe(0);
        expect(dump.stdout).toContain('IMAGES\\S0000001\\I0000002');
        expect(dump.stderr).toBe('');
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});
