// A doctor stores measurements and key images with a study that he may read, over real HTTP requests: what the server puts in,
// what it refuses, what the list says to him, to a colleague and to a patient. Objects are made here.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDataset, encodeDataset, newUid, setCharset, setValue, writePart10 } from '@yunying/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttp, type HttpApp } from '../../../http/index.ts';
import { createAuthorize, giveGrant, openSession } from '../../access/index.ts';
import { dicomwebRoutes } from '../dicomweb.routes.ts';
import { storeInstance } from '../store-instance.ts';
import { stowRoutes } from '../stow.routes.ts';
import { chunked, openRig, type Rig } from '../testing/rig.ts';
import { savedRoutes } from './saved.routes.ts';

const little = '1.2.840.10008.1.2.1';
const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7';
const keyObject = '1.2.840.10008.5.1.4.1.1.88.59';
const study = newUid();
const image = newUid();
const hasDcmtk = spawnSync('dsrdump', ['--version']).status === 0;
let rig: Rig;
let app: HttpApp;
let doctor: string;
let colleague: string;

beforeAll(async () => {
  rig = await openRig();
  app = await createHttp(rig.ctx, {
    listener: 'public',
    authorize: createAuthorize(rig.ctx, 'public'),
    plugins: [stowRoutes(rig.ctx), dicomwebRoutes(rig.ctx), savedRoutes(rig.ctx)],
    readiness: async () => ({ reasons: [], notes: [] }),
  });
  doctor = await cookieOf('90001', 'li', '李医生');
  colleague = await cookieOf('90002', 'zhang', 'Zhang');
  const dataset = createDataset();
  setCharset(dataset, 'ISO_IR 192');
  const values = {
    SOPClassUID: secondaryCapture,
    SOPInstanceUID: image,
    StudyInstanceUID: study,
    SeriesInstanceUID: newUid(),
    StudyDate: '20260102',
    PatientName: 'Wang^XiaoDong=王^小东',
    PatientID: 'W1',
    Modality: 'OT',
    InstanceNumber: '1',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: 8,
    Columns: 8,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
  };
  for (const [keyword, value] of Object.entries(values)) setValue(dataset, keyword, value);
  setValue(dataset, '7FE00010', new Uint8Array(64), 'OB');
  const file = writePart10(
    { sopClassUid: secondaryCapture, sopInstanceUid: image, transferSyntaxUid: little },
    encodeDataset(dataset, little),
  );
  const source = { kind: 'import', name: 'test', institutionId: null, onConflict: 'refuse' } as const;
  expect((await storeInstance(rig.ctx, chunked(file), source)).outcome).toBe('stored');
});
afterAll(async () => {
  await app?.close();
  await rig?.close();
});

async function cookieOf(accountId: string, loginName: string, displayName: string): Promise<string> {
  await rig.ctx.db
    .insertInto('account')
    .values({
      id: accountId,
      login_name: loginName,
      display_name: displayName,
      role: 'doctor',
      password_hash: 'none',
      must_change: false,
      password_set_at: new Date(),
      created_at: new Date(),
    })
    .execute();
  const grant = { subjectKind: 'account', subjectId: accountId, role: 'doctor', at: new Date() } as const;
  await giveGrant(rig.ctx.db, grant);
  const { secret } = await openSession(
    rig.ctx,
    { kind: 'staff', accountId, role: 'doctor' },
    { ip: '127.0.0.1', userAgent: 'test' },
  );
  return `yy_session=${secret}`;
}

const sq = (...Value: object[]) => ({ vr: 'SQ', Value });
const one = (vr: string, value: unknown) => ({ vr, Value: [value] });
const concept = (value: string, meaning: string) =>
  sq({ '00080100': one('SH', value), '00080102': one('SH', 'DCM'), '00080104': one('LO', meaning) });

/** A key object selection as the reading room writes it. */
function keyImages(sopInstanceUid: string, of = image, author = '别人') {
  const reference = { '00081150': one('UI', secondaryCapture), '00081155': one('UI', of) };
  return {
    '00080016': one('UI', keyObject),
    '00080018': one('UI', sopInstanceUid),
    '00081111': { vr: 'SQ' },
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Somebody^Else' }] },
    '0020000D': one('UI', study),
    '0040A040': one('CS', 'CONTAINER'),
    '0040A043': concept('113000', 'Of Interest'),
    '0040A050': one('CS', 'SEPARATE'),
    '0040A375': sq({
      '0020000D': one('UI', study),
      '00081115': sq({ '00081199': sq(reference), '0020000E': one('UI', '1.2.3') }),
    }),
    '0040A504': sq({ '00080105': one('CS', 'DCMR'), '0040DB00': one('CS', '2010') }),
    '0040A730': sq(
      {
        '0040A010': one('CS', 'HAS OBS CONTEXT'),
        '0040A040': one('CS', 'PNAME'),
        '0040A043': concept('121008', 'Person Observer Name'),
        '0040A123': { vr: 'PN', Value: [{ Alphabetic: author }] },
      },
      { '0040A010': one('CS', 'CONTAINS'), '0040A040': one('CS', 'IMAGE'), '00081199': sq(reference) },
    ),
  };
}

