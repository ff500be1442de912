// The services that DCMTK's tools do not speak, against a running server with Odil, an independent implementation, as the
// other side: MPPS, storage commitment on the same and on a new association, instance availability in both directions.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DicomJson, getString, newUid, parseDicom } from '@yunying/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../apps/server/src/db/free-port.ts';
import { cases } from '../demo/cases.ts';
import { feedDemo } from '../demo/feed.ts';
import { objectsOf, studyInstanceUidOf } from '../demo/objects.ts';
import { asAdministrator } from './harness/administrator.ts';
import { askWithOdil, listenWithOdil, noOdil, type OdilMessage } from './harness/odil.ts';
import { type Platform, runYunying, startPlatform } from './harness/platform.ts';

const performedStep = '1.2.840.10008.3.1.2.3.3';
const commitment = '1.2.840.10008.1.20.1';
const commitmentInstance = '1.2.840.10008.1.20.1.1';
const availability = '1.2.840.10008.5.1.4.33';
const demoCase = cases.find(({ key }) => key === 'us-abdomen') ?? expect.fail('no such case');
const [nCreate, nSet, nAction, nEventReport] = [0x0140, 0x0120, 0x0130, 0x0100];
const element = (vr: string, ...Value: unknown[]) => ({ vr, Value }) as DicomJson[string];

