// The matching engine through its two doors on real rows: QIDO-RS by HTTP, C-FIND by DCMTK's findscu and our own SCU.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { type DicomJson, encodeDataset, fromDicomJson, newUid, recode } from '@yunying/dicom';
import { commandField } from '@yunying/dimse';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDimseDoor } from '../../../dimse/dimse-door.ts';
import { littleEndian, openTo } from '../../../dimse/testing/request.ts';
import { createHttp, type HttpApp } from '../../../http/index.ts';
import { addClient, createAuthorize } from '../../access/index.ts';
import { addNode } from '../../nodes/index.ts';
import { settleStudies } from '../settle-study.ts';
import { storeInstance } from '../store-instance.ts';
import { chunked, corpusAbsent, freshMr, openRig, type Rig } from '../testing/rig.ts';
import { findService } from './find.scp.ts';
import { qidoRoutes } from './qido.routes.ts';

const run = promisify(execFile);
const noDcmtk = !existsSync('/usr/bin/findscu');
const studyRoot = '1.2.840.10008.5.1.4.1.2.2.1';
const patientRoot = '1.2.840.10008.5.1.4.1.2.1.1';

type Json = Record<string, { vr: string; Value?: unknown[] }>;

const people = [
  {
    PatientName: 'Wei^Xiaomei=韦^小妹',
    PatientID: 'P1',
    AccessionNumber: 'A100',
    StudyDate: '20260301',
    StudyTime: '083000',
  },
  {
    PatientName: 'Wang^Xiaodong=王^小东',
    PatientID: 'P2',
    AccessionNumber: 'A200',
    StudyDate: '20260302',
    StudyTime: '140000',
  },
  {
    PatientName: '王^小冬',
    PatientID: 'P3',
    AccessionNumber: 'B300',
    StudyDate: '20260315',
    StudyTime: '235959',
  },
  {
    PatientName: 'BUC^JEROME',
    PatientID: 'P4',
    AccessionNumber: 'B400',
    StudyDate: '20251231',
    StudyTime: '000001',
  },
];

