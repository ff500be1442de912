// Our UID tables against the names that DCMTK prints for the same UIDs: a slip of a digit shows as another name or none.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDataset } from './dataset.ts';
import { writePart10 } from './part10.ts';
import { setValue } from './set-values.ts';
import { sopClasses } from './sop-classes.ts';
import { explicitVrLittleEndian, transferSyntaxes } from './transfer-syntaxes.ts';
import { isUid, newUid } from './uids.ts';
import { encodeDataset } from './write.ts';

const noDcmtk = spawnSync('dcmdump', ['--version']).status !== 0;

/** Name by UID as dcmdump prints it (`=CTImageStorage`); UIDs it does not know are absent. */
function namesInDcmtk(uids: readonly string[]): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'yunying-uids-'));
  try {
    const file = join(folder, 'uids.dcm');
    writeFileSync(file, fileWith(uids));
    const { stdout } = spawnSync('dcmdump', ['+P', '0008,1150', '+L', file], { encoding: 'utf8' });
    const lines = stdout.matchAll(/\(0008,1150\) UI (?:=(\S+)|\[[^\]]*\])/g);
    const names = [...lines].map((found) => found[1]);
    expect(names).toHaveLength(uids.length);
    return new Map(
      uids.flatMap((uid, index) => {
        const name = names[index];
        return name === undefined ? [] : [[uid, name]];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function fileWith(uids: readonly string[]): Uint8Array {
  const dataset = createDataset();
  const items = uids.map((uid) => {
    const item = createDataset(dataset);
    setValue(item, 'ReferencedSOPClassUID', uid);
    return item;
  });
  dataset.elements.set('00081199', { kind: 'sequence', tag: '00081199', vr: 'SQ', items });
  const about = {
    sopClassUid: uids[0] ?? '',
    sopInstanceUid: newUid(),
    transferSyntaxUid: explicitVrLittleEndian,
  };
  return writePart10(about, encodeDataset(dataset, explicitVrLittleEndian));
}

/** Letters and digits in alphabetical order, without the words that only one of the two writes. */
function plain(name: string): string {
  const same = name.replace('Multi-component', 'Multicomponent').replace('First-Order', '1stOrder');
  const extra = /AVC\/H\.264|\/H\.265|Part 2|Process 1\b| and |VR|Near-Lossless/g;
  return [...same.replace(extra, '').toLowerCase()]
    .filter((sign) => /[a-z0-9]/.test(sign))
    .sort()
    .join('');
}

describe('the UID tables', () => {
  it('hold well-formed UIDs, and no name twice but as the retired form of another', () => {
    const current = [...sopClasses.values()].filter((row) => !row.retired);
    for (const rows of [current, [...transferSyntaxes.values()]]) {
      expect(rows.filter((row) => !isUid(row.uid))).toEqual([]);
      expect(new Set(rows.map((row) => row.name)).size).toBe(rows.length);
    }
  });

  it.skipIf(noDcmtk)('call SOP classes what DCMTK calls them (needs DCMTK)', () => {
    const theirs = namesInDcmtk([...sopClasses.keys()]);
    expect(theirs.size).toBeGreaterThan(190);
    const differing = [...theirs].filter(
      ([uid, name]) => name.replace(/^(RETIRED|DRAFT)_/, '') !== sopClasses.get(uid)?.name,
    );
    expect(differing).toEqual([]);
    const retired = [...theirs].filter(
      ([uid, name]) => /^(RETIRED|DRAFT)_/.test(name) !== sopClasses.get(uid)?.retired,
    );
    expect(retired).toEqual([]);
  });

  it.skipIf(noDcmtk)('call transfer syntaxes what DCMTK calls them (needs DCMTK)', () => {
    const standard = [...transferSyntaxes.keys()].filter((uid) => uid.startsWith('1.2.840.10008.'));
    const theirs = namesInDcmtk(standard);
    expect(theirs.size).toBeGreaterThan(40);
    const differing = [...theirs].filter(
      ([uid, name]) => plain(name) !== plain(transferSyntaxes.get(uid)?.name ?? ''),
    );
    expect(differing).toEqual([]);
  });
});