const boundary = 'saved-test';
const post = (cookie: string, json: object, url = `/dicom-web/studies/${study}`) =>
  app.inject({
    method: 'POST',
    url,
    headers: {
      cookie,
      'sec-fetch-site': 'same-origin',
      'content-type': `multipart/related; type="application/dicom+json"; boundary=${boundary}`,
    },
    payload: `--${boundary}\r\nContent-Type: application/dicom+json\r\n\r\n${JSON.stringify([json])}\r\n--${boundary}--\r\n`,
  });
const listed = async (cookie: string) =>
  (await app.inject({ method: 'GET', url: `/api/studies/${study}/saved`, headers: { cookie } })).json<{
    items: Record<string, unknown>[];
    mayAnnotate: boolean;
  }>();

describe('what doctors save with a study', () => {
  const uid = newUid();
  it('is stored under the patient of the study and the name of who is logged in', async () => {
    const answer = await post(doctor, keyImages(uid));
    expect([answer.statusCode, answer.body]).toEqual([200, expect.stringContaining(uid)]);
    const { items, mayAnnotate } = await listed(doctor);
    expect(mayAnnotate).toBe(true);
    expect(items).toMatchObject([
      {
        sopInstanceUid: uid,
        kind: 'key-object',
        modality: 'KO',
        label: 'Of Interest',
        author: '李医生',
        isOwn: true,
        references: [{ sopInstanceUid: image, frameNumbers: [] }],
      },
    ]);
    const url = String(items[0]?.metadataUrl);
    const object = await app.inject({ method: 'GET', url, headers: { cookie: colleague } });
    expect(object.statusCode).toBe(200);
    expect(object.body).toContain('王^小东');
    expect(object.body).not.toContain('Somebody');
    expect(object.body).not.toContain('别人');
  });

  it('is a second doctor\u2019s to see and not to own', async () => {
    expect((await listed(colleague)).items[0]).toMatchObject({ sopInstanceUid: uid, isOwn: false });
    const again = newUid();
    await post(colleague, keyImages(again));
    const own = (await listed(colleague)).items.filter((item) => item.isOwn);
    expect(own).toMatchObject([{ sopInstanceUid: again, author: 'Zhang' }]);
  });

  it('is answered the same when it is sent again', async () => {
    expect((await post(doctor, keyImages(uid))).statusCode).toBe(200);
    expect((await listed(doctor)).items).toHaveLength(2);
  });

  it('is refused when it speaks of another study, is an image, or comes for another study', async () => {
    expect((await post(doctor, keyImages(newUid(), '1.2.3.4'))).statusCode).toBe(400);
    const picture = { ...keyImages(newUid()), '00080016': one('UI', secondaryCapture) };
    expect((await post(doctor, picture)).statusCode).toBe(400);
    const elsewhere = { ...keyImages(newUid()), '0020000D': one('UI', '1.2.3') };
    expect((await post(doctor, elsewhere)).statusCode).toBe(400);
    expect((await post(doctor, keyImages(newUid()), '/dicom-web/studies/1.2.3')).statusCode).toBe(404);
    expect((await post(doctor, keyImages(newUid()), '/dicom-web/studies')).statusCode).toBe(403);
    expect((await post('yy_session=none', keyImages(newUid()))).statusCode).toBe(401);
    expect((await listed(doctor)).items).toHaveLength(2);
  });

  it('stands in the trail', async () => {
    const rows = await rig.ctx.db.selectFrom('audit_event').select(['event_type', 'result']).execute();
    const events = rows.map((row) => `${row.event_type} ${row.result}`);
    expect(events).toContain('study.annotated ok');
    expect(events).toContain('study.saved_listed ok');
  });

  it.skipIf(!hasDcmtk)('is read without complaint by DCMTK (needs dsrdump)', async () => {
    const [item] = (await listed(doctor)).items;
    const series = String(item?.seriesInstanceUid);
    const url = `/dicom-web/studies/${study}/series/${series}/instances/${String(item?.sopInstanceUid)}`;
    const accept = 'application/dicom';
    const file = await app.inject({ method: 'GET', url, headers: { cookie: doctor, accept } });
    const path = join(rig.folder, 'key-images.dcm');
    writeFileSync(path, file.rawPayload);
    const dump = spawnSync('dsrdump', ['-v', path], { encoding: 'utf8' });
    // What it says of itself: no table for Unicode, no check of templates.
    const ofItself = /^(I: .*|W: The VR checker does not support.*|W: Check for template.*)$/gm;
    expect([dump.status, dump.stderr.replace(ofItself, '').trim()]).toEqual([0, '']);
  });
});