describe.skipIf(corpusAbsent)('queries (needs the corpus of real files)', () => {
  let rig: Rig;
  let app: HttpApp;
  let token: string;
  let dimse: { port: number; close(): Promise<void> };
  const uids = people.map(() => ({ study: newUid(), series: newUid(), instances: [newUid(), newUid()] }));
  beforeAll(async () => {
    rig = await openRig({ YUNYING_RATE_PER_MINUTE: '1000000' });
    for (const [index, person] of people.entries()) {
      const own = uids[index];
      for (const [number, sop] of (own?.instances ?? []).entries()) {
        const file = freshMr({
          SpecificCharacterSet: 'ISO_IR 192',
          ...person,
          StudyInstanceUID: own?.study ?? '',
          SeriesInstanceUID: own?.series ?? '',
          SOPInstanceUID: sop,
          InstanceNumber: String(number + 1),
          Modality: index === 0 ? 'CT' : 'MR',
          StudyDescription: '胸部CT平扫 Chest',
        });
        const { outcome } = await storeInstance(rig.ctx, chunked(file), {
          kind: 'import',
          name: 'test',
          institutionId: null,
          onConflict: 'refuse',
          charset: null,
        });
        expect(outcome).toBe('stored');
      }
    }
    await settleStudies(rig.ctx);
    token = (await addClient(rig.ctx, { name: 'tester' })).token;
    app = await createHttp(rig.ctx, {
      listener: 'public',
      authorize: createAuthorize(rig.ctx, 'public'),
      plugins: [{ prefix: '/dicom-web', routes: qidoRoutes(rig.ctx) }],
      readiness: async () => ({ reasons: [], notes: [] }),
    });
    const { address, stop } = await createDimseDoor(rig.ctx, [findService(rig.ctx)]).start();
    dimse = { port: Number(address.slice(address.lastIndexOf(':') + 1)), close: () => stop(2000) };
  }, 60_000);
  afterAll(async () => {
    await dimse.close();
    await app.close();
    await rig.close();
  });

  const get = (url: string, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'GET',
      url: `/dicom-web${url}`,
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
  const search = async (url: string) => {
    const answer = await get(url);
    expect([200, 204]).toContain(answer.statusCode);
    return answer.statusCode === 204 ? [] : answer.json<Json[]>();
  };
  const idsOf = async (url: string) => (await search(url)).map((item) => item['00100020']?.Value?.[0]);
  const one = (index: number) => uids[index] ?? { study: '', series: '', instances: [] };

  it.each([
    ['', ['P3', 'P2', 'P1', 'P4']],
    ['PatientID=P2', ['P2']],
    ['PatientID=P?', ['P3', 'P2', 'P1', 'P4']],
    ['AccessionNumber=A*', ['P2', 'P1']],
    ['AccessionNumber=Ａ100', ['P1']],
    ['StudyDate=20260301-20260302', ['P2', 'P1']],
    ['StudyDate=-20260101', ['P4']],
    ['StudyDate=20260302-', ['P3', 'P2']],
    ['StudyDate=20260301-20260302&StudyTime=0900-1500', ['P2']],
    ['StudyDate=20260301-20260302&StudyTime=0800-1300', ['P1']],
    ['PatientName=王*', ['P3', 'P2']],
    ['PatientName=王^小东', ['P2']],
    ['PatientName=王小东', ['P2']],
    ['PatientName=*小妹', ['P1']],
    ['PatientName=wang*', ['P3', 'P2']],
    ['PatientName=WANG^XIAODONG', ['P3', 'P2']],
    ['PatientName=wxm', ['P1']],
    ['PatientName=Wei^*=韦^*', ['P1']],
    ['PatientName=Wei^*=王^*', []],
    ['PatientName=xiaodong', []],
    ['PatientName=xiaod&fuzzymatching=true', ['P2']],
    ['PatientName=王小东&fuzzymatching=true', ['P3', 'P2']],
    ['PatientName=jer buc&fuzzymatching=true', ['P4']],
    ['ModalitiesInStudy=CT', ['P1']],
    ['ModalitiesInStudy=ct\\mr', ['P3', 'P2', 'P1', 'P4']],
    ['StudyDescription=*chest', ['P3', 'P2', 'P1', 'P4']],
    ['StudyDescription=胸部*&PatientID=P1', ['P1']],
  ])('finds studies by %s', async (query, expected) => {
    expect(await idsOf(`/studies?${encodeURI(query)}`)).toEqual(expected);
  });

  it('finds studies by a list of UIDs and answers the computed attributes', async () => {
    const items = await search(
      `/studies?StudyInstanceUID=${one(0).study},${one(3).study}&includefield=SOPClassesInStudy`,
    );
    expect(items).toHaveLength(2);
    expect(items[0]?.['00201206']?.Value).toEqual([1]);
    expect(items[0]?.['00201208']?.Value).toEqual([2]);
    expect(items[0]?.['00080061']?.Value).toEqual(['CT']);
    expect(items[0]?.['00080062']?.Value).toEqual(['1.2.840.10008.5.1.4.1.1.4']);
    expect(items[0]?.['00080056']?.Value).toEqual(['ONLINE']);
  });

  it('searches series and instances in the whole archive and below an address', async () => {
    expect(await idsOf('/series?Modality=CT')).toEqual(['P1']);
    expect(await search('/instances?PatientID=P2')).toHaveLength(2);
    expect(await search(`/studies/${one(1).study}/series`)).toHaveLength(1);
    const below = await search(`/studies/${one(1).study}/series/${one(1).series}/instances?InstanceNumber=2`);
    expect(below.map((item) => item['00080018']?.Value?.[0])).toEqual([one(1).instances[1]]);
    expect((await get(`/studies/${newUid()}/series`)).statusCode).toBe(404);
  });

  it('reads attributes without a column from the stored objects, for matching and for answers', async () => {
    const [item] = await search('/studies?PatientID=P1&includefield=MagneticFieldStrength,00180087');
    expect(item?.['00180087']?.vr).toBe('DS');
    expect(await idsOf('/series?PatientID=P1&SOPInstanceUID=1')).toEqual(['P1']); // below the level: ignored
    expect(await idsOf('/studies?PatientSex=*&Manufacturer=nobody')).toHaveLength(4); // below the level: ignored
    expect(await idsOf('/series?ManufacturerModelName=nobody')).toEqual([]);
    expect(await idsOf('/series?RequestAttributesSequence.RequestedProcedureID=none')).toEqual([]);
  });

  it('goes through all pages by their links, and says when more remain', async () => {
    const seen: unknown[] = [];
    let url = '/studies?limit=1';
    for (let page = 0; page < 10; page += 1) {
      const answer = await get(url);
      seen.push(...answer.json<Json[]>().map((item) => item['00100020']?.Value?.[0]));
      const next = /<\/dicom-web([^>]+)>; rel="next"/.exec(String(answer.headers.link ?? ''))?.[1];
      expect(answer.headers.warning === undefined).toBe(next === undefined);
      if (next === undefined) break;
      url = next;
    }
    expect(seen).toEqual(['P3', 'P2', 'P1', 'P4']);
    expect(await idsOf('/studies?limit=2&offset=1')).toEqual(['P2', 'P1']);
    expect((await get('/studies?after=bm90IGEgY3Vyc29y')).statusCode).toBe(400);
  });

  it('answers nothing with 204, bad values with 400, XML when it is asked for', async () => {
    expect((await get('/studies?PatientID=NOBODY')).statusCode).toBe(204);
    expect((await get('/studies?StudyDate=yesterday')).statusCode).toBe(400);
    expect((await get('/studies?limit=many')).statusCode).toBe(400);
    const xml = await get('/studies?PatientID=P2', {
      accept: 'multipart/related; type="application/dicom+xml"',
    });
    expect(xml.headers['content-type']).toMatch(/application\/dicom\+xml/);
    expect(xml.payload).toMatch(/<FamilyName>王<\/FamilyName>/);
    expect((await get('/studies', { accept: 'image/png' })).statusCode).toBe(406);
    expect((await app.inject({ method: 'GET', url: '/dicom-web/studies' })).statusCode).toBe(401);
  });

  async function find(
    sopClass: string,
    keys: DicomJson,
    more: { charset?: 'GB18030'; extended?: number[]; cancelAfter?: number } = {},
  ) {
    const extended = more.extended
      ? [{ sopClassUid: sopClass, serviceClassApplication: Buffer.from(more.extended) }]
      : [];
    const association = await openTo(dimse.port, sopClass, { extended });
    const plain = fromDicomJson(keys);
    const dataset = encodeDataset(
      more.charset === undefined ? plain : recode(plain, more.charset),
      littleEndian,
    );
    const [context] = association.contexts.values();
    const statuses: number[] = [];
    const stop = new AbortController();
    const datasets: Buffer[] = [];
    for await (const response of association.request(
      context?.id ?? 1,
      { commandField: commandField.cFindRq, affectedSopClassUid: sopClass, priority: 0 },
      { dataset, ...(more.cancelAfter === undefined ? {} : { cancelSignal: stop.signal }) },
    )) {
      statuses.push(response.status);
      if (statuses.length === more.cancelAfter) stop.abort();
      const chunks: Buffer[] = [];
      if (response.dataset !== null)
        for await (const chunk of response.dataset) chunks.push(Buffer.from(chunk));
      if (chunks.length > 0) datasets.push(Buffer.concat(chunks));
    }
    await association.release();
    return { statuses, datasets };
  }
  const cs = (value: string) => ({ vr: 'CS', Value: [value] });

  it('answers in GB18030 when it was asked so', async () => {
    const keys: DicomJson = {
      '00080052': cs('STUDY'),
      '00100010': { vr: 'PN', Value: [{ Alphabetic: '韦*' }] },
      '00100020': { vr: 'LO' },
    };
    const { statuses, datasets } = await find(studyRoot, keys, { charset: 'GB18030' });
    expect(statuses).toEqual([0xff00, 0]);
    expect(datasets[0]?.includes(Buffer.from([0xce, 0xa4]))).toBe(true); // 韦 in GB 18030
    expect(datasets[0]?.includes('GB18030')).toBe(true);
  });

  it('marks answers when a key is not supported, and refuses what breaks the hierarchy', async () => {
    const study = { '00080052': cs('STUDY'), '00080060': cs('CT'), '00100020': { vr: 'LO', Value: ['P1'] } };
    expect((await find(studyRoot, study)).statuses).toEqual([0xff01, 0]);
    const series = { '00080052': cs('SERIES'), '0020000E': { vr: 'UI' } };
    expect((await find(studyRoot, series)).statuses).toEqual([0xa900]);
    expect(
      (await find(studyRoot, series, { extended: [1] })).statuses.filter((one) => one === 0xff00),
    ).toHaveLength(4);
    expect((await find(studyRoot, { '00080052': cs('PATIENT') })).statuses).toEqual([0xa900]);
    expect((await find(studyRoot, {})).statuses).toEqual([0xa900]);
    const badDate = { '00080052': cs('STUDY'), '00080020': { vr: 'DA', Value: ['2026-1-x'] } };
    expect((await find(studyRoot, badDate)).statuses).toEqual([0xa900]);
  });

  it('does not show what was rejected or removed', async () => {
    const hide = (hidden: Date | null) =>
      rig.ctx.db
        .updateTable('instance')
        .set({ hidden_at: hidden })
        .where('sop_instance_uid', '=', one(3).instances[0] ?? '')
        .execute();
    await hide(new Date());
    expect(await search(`/studies/${one(3).study}/instances`)).toHaveLength(1);
    await hide(null);
    const ofStudy = (hidden: Date | null) =>
      rig.ctx.db
        .updateTable('study')
        .set({ hidden_at: hidden })
        .where('study_instance_uid', '=', one(3).study)
        .execute();
    await ofStudy(new Date());
    expect(await idsOf('/studies')).toEqual(['P3', 'P2', 'P1']);
    expect(await idsOf('/studies?PatientID=P4')).toEqual([]);
    expect(await search('/instances?PatientID=P4')).toEqual([]);
    await ofStudy(null);
  });

  describe.skipIf(noDcmtk)('with findscu of DCMTK', () => {
    const findscu = async (...args: string[]) => {
      const { stdout, stderr } = await run(
        'findscu',
        ['-v', '-aec', 'YUNYING', '127.0.0.1', String(dimse.port), ...args],
        { timeout: 30_000, env: { ...process.env, TCP_NODELAY: '1' } },
      );
      return stdout + stderr;
    };
    const hits = (text: string) => (text.match(/Find Response: \d+ \(Pending/g) ?? []).length;

    it.each([
      ['-P', 'PATIENT', ['PatientName=W*', 'NumberOfPatientRelatedStudies'], 3],
      ['-P', 'STUDY', ['PatientID=P1', 'StudyInstanceUID'], 1],
      ['-S', 'STUDY', ['StudyDate=20260301-20260331', 'ModalitiesInStudy'], 3],
      ['-S', 'STUDY', ['ModalitiesInStudy=CT', 'NumberOfStudyRelatedInstances'], 1],
    ] as const)('%s %s %j', async (model, level, keys, expected) => {
      const text = await findscu(
        model,
        '-k',
        `QueryRetrieveLevel=${level}`,
        ...keys.flatMap((key) => ['-k', key]),
      );
      expect(hits(text)).toBe(expected);
    });

    it('goes down to series and images', async () => {
      const { study, series } = one(2);
      const up = ['-k', `StudyInstanceUID=${study}`];
      expect(
        hits(
          await findscu(
            '-S',
            '-k',
            'QueryRetrieveLevel=SERIES',
            ...up,
            '-k',
            'Modality',
            '-k',
            'SeriesInstanceUID',
          ),
        ),
      ).toBe(1);
      const images = await findscu(
        '-S',
        '-k',
        'QueryRetrieveLevel=IMAGE',
        ...up,
        '-k',
        `SeriesInstanceUID=${series}`,
        '-k',
        'SOPInstanceUID',
        '-k',
        'InstanceNumber',
      );
      expect(hits(images)).toBe(2);
      expect(images).toContain('YUNYING');
    });

    it('DN-2 refuses a broad question of a node that may ask only narrow ones, with A900 and in the trail', async () => {
      const rules = { queries: 'narrow' as const };
      await addNode(rig.ctx, { kind: 'dicom', name: 'NARROW', may: ['find'], rules });
      const ask = (...keys: string[]) =>
        findscu(
          '-aet',
          'NARROW',
          '-S',
          '-k',
          'QueryRetrieveLevel=STUDY',
          ...keys.flatMap((key) => ['-k', key]),
        );
      const broad = await ask('PatientName=*', 'StudyInstanceUID');
      expect(hits(broad)).toBe(0);
      expect(broad).toContain('DataSetDoesNotMatchSOPClass');
      expect(hits(await ask('StudyDate=20260301-20260331', 'StudyInstanceUID'))).toBe(3);
      expect(hits(await ask('PatientID=P1', 'StudyInstanceUID'))).toBe(1);
      const refused = await rig.ctx.db
        .selectFrom('audit_event')
        .select(['actor_id', 'result'])
        .where('result_code', '=', 'too-broad')
        .execute();
      expect(refused).toEqual([{ actor_id: 'NARROW', result: 'denied' }]);
    });

    it('goes down from a patient to images at Patient Root', async () => {
      const { study, series } = one(2);
      const keys = [
        'PatientID=P3',
        `StudyInstanceUID=${study}`,
        `SeriesInstanceUID=${series}`,
        'SOPInstanceUID',
      ];
      const text = await findscu(
        '-P',
        '-k',
        'QueryRetrieveLevel=IMAGE',
        ...keys.flatMap((key) => ['-k', key]),
      );
      expect(hits(text)).toBe(2);
      expect(patientRoot).toMatch(/1\.1$/);
    });
  });

  it('ends with FE00 when it is cancelled', async () => {
    await sql`INSERT INTO study (id, study_instance_uid, institution_id, patient_id, patient_name, patient_name_search,
        link_state, received_at, last_received_at)
      SELECT n, '1.2.3.' || n, institution_id, 'M' || n, 'many', '|many|', 'unlinked', now(), now()
      FROM generate_series(1, 3000) AS n, (SELECT institution_id FROM study LIMIT 1) AS i`.execute(
      rig.ctx.db,
    );
    const keys = { '00080052': cs('STUDY'), '0020000D': { vr: 'UI' } };
    const { statuses } = await find(studyRoot, keys, { cancelAfter: 1 });
    expect(statuses.at(-1)).toBe(0xfe00);
    expect(statuses.length).toBeLessThan(3000);
  });
});