describe.skipIf(noOdil)('with Odil as the other side (needs python3-odil)', () => {
  let dataDir: string;
  let platform: Platform;
  let objects: { sopClassUid: string; sopInstanceUid: string }[];
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'yunying-odil-'));
    platform = await startPlatform({ dataDir, env: { YUNYING_SETTLE_SECONDS: '1' } });
    const token = runYunying(dataDir, ['client', 'add', 'feeder']).trim();
    await feedDemo({ ...platform.ready, token }, () => {}, [demoCase]);
    objects = [];
    for await (const file of objectsOf(demoCase)) {
      const { dataset } = parseDicom(file);
      const [sopClassUid, sopInstanceUid] = ['SOPClassUID', 'SOPInstanceUID'].map(
        (name) => getString(dataset, name) ?? '',
      );
      objects.push({ sopClassUid: sopClassUid ?? '', sopInstanceUid: sopInstanceUid ?? '' });
    }
  }, 180_000);
  afterAll(async () => {
    await platform?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }, 60_000);

  const ask = (sopClass: string, messages: OdilMessage[], more: { calling?: string; events?: number } = {}) =>
    askWithOdil({
      host: '127.0.0.1',
      port: Number(platform.ready.dimse.split(':').at(-1)),
      calling: 'ODIL',
      called: platform.ready.aeTitle,
      contexts: [{ sopClass }],
      messages,
      ...more,
    });
  const statuses = (messages: OdilMessage[]) => messages.map(({ command }) => command.Status);

  it('MPPS: a step is begun, done, and then final', async () => {
    const uid = newUid();
    const begun: DicomJson = {
      '00080005': element('CS', 'ISO_IR 192'),
      '00080060': element('CS', 'US'),
      '00100010': element('PN', { Alphabetic: 'Qin^Xiaomei', Ideographic: '覃^小梅' }),
      '00100020': element('LO', 'YY100002'),
      '00400241': element('AE', 'ODIL'),
      '00400244': element('DA', '20261124'),
      '00400245': element('TM', '103000'),
      '00400252': element('CS', 'IN PROGRESS'),
      '00400253': element('SH', 'STEP1'),
      '00400270': element('SQ', {
        '00080050': element('SH', demoCase.accessionNumber),
        '0020000D': element('UI', studyInstanceUidOf(demoCase)),
      }),
    };
    const done: DicomJson = {
      '00400250': element('DA', '20261124'),
      '00400251': element('TM', '104500'),
      '00400252': element('CS', 'COMPLETED'),
      '00400340': element('SQ', {
        '0020000E': element('UI', newUid()),
        '00181030': element('LO', 'ABDOMEN'),
        '00081140': element('SQ', {
          '00081150': element('UI', objects[0]?.sopClassUid),
          '00081155': element('UI', objects[0]?.sopInstanceUid),
        }),
      }),
    };
    const create = { CommandField: nCreate, AffectedSOPClassUID: performedStep, AffectedSOPInstanceUID: uid };
    const set = { CommandField: nSet, RequestedSOPClassUID: performedStep, RequestedSOPInstanceUID: uid };
    const { responses } = await ask(performedStep, [
      { command: create, dataset: begun },
      { command: create, dataset: begun },
      { command: set, dataset: done },
      { command: set, dataset: { '00400252': element('CS', 'DISCONTINUED') } },
      { command: { ...set, RequestedSOPInstanceUID: newUid() }, dataset: done },
    ]);
    // PS3.7 annex C: duplicate SOP instance, processing failure of a final step (PS3.4 F.7.2.2.2), no such instance.
    expect(statuses(responses)).toEqual([0, 0x0111, 0, 0x0110, 0x0112]);
  });

  const request = (transactionUid: string, instances: typeof objects): OdilMessage => ({
    command: {
      CommandField: nAction,
      RequestedSOPClassUID: commitment,
      RequestedSOPInstanceUID: commitmentInstance,
      ActionTypeID: 1,
    },
    dataset: {
      '00081195': element('UI', transactionUid),
      '00081199': element(
        'SQ',
        ...instances.map((one) => ({
          '00081150': element('UI', one.sopClassUid),
          '00081155': element('UI', one.sopInstanceUid),
        })),
      ),
    },
  });
  const uidsIn = (dataset: DicomJson | null | undefined, tag: string) =>
    (dataset?.[tag]?.Value ?? []).map((item) => (item as DicomJson)['00081155']?.Value?.[0]);

  it('storage commitment: the report comes on the same association, and tells what is missing', async () => {
    const [transactionUid, unknown] = [newUid(), newUid()];
    const missing = { sopClassUid: objects[0]?.sopClassUid ?? '', sopInstanceUid: unknown };
    const asked = request(transactionUid, [...objects, missing]);
    const { responses, events } = await ask(commitment, [asked], { events: 1 });
    expect(statuses(responses)).toEqual([0]);
    const [event] = events;
    expect(event?.command).toMatchObject({ CommandField: nEventReport, EventTypeID: 2 });
    expect(event?.dataset?.['00081195']?.Value).toEqual([transactionUid]);
    expect(uidsIn(event?.dataset, '00081199')).toEqual(objects.map((one) => one.sopInstanceUid));
    expect(uidsIn(event?.dataset, '00081198')).toEqual([unknown]);
  });

  it('storage commitment: the report comes on a new association when the modality has left', async () => {
    const port = await freePort();
    runYunying(dataDir, ['node', 'add', 'ODILSCP', '127.0.0.1', String(port), '--may', 'commit']);
    const heard = listenWithOdil(port, 1);
    const transactionUid = newUid();
    await ask(commitment, [request(transactionUid, objects)], { calling: 'ODILSCP' });
    const [event] = (await heard).events;
    expect(event?.command).toMatchObject({ CommandField: nEventReport, EventTypeID: 1 });
    expect(event?.dataset?.['00081195']?.Value).toEqual([transactionUid]);
    expect(uidsIn(event?.dataset, '00081199')).toEqual(objects.map((one) => one.sopInstanceUid));
  });

  it('instance availability: a notice of another archive is taken', async () => {
    const { responses } = await ask(availability, [
      {
        command: {
          CommandField: nCreate,
          AffectedSOPClassUID: availability,
          AffectedSOPInstanceUID: newUid(),
        },
        dataset: noticeOf(studyInstanceUidOf(demoCase), objects[0]),
      },
    ]);
    expect(statuses(responses)).toEqual([0]);
  });

  it('instance availability: a node with a rule is told when a study has settled', async () => {
    const port = await freePort();
    runYunying(dataDir, ['node', 'add', 'ODILRIS', '127.0.0.1', String(port), '--may', 'find']);
    const admin = await asAdministrator(platform.ready.adminHttp);
    const id = await admin.nodeId('ODILRIS');
    await admin.call('PUT', `/api/nodes/${id}/availability-rule`, { modalities: [] });
    const heard = listenWithOdil(port, 1);
    const token = runYunying(dataDir, ['client', 'add', 'feeder2']).trim();
    const other = cases.find(({ key }) => key === 'nm-heart') ?? expect.fail('no such case');
    await feedDemo({ ...platform.ready, token }, () => {}, [other]);
    const [event] = (await heard).events;
    expect(event?.command).toMatchObject({ CommandField: nCreate, AffectedSOPClassUID: availability });
    expect(JSON.stringify(event?.dataset)).toContain('ONLINE');
    expect(event?.dataset?.['0020000D']?.Value).toEqual([studyInstanceUidOf(other)]);
  });
});

function noticeOf(studyUid: string, one?: { sopClassUid: string; sopInstanceUid: string }): DicomJson {
  const item = {
    '00081150': element('UI', one?.sopClassUid),
    '00081155': element('UI', one?.sopInstanceUid),
    '00080056': element('CS', 'ONLINE'),
    '00080054': element('AE', 'ODIL'),
  };
  return {
    '0020000D': element('UI', studyUid),
    '00081111': { vr: 'SQ', Value: [] },
    '00081115': element('SQ', { '0020000E': element('UI', newUid()), '00081199': element('SQ', item) }),
  };
}
