// What a node prefers to be sent (rule `sendAs`), by C-MOVE to it and by C-GET of it: our own SCP notes the syntaxes.
import { parseDicom } from '@yunying/dicom';
import { answerContexts, commandField, connect, createScp, cStoreService, type Scp } from '@yunying/dimse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeJson } from '../../../dimse/dataset-json.ts';
import { createDimseDoor } from '../../../dimse/dimse-door.ts';
import { addNode, type StoredRules } from '../../nodes/index.ts';
import { storeInstance } from '../store-instance.ts';
import { chunked, corpusAbsent, corpusFile, openRig, type Rig, splitPart10 } from '../testing/rig.ts';
import { findObjects } from './find-objects.ts';
import { retrieveService } from './retrieve.scp.ts';
import { sendToNode } from './send-to-node.ts';

const explicitLittle = '1.2.840.10008.1.2.1';
const jpegLossless = '1.2.840.10008.1.2.4.70';
const htj2kLossless = '1.2.840.10008.1.2.4.201';
const rpclLossless = '1.2.840.10008.1.2.4.202';
const studyGet = '1.2.840.10008.5.1.4.1.2.2.3';
const file =
  'transfer-syntaxes/same-ct-every-syntax/CT_JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70.dcm';

describe.skipIf(corpusAbsent)('what a node prefers to be sent (needs the corpus of real files)', () => {
  let rig: Rig;
  let scp: Scp;
  let refused: string[] = [];
  const received: string[] = [];
  const note = cStoreService(async ({ dataset, transferSyntaxUid }) => {
    const chunks: Buffer[] = [];
    for await (const chunk of dataset) chunks.push(Buffer.from(chunk));
    received.push(transferSyntaxUid);
    return { status: Buffer.concat(chunks).length > 1000 ? 0 : 0xc000 };
  });
  let object: ReturnType<typeof splitPart10>;

  beforeAll(async () => {
    rig = await openRig();
    const bytes = corpusFile(file);
    object = splitPart10(bytes);
    expect(parseDicom(bytes).transferSyntaxUid).toBe(jpegLossless);
    const source = { kind: 'stow', name: 'TEST', institutionId: null, onConflict: 'refuse' } as const;
    await storeInstance(rig.ctx, chunked(bytes), source);
    scp = createScp({
      negotiate: (request) => ({
        accept: {
          contexts: answerContexts(
            request,
            ({ transferSyntaxes }) => transferSyntaxes.find((uid) => !refused.includes(uid)) ?? 4,
          ),
        },
      }),
      services: { [commandField.cStoreRq]: note },
    });
    await scp.listen('127.0.0.1', 0);
  });
  afterAll(async () => {
    await scp.close({ drainMs: 500 });
    await rig.close();
  });

  const send = async (sendAs: StoredRules['sendAs']) => {
    const { port } = scp.address();
    const rules = sendAs === undefined ? {} : { sendAs };
    const node = await addNode(rig.ctx, {
      kind: 'dicom',
      name: 'PACS',
      host: '127.0.0.1',
      port,
      may: ['send', 'get'],
      rules,
    });
    const refs = await findObjects(rig.ctx.db, { studyInstanceUids: [object.studyInstanceUid] });
    if (refs === 'too-many') throw new Error('too many');
    const kinds: string[] = [];
    const stop = new AbortController().signal;
    await sendToNode(rig.ctx, node, refs, { stop, onOutcome: ({ kind }) => kinds.push(kind) });
    expect(kinds).toEqual(['completed']);
    return received.at(-1);
  };

  it('is made when the node takes it; else it gets what it takes', async () => {
    expect(await send(undefined)).toBe(jpegLossless);
    expect(await send('original')).toBe(jpegLossless);
    expect(await send('uncompressed')).toBe(explicitLittle);
    expect(await send('htj2k-lossless')).toBe(rpclLossless);
    expect(await send('rle')).toBe('1.2.840.10008.1.2.5');
    refused = [rpclLossless];
    expect(await send('htj2k-lossless')).toBe(htj2kLossless);
    refused = [rpclLossless, htj2kLossless];
    expect(await send('htj2k-lossless')).toBe(jpegLossless);
    refused = [];
  });

  it('is made for a node that retrieves by C-GET, too', async () => {
    await send('uncompressed');
    const { address, stop } = await createDimseDoor(rig.ctx, [retrieveService(rig.ctx)]).start();
    const association = await connect({
      host: '127.0.0.1',
      port: Number(address.slice(address.lastIndexOf(':') + 1)),
      callingAe: 'PACS',
      calledAe: 'YUNYING',
      contexts: [
        { abstractSyntax: studyGet, transferSyntaxes: [explicitLittle] },
        { abstractSyntax: object.sopClassUid, transferSyntaxes: [jpegLossless, explicitLittle] },
      ],
      roles: [{ sopClassUid: object.sopClassUid, scu: false, scp: true }],
      services: { [commandField.cStoreRq]: note },
    });
    const keys = {
      '00080052': { vr: 'CS', Value: ['STUDY'] },
      '0020000D': { vr: 'UI', Value: [object.studyInstanceUid] },
    };
    const fields = { commandField: commandField.cGetRq, affectedSopClassUid: studyGet, priority: 0 };
    for await (const answer of association.request(1, fields, {
      dataset: encodeJson(keys, explicitLittle, null),
    }))
      expect([0, 0xff00]).toContain(answer.status);
    expect(received.at(-1)).toBe(explicitLittle);
    await association.release();
    await stop(1000);
  });
});
