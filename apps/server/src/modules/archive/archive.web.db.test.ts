// The DICOMweb and administration edges through real HTTP requests (inject), with real rights.
import { newUid, parseDicom } from '@yunying/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttp, type HttpApp } from '../../http/index.ts';
import { addClient, createAuthorize, openSession } from '../access/index.ts';
import { upsertPatient } from '../mpi/index.ts';
import { dicomwebRoutes } from './dicomweb.routes.ts';
import { getStudy } from './read-study.ts';
import { rejectionTable } from './rejection.ts';
import { settleStudies } from './settle-study.ts';
import { stowRoutes } from './stow.routes.ts';
import {
  corpusAbsent,
  corpusFile,
  corpusFiles,
  freshMr,
  openRig,
  type Rig,
  sha256,
  splitPart10,
} from './testing/rig.ts';

const boundary = 'unit-test-boundary';
const multipart = { 'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}` };

function body(...parts: Uint8Array[]): Buffer {
  const head = Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`);
  const pieces = parts.flatMap((part) => [head, part, Buffer.from('\r\n')]);
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}

/** The parts of a multipart answer, cut at their boundary. */
function split(payload: Buffer, contentType: string): Buffer[] {
  const mark = Buffer.from(`--${/boundary=([^;]+)/.exec(contentType)?.[1] ?? ''}`);
  const parts: Buffer[] = [];
  for (let at = payload.indexOf(mark); at >= 0; ) {
    const next = payload.indexOf(mark, at + mark.length);
    if (next < 0) break;
    const start = payload.indexOf('\r\n\r\n', at) + 4;
    parts.push(payload.subarray(start, next - 2));
    at = next;
  }
  return parts;
}

type Json = Record<string, { vr: string; Value?: unknown[]; BulkDataURI?: string }>;

describe.skipIf(corpusAbsent)('DICOMweb of the archive (needs the corpus of real files)', () => {
  let rig: Rig;
  let app: HttpApp;
  let token: string;
  beforeAll(async () => {
    rig = await openRig({ YUNYING_RATE_PER_MINUTE: '1000000' });
    token = (await addClient(rig.ctx, { name: 'tester' })).token;
    app = await createHttp(rig.ctx, {
      listener: 'public',
      authorize: createAuthorize(rig.ctx, 'public'),
      plugins: [stowRoutes(rig.ctx), dicomwebRoutes(rig.ctx)],
      readiness: async () => ({ reasons: [], notes: [] }),
    });
  });
  afterAll(async () => {
    await app.close();
    await rig.close();
  });

  const as = (secret: string) => ({ authorization: `Bearer ${secret}` });
  const get = (url: string, headers: Record<string, string> = {}) =>
    app.inject({ method: 'GET', url: `/dicom-web${url}`, headers: { ...as(token), ...headers } });
  const stow = (payload: Buffer, headers: Record<string, string> = multipart, url = '/studies') =>
    app.inject({ method: 'POST', url: `/dicom-web${url}`, headers: { ...as(token), ...headers }, payload });
  const place = (object: ReturnType<typeof splitPart10>) =>
    `/studies/${object.studyInstanceUid}/series/${object.seriesInstanceUid}/instances/${object.sopInstanceUid}`;

  it('stores every corpus file by STOW and gives it back bit for bit by WADO, or names the reason', async () => {
    const reasons = new Set<number>(Object.values(rejectionTable).map((row) => row.stow));
    const surprises: string[] = [];
    const outcomes = { stored: 0, refused: 0 };
    for (const path of corpusFiles()) {
      const file = corpusFile(path);
      const answer = await stow(body(file));
      const json = answer.json<Json>();
      if (answer.statusCode === 200) {
        outcomes.stored += 1;
        const [item] = (json['00081199']?.Value ?? []) as Json[];
        const url = new URL(String(item?.['00081190']?.Value?.[0]));
        const back = await get(url.pathname.replace('/dicom-web', ''), { accept: 'application/dicom' });
        if (sha256(back.rawPayload) !== sha256(file)) surprises.push(`${path}: came back with other bytes`);
      } else {
        outcomes.refused += 1;
        const failed = (json['00081198'] ?? json['0008119A'])?.Value?.[0] as Json | undefined;
        const reason = Number(failed?.['00081197']?.Value?.[0]);
        if (answer.statusCode !== 409 || !reasons.has(reason))
          surprises.push(`${path}: ${answer.statusCode} ${reason}`);
      }
    }
    expect(surprises).toEqual([]);
    expect(outcomes.stored).toBeGreaterThan(600);
    const aside = await rig.ctx.db.selectFrom('quarantine').selectAll().execute();
    expect(aside.length).toBeGreaterThan(10);
    expect(aside.filter((row) => row.reason === '' || row.blob_id === null)).toEqual([]);
  }, 180_000);

  it('answers each part of a request for itself', async () => {
    const good = freshMr();
    const answer = await stow(body(good, Buffer.from('no picture at all'), freshMr().subarray(0, 4000)));
    expect(answer.statusCode).toBe(202);
    const json = answer.json<Json>();
    expect(json['00081199']?.Value).toHaveLength(1);
    const codes = ((json['0008119A']?.Value ?? []) as Json[]).map((item) => item['00081197']?.Value?.[0]);
    expect(codes).toEqual([rejectionTable['not-dicom'].stow, rejectionTable.truncated.stow]);
  });

  it('answers in the order of the request, and of two objects with one UID the first is the one stored', async () => {
    const files = Array.from({ length: 40 }, () => freshMr());
    const other = Buffer.from(files[0] ?? []);
    other[other.length - 1] = (other.at(-1) ?? 0) ^ 0xff;
    files.splice(1, 0, other);
    files.push(files[1] ?? other, files[2] ?? other);
    const answer = await stow(body(...files));
    expect(answer.statusCode).toBe(202);
    const list = (tag: string) =>
      ((answer.json<Json>()[tag]?.Value ?? []) as Json[]).map((item) => item['00081155']?.Value?.[0]);
    const uids = files.map((file) => splitPart10(file).sopInstanceUid);
    expect(list('00081199')).toEqual([uids[0], ...uids.slice(2, 41), uids[2]]); // one more is a duplicate
    expect(list('00081198')).toEqual([uids[0], uids[0]]);
    const kept = await get(place(splitPart10(files[0] ?? other)), {
      accept: 'application/dicom; transfer-syntax=*',
    });
    expect(sha256(kept.rawPayload)).toBe(sha256(files[0] ?? other));
  });

  it('takes a single object as application/dicom, and only objects of the study in the address', async () => {
    const file = freshMr();
    const single = { 'content-type': 'application/dicom' };
    expect((await stow(file, single)).statusCode).toBe(200);
    const mine = `/studies/${splitPart10(file).studyInstanceUid}`;
    expect((await stow(freshMr(), single, mine)).statusCode).toBe(409);
    expect((await stow(file, single, mine)).statusCode).toBe(200);
  });

  it('refuses other media types, a body cut short and a request without parts', async () => {
    expect((await stow(Buffer.from('{}'), { 'content-type': 'application/json' })).statusCode).toBe(415);
    expect((await stow(body(freshMr()).subarray(0, 5000))).statusCode).toBe(400);
    expect((await stow(Buffer.from(`--${boundary}--\r\n`))).statusCode).toBe(400);
  });

  it('retrieves a study and a series as multipart in one stream', async () => {
    const study = newUid();
    const files = [1, 2, 3].map((n) => freshMr({ StudyInstanceUID: study, InstanceNumber: String(n) }));
    await stow(body(...files));
    const whole = await get(`/studies/${study}`, {
      accept: 'multipart/related; type="application/dicom"; transfer-syntax=*',
    });
    expect(whole.statusCode).toBe(200);
    const hashes = split(whole.rawPayload, String(whole.headers['content-type'])).map(sha256);
    expect(hashes.sort()).toEqual(files.map(sha256).sort());
    const one = splitPart10(files[0] ?? Buffer.alloc(0));
    const series = await get(`/studies/${study}/series/${one.seriesInstanceUid}`);
    expect(split(series.rawPayload, String(series.headers['content-type']))).toHaveLength(1);
  });

  it('answers ranges, entity tags and a refusal of other transfer syntaxes', async () => {
    const file = freshMr();
    await stow(body(file));
    const url = place(splitPart10(file));
    const part = await get(url, { accept: 'application/dicom', range: 'bytes=128-131' });
    expect([part.statusCode, part.body]).toEqual([206, 'DICM']);
    const whole = await get(url, { accept: 'application/dicom' });
    const again = await get(url, {
      accept: 'application/dicom',
      'if-none-match': String(whole.headers.etag),
    });
    expect(again.statusCode).toBe(304);
    const other = await get(url, { accept: 'application/dicom; transfer-syntax=1.2.840.10008.1.2.4.100' });
    expect(other.statusCode).toBe(406);
    expect(other.json()).toMatchObject({ code: 'request.not_acceptable' });
  });

  it('describes instances as DICOM JSON with addresses for their bulk data', async () => {
    const file = freshMr({ PatientName: '王^小东' });
    await stow(body(file));
    const object = splitPart10(file);
    const answer = await get(`/studies/${object.studyInstanceUid}/metadata`);
    const [metadata] = answer.json<Json[]>();
    expect(metadata?.['00100010']?.Value).toEqual([{ Alphabetic: '王^小东' }]);
    expect(metadata?.['00080018']?.Value).toEqual([object.sopInstanceUid]);
    const uri = metadata?.['7FE00010']?.BulkDataURI ?? '';
    const pixels = await get(uri.replace('/dicom-web', ''));
    const element = parseDicom(file).dataset.elements.get('7FE00010');
    expect(element?.kind === 'value' && Buffer.from(element.value).equals(pixels.rawPayload)).toBe(true);
    const range = await get(uri.replace('/dicom-web', ''), { range: 'bytes=0-9' });
    expect(range.rawPayload).toEqual(pixels.rawPayload.subarray(0, 10));
    expect((await get(`${place(object)}/bulkdata/00189999`)).statusCode).toBe(404);
  });

  it('finds studies by name in every spelling, by ids, dates and modality', async () => {
    const file = freshMr({
      PatientName: 'Qin^Xiaomei=覃^小美',
      PatientID: 'Q-1001',
      AccessionNumber: 'ACC-1001',
      StudyDate: '20260302',
    });
    await stow(body(file));
    const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = splitPart10(file);
    const found = async (query: string) => {
      const answer = await get(`/studies?${query}`);
      if (answer.statusCode === 204) return false;
      return answer.json<Json[]>().some((study) => study['0020000D']?.Value?.[0] === studyInstanceUid);
    };
    for (const yes of [
      `PatientName=${encodeURIComponent('覃小美')}`,
      `PatientName=${encodeURIComponent('覃*')}`,
      `PatientName=${encodeURIComponent('QIN^XIAOMEI')}`,
      'PatientName=qin*',
      'PatientName=tanxiaomei',
      'PatientID=Q-1001',
      '00100020=Q-10*',
      'AccessionNumber=ACC-1001',
      'AccessionNumber=ACC-1001&StudyDate=20260302',
      'PatientID=Q-1001&StudyDate=20260301-20260331',
      'PatientID=Q-1001&StudyDate=20260302-',
      'PatientID=Q-1001&ModalitiesInStudy=MR',
      `StudyInstanceUID=${studyInstanceUid}`,
    ]) {
      expect([yes, await found(yes)]).toEqual([yes, true]);
    }
    for (const no of [
      'PatientName=wang*',
      'PatientName=xiao',
      'PatientID=Q-1',
      'PatientID=Q-1001&StudyDate=20260303',
      'PatientID=Q-1001&StudyDate=-20260301',
      'PatientID=Q-1001&ModalitiesInStudy=CT',
    ]) {
      expect([no, await found(no)]).toEqual([no, false]);
    }
    const series = (await get(`/studies/${studyInstanceUid}/series`)).json<Json[]>();
    expect(series[0]?.['0020000E']?.Value).toEqual([seriesInstanceUid]);
    const instances = (await get(`/studies/${studyInstanceUid}/instances`)).json<Json[]>();
    expect(instances[0]?.['00080018']?.Value).toEqual([sopInstanceUid]);
    const pages = await Promise.all([0, 1].map((offset) => get(`/studies?limit=1&offset=${offset}`)));
    expect(pages.map((page) => page.json<Json[]>().length)).toEqual([1, 1]);
    expect((await get('/studies?limit=x')).statusCode).toBe(400);
  });

  it('answers 501 for what is not built under its prefix', async () => {
    expect((await get('/studies/1.2/rendered')).statusCode).toBe(501);
  });

  it('gives nothing to strangers, nor to clients without the permission', async () => {
    const file = freshMr();
    await stow(body(file));
    const object = splitPart10(file);
    const narrow = (await addClient(rig.ctx, { name: 'narrow', permissions: ['dicom.store'] })).token;
    const doors = [
      `/studies`,
      `/studies/${object.studyInstanceUid}`,
      `/studies/${object.studyInstanceUid}/series`,
      `/studies/${object.studyInstanceUid}/instances`,
      `/studies/${object.studyInstanceUid}/metadata`,
      `/studies/${object.studyInstanceUid}/series/${object.seriesInstanceUid}`,
      `/studies/${object.studyInstanceUid}/series/${object.seriesInstanceUid}/instances`,
      `/studies/${object.studyInstanceUid}/series/${object.seriesInstanceUid}/metadata`,
      place(object),
      `${place(object)}/metadata`,
      `${place(object)}/bulkdata/7FE00010`,
    ];
    for (const door of doors) {
      const url = `/dicom-web${door}`;
      expect([door, (await app.inject({ method: 'GET', url })).statusCode]).toEqual([door, 401]);
      expect([door, (await app.inject({ method: 'GET', url, headers: as(narrow) })).statusCode]).toEqual([
        door,
        403,
      ]);
    }
    const upload = {
      method: 'POST' as const,
      url: '/dicom-web/studies',
      headers: multipart,
      payload: body(file),
    };
    expect((await app.inject(upload)).statusCode).toBe(401);
  });

  it('lets a patient read the metadata of an own, published exam and of nothing else', async () => {
    const file = freshMr({ PatientID: 'PAT-1', PatientName: '韦^小妹', AccessionNumber: 'ACC-PAT-1' });
    await stow(body(file));
    const object = splitPart10(file);
    await settleStudies(rig.ctx);
    const study = await getStudy(rig.ctx.db, object);
    expect(study.exam_id).not.toBeNull();
    const { personId } = await rig.ctx.db.transaction().execute((tx) =>
      upsertPatient(tx, {
        institutionId: study.institution_id,
        patientId: 'PAT-1',
        name: '韦小妹',
        sex: null,
        birthDate: null,
        identityType: null,
        identityNo: null,
        phone: null,
        address: null,
        source: 'hl7',
      }),
    );
    const cookie = await patientCookie(personId);
    const url = `/dicom-web/studies/${object.studyInstanceUid}/metadata`;
    const read = async (headers: Record<string, string>) =>
      (await app.inject({ method: 'GET', url, headers })).statusCode;
    expect(await read({ cookie })).toBe(404); // neither linked nor published
    await rig.ctx.db.updateTable('study').set({ link_state: 'linked' }).where('id', '=', study.id).execute();
    expect(await read({ cookie })).toBe(404); // not published
    await rig.ctx.db
      .updateTable('exam')
      .set({ published_at: new Date() })
      .where('id', '=', study.exam_id ?? '')
      .execute();
    expect(await read({ cookie })).toBe(200);
    expect(await read({ cookie: await patientCookie('4242') })).toBe(404);
    const original = `/dicom-web/studies/${object.studyInstanceUid}`;
    expect((await app.inject({ method: 'GET', url: original, headers: { cookie } })).statusCode).toBe(403);
    await rig.ctx.db
      .updateTable('exam')
      .set({ published_at: null })
      .where('id', '=', study.exam_id ?? '')
      .execute();
    await new Promise((resolve) => setTimeout(resolve, 2100)); // a yes is remembered for two seconds
    expect(await read({ cookie })).toBe(404);
    const refusals = await rig.ctx.db
      .selectFrom('audit_event')
      .selectAll()
      .where('result', '=', 'denied')
      .execute();
    expect(
      refusals.filter((row) => row.study_instance_uid === object.studyInstanceUid).length,
    ).toBeGreaterThan(2);
  });

  async function patientCookie(personId: string): Promise<string> {
    const session = { kind: 'patient', personId, examId: null, proof: 'sms', shareLinkId: null } as const;
    const { secret } = await openSession(rig.ctx, session, { ip: '127.0.0.1', userAgent: 'test' });
    return `yy_session=${secret}`;
  }
});
