// C-FIND at the retired Patient/Study Only root (PS3.4 annex C.6.3), which old workstations still ask.
import { encodeDataset, fromDicomJson } from '@yunying/dicom';
import { commandField, connect, statusCategory } from '@yunying/dimse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDimseDoor } from '../../../dimse/dimse-door.ts';
import { storeInstance } from '../store-instance.ts';
import { chunked, corpusAbsent, freshMr, openRig, type Rig, splitPart10 } from '../testing/rig.ts';
import { findService } from './find.scp.ts';

const patientStudyOnly = '1.2.840.10008.5.1.4.1.2.3.1';
const littleEndian = '1.2.840.10008.1.2.1';

describe.skipIf(corpusAbsent)('Patient/Study Only (needs the corpus of real files)', () => {
  let rig: Rig;
  let door: { address: string; stop(limitMs: number): Promise<void> };
  const file = freshMr({ PatientID: 'ONLY-1' });
  beforeAll(async () => {
    rig = await openRig();
    door = await createDimseDoor(rig.ctx, [findService(rig.ctx)]).start();
    const from = { kind: 'stow', name: 'TEST', institutionId: null, onConflict: 'refuse' } as const;
    await storeInstance(rig.ctx, chunked(file), from);
  });
  afterAll(async () => {
    await door.stop(1000);
    await rig.close();
  });

  const find = async (level: string) => {
    const association = await connect({
      host: '127.0.0.1',
      port: Number(door.address.slice(door.address.lastIndexOf(':') + 1)),
      callingAe: 'OLD',
      calledAe: 'YUNYING',
      contexts: [{ abstractSyntax: patientStudyOnly, transferSyntaxes: [littleEndian] }],
    });
    const keys = fromDicomJson({
      '00080052': { vr: 'CS', Value: [level] },
      '00100020': { vr: 'LO', Value: ['ONLY-1'] },
      '0020000D': { vr: 'UI' },
    });
    const fields = { commandField: commandField.cFindRq, affectedSopClassUid: patientStudyOnly, priority: 0 };
    const found: string[] = [];
    let final = -1;
    const options = { dataset: encodeDataset(keys, littleEndian) };
    for await (const answer of association.request(1, fields, options)) {
      if (statusCategory(answer.status) !== 'pending') final = answer.status;
      const chunks: Buffer[] = [];
      if (answer.dataset !== null) for await (const chunk of answer.dataset) chunks.push(Buffer.from(chunk));
      if (chunks.length > 0) found.push(Buffer.concat(chunks).toString('latin1'));
    }
    await association.release();
    return { found, final };
  };

  it('finds studies, and has no level below them', async () => {
    const { found, final } = await find('STUDY');
    expect(final).toBe(0);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(splitPart10(file).studyInstanceUid);
    expect((await find('SERIES')).final).not.toBe(0);
  });
});
