// Orthanc beside a running server, both as modality and as DICOMweb server: what a rule sends to it without a person, and
// what it sends to us and fetches from us.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newUid, patchDataset } from '@yunying/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cases } from '../demo/cases.ts';
import { feedDemo } from '../demo/feed.ts';
import { objectsOf, studyInstanceUidOf } from '../demo/objects.ts';
import { asAdministrator } from './harness/administrator.ts';
import { noOrthanc, type Orthanc, startOrthanc } from './harness/orthanc.ts';
import { type Platform, runYunying, startPlatform } from './harness/platform.ts';

const caseOf = (key: string) => cases.find((one) => one.key === key) ?? expect.fail(`no case ${key}`);
const [routed, local] = [caseOf('us-abdomen'), caseOf('pet-ct')];

describe.skipIf(noOrthanc)('Orthanc beside a running server (needs Orthanc and its DICOMweb plugin)', () => {
  let dataDir: string;
  let platform: Platform;
  let orthanc: Orthanc;
  let token: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'yunying-beside-'));
    platform = await startPlatform({ dataDir, env: { YUNYING_SETTLE_SECONDS: '1' } });
    const { aeTitle, dimse, http } = platform.ready;
    token = runYunying(dataDir, ['client', 'add', 'orthanc']).trim();
    orthanc = await startOrthanc({ aeTitle, dimsePort: Number(dimse.split(':').at(-1)), http, token });
    const address = ['127.0.0.1', String(orthanc.dicomPort)];
    runYunying(dataDir, ['node', 'add', 'ORTHANC', ...address, '--may', 'store,find,move,get,send']);
  }, 180_000);
  afterAll(async () => {
    await orthanc?.stop();
    await platform?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }, 60_000);

  const feed = (demoCase: typeof routed) => feedDemo({ ...platform.ready, token }, () => {}, [demoCase]);
  const instancesAtOrthanc = async (studyUid: string): Promise<number> => {
    const Query = { StudyInstanceUID: studyUid };
    const found = await orthanc.call('POST', '/tools/find', { Level: 'Instance', Query });
    return (found as unknown[]).length;
  };
  const instancesHere = async (studyUid: string): Promise<number> => {
    const answer = await fetch(`${platform.ready.http}/dicom-web/studies/${studyUid}/instances?limit=1000`, {
      headers: { authorization: `Bearer ${token}`, accept: 'application/dicom+json' },
    });
    return answer.status === 200 ? ((await answer.json()) as unknown[]).length : 0;
  };
  /** A new study of two objects at Orthanc; answers its UID and Orthanc's own ids of the objects. */
  async function studyAtOrthanc(): Promise<{ uid: string; ids: string[] }> {
    const uid = newUid();
    const ids: string[] = [];
    for await (const file of objectsOf(routed)) {
      const changes = { StudyInstanceUID: uid, SeriesInstanceUID: `${uid}.1`, SOPInstanceUID: newUid() };
      const made = patchDataset(file, { ...changes, AccessionNumber: 'ORTHANC1' });
      ids.push(((await orthanc.call('POST', '/instances', made)) as { ID: string }).ID);
    }
    return { uid, ids };
  }

  it('gets by itself a settled study that a rule names, and no other', async () => {
    const admin = await asAdministrator(platform.ready.adminHttp);
    const rule = { name: '超声备份', enabled: true, priority: 0, modalities: ['US'], sourceAeTitles: [] };
    const anywhere = { institutionId: null, departmentId: null, sopClassUids: [], wantsCommitment: false };
    const nodeId = await admin.nodeId('ORTHANC');
    await admin.call('POST', '/api/routing/rules', { ...rule, ...anywhere, nodeId });
    await feed(local);
    await feed(routed);
    const arrived = () => instancesAtOrthanc(studyInstanceUidOf(routed));
    await expect.poll(arrived, { timeout: 60_000, interval: 300 }).toBe(2);
    expect(await instancesAtOrthanc(studyInstanceUidOf(local))).toBe(0);
    const sends = (await admin.call('GET', '/api/routing/sends')) as { items: object[] };
    expect(sends.items).toMatchObject([
      { nodeName: 'ORTHANC', origin: 'rule', sentCount: 2, failedCount: 0 },
    ]);
  });

  it('sends us a study by C-STORE', async () => {
    const { uid, ids } = await studyAtOrthanc();
    await orthanc.call('POST', '/modalities/yunying/store', ids);
    expect(await instancesHere(uid)).toBe(2);
  });

  it('finds a study here by Chinese name and fetches it by C-MOVE', async () => {
    const Query = { PatientName: '*韦*', ModalitiesInStudy: 'PT' };
    const query = await orthanc.call('POST', '/modalities/yunying/query', { Level: 'Study', Query });
    const { ID } = query as { ID: string };
    expect(await orthanc.call('GET', `/queries/${ID}/answers`)).toHaveLength(1);
    await orthanc.call('POST', `/queries/${ID}/retrieve`, { TargetAet: 'ORTHANC', Synchronous: true });
    const uid = studyInstanceUidOf(local);
    expect(await instancesAtOrthanc(uid)).toBe(await instancesHere(uid));
  });

  it('sends us a study by STOW-RS with its token', async () => {
    const { uid, ids } = await studyAtOrthanc();
    await orthanc.call('POST', '/dicom-web/servers/yunying/stow', { Resources: ids, Synchronous: true });
    expect(await instancesHere(uid)).toBe(2);
  });

  it('searches here by QIDO-RS and fetches a study by WADO-RS', async () => {
    const uid = studyInstanceUidOf(routed);
    const found = await orthanc.call('POST', '/dicom-web/servers/yunying/qido', {
      Uri: '/studies',
      Arguments: { StudyInstanceUID: uid },
    });
    expect(JSON.stringify(found)).toContain(uid);
    const [study] = (await orthanc.call('POST', '/tools/find', {
      Level: 'Study',
      Query: { StudyInstanceUID: uid },
    })) as string[];
    await orthanc.call('DELETE', `/studies/${study}`);
    expect(await instancesAtOrthanc(uid)).toBe(0);
    const Resources = [{ Study: uid }];
    await orthanc.call('POST', '/dicom-web/servers/yunying/retrieve', { Resources, Synchronous: true });
    expect(await instancesAtOrthanc(uid)).toBe(2);
  });
});
