// A node that takes nothing but JPEG baseline (DCMTK's storescp, told so): it gets derived, lossy objects only where a
// rule allows it, and what is sent says what it is.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getString, getStrings, parseDicom } from '@yunying/dicom';
import { connect } from '@yunying/dimse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../db/free-port.ts';
import { addNode, findDicomNode } from '../../nodes/index.ts';
import { allowLossy, forbidLossy } from '../compression/policies.ts';
import { madeObject, storeMade } from '../testing/made-objects.ts';
import { openRig, type Rig, until } from '../testing/rig.ts';
import { findObjects } from './find-objects.ts';
import type { SentOutcome } from './send-objects.ts';
import { sendToNode } from './send-to-node.ts';

const noDcmtk = !existsSync('/usr/bin/storescp');
const profile = `[[TransferSyntaxes]]
[Only]
TransferSyntax1 = JPEGBaseline
[[PresentationContexts]]
[Contexts]
PresentationContext1 = SecondaryCaptureImageStorage\\Only
[[Profiles]]
[Default]
PresentationContexts = Contexts
`;

describe.skipIf(noDcmtk)('a node that takes only JPEG baseline (needs DCMTK)', () => {
  let rig: Rig;
  let folder: string;
  let peer: ChildProcess;
  let nodeId: string;
  beforeAll(async () => {
    rig = await openRig();
    folder = mkdtempSync(join(tmpdir(), 'yunying-lossy-send-'));
    const port = await freePort();
    writeFileSync(join(folder, 'profile.cfg'), profile);
    const out = mkdtempSync(join(folder, 'out-'));
    peer = spawn('storescp', ['-xf', join(folder, 'profile.cfg'), 'Default', '-od', out, String(port)], {
      stdio: 'ignore',
      env: { ...process.env, TCP_NODELAY: '1' },
    });
    await until(() => canConnect(port), 'storescp');
    await addNode(rig.ctx, { kind: 'dicom', name: 'OLDVIEW', host: '127.0.0.1', port, may: ['send'] });
    nodeId = (await node()).id;
  });
  afterAll(async () => {
    peer.kill();
    await rig.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function canConnect(port: number): Promise<boolean> {
    const contexts = [
      { abstractSyntax: '1.2.840.10008.5.1.4.1.1.7', transferSyntaxes: ['1.2.840.10008.1.2.4.50'] },
    ];
    return connect({ host: '127.0.0.1', port, callingAe: 'TEST', calledAe: 'OLDVIEW', contexts }).then(
      async (association) => {
        await association.release();
        return true;
      },
      () => false,
    );
  }
  async function node() {
    const found = await findDicomNode(rig.ctx.db, 'OLDVIEW', null);
    if (found === null || found === 'disabled') throw new Error('no node');
    return found;
  }
  async function send(studyInstanceUid: string): Promise<SentOutcome[]> {
    const refs = await findObjects(rig.ctx.db, { studyInstanceUids: [studyInstanceUid] });
    if (refs === 'too-many') throw new Error('too many');
    const outcomes: SentOutcome[] = [];
    await sendToNode(rig.ctx, await node(), refs, {
      stop: new AbortController().signal,
      onOutcome: (outcome) => outcomes.push(outcome),
    });
    return outcomes;
  }
  const received = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
      /out-.*\/[A-Z]+\./.test(path),
    );

  it('gets nothing without a rule, a lossy object with one, and nothing again when the rule is gone', async () => {
    const object = await storeMade(rig, madeObject({ bits: 8, rows: 120, columns: 160 }));
    const without = await send(object.studyInstanceUid);
    expect(without.every((one) => one.kind !== 'completed')).toBe(true);
    expect(received()).toEqual([]);

    await allowLossy(rig.ctx, nodeId, 8);
    expect((await send(object.studyInstanceUid)).map((one) => one.kind)).toEqual(['completed']);
    const [path] = received();
    const { dataset, transferSyntaxUid } = parseDicom(readFileSync(join(folder, path ?? '')));
    expect(transferSyntaxUid).toBe('1.2.840.10008.1.2.4.50');
    expect(getString(dataset, 'SOPInstanceUID')).not.toBe(object.sopInstanceUid);
    expect(getString(dataset, 'LossyImageCompression')).toBe('01');
    expect(getStrings(dataset, 'LossyImageCompressionMethod')).toEqual(['ISO_10918_1']);
    expect(getStrings(dataset, 'ImageType')[0]).toBe('DERIVED');

    await forbidLossy(rig.ctx, nodeId);
    expect((await send(object.studyInstanceUid)).every((one) => one.kind !== 'completed')).toBe(true);
  });

  it('is refused what baseline cannot hold, with a reason', async () => {
    const object = await storeMade(rig, madeObject({ bits: 16 }));
    await allowLossy(rig.ctx, nodeId, 8);
    const [outcome] = await send(object.studyInstanceUid);
    await forbidLossy(rig.ctx, nodeId);
    expect(outcome?.kind).toBe('failed');
    expect(outcome?.comment).toBe('request.not_acceptable');
  });
});
