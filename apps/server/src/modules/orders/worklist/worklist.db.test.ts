// Modality Worklist through real sockets: DCMTK's findscu -W and our own SCU, against exams that HL7 orders made.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  deleteElement,
  encodeDataset,
  fromDicomJson,
  itemsOf,
  parseDataset,
  parseDicom,
  recode,
  textOf,
  toDicomJson,
} from '@yunying/dicom';
import { commandField, connect, status } from '@yunying/dimse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { element } from '../../../dimse/dataset-json.ts';
import { openServices, type ServiceRig } from '../../../dimse/testing/service-rig.ts';
import { openTestContext, type TestContext } from '../../../testing/context.ts';
import { setInstitution, upsertPatient } from '../../mpi/index.ts';
import { addNode } from '../../nodes/index.ts';
import { linkStudyToExam, setExamStatus, upsertExamFromOrder } from '../index.ts';
import { worklistService, worklistSopClass } from './worklist.scp.ts';

const run = promisify(execFile);
const noDcmtk = !existsSync('/usr/bin/findscu');
const day = (text: string) => new Date(`${text}+08:00`);

describe('modality worklist', () => {
  let ctx: TestContext;
  let rig: ServiceRig;
  let institutionId: string;
  const exams: Record<string, string> = {};

  beforeAll(async () => {
    ctx = await openTestContext();
    const institution = await setInstitution(ctx.db, {
      code: 'YY',
      name: '云影示范医院',
      isDefault: true,
      aliases: [],
    });
    institutionId = institution.id;
    rig = await openServices(ctx, [worklistService(ctx, { most: 6 })]);
    await order('A1', '韦小妹', 'P1', 'CT', '胸部CT平扫', '2026-11-25T09:30:00');
    await order('A2', '欧阳娜娜', 'P2', 'CT', '头颅CT', '2026-11-25T14:00:00');
    await order('A3', '王建国', 'P3', 'MR', '腰椎MR', '2026-11-26T08:00:00');
    await order('A4', 'Buc Jérôme', 'P4', 'CT', 'CT abdomen', '2026-11-27T17:45:00');
  });
  afterAll(async () => {
    await rig.close();
    await ctx.close();
  });

  async function order(
    accession: string,
    name: string,
    patientId: string,
    modality: string,
    item: string,
    at: string,
    studyInstanceUid: string | null = null,
  ) {
    const examId = await ctx.db.transaction().execute(async (tx) => {
      const patient = await upsertPatient(
        tx,
        {
          institutionId,
          patientId,
          name,
          sex: '2',
          birthDate: '19800102',
          identityType: null,
          identityNo: null,
          phone: null,
          address: null,
          source: 'hl7',
        },
        ctx.clock.now(),
      );
      const made = await upsertExamFromOrder(tx, {
        institutionId,
        patientRowId: patient.patientId,
        control: 'NW',
        placerOrderNumber: `PL-${accession}`,
        fillerOrderNumber: accession,
        accessionNumber: accession,
        studyInstanceUid,
        modality,
        itemCode: 'C01',
        itemName: item,
        department: null,
        orderingDoctor: '李医生',
        requestedAt: day('2026-11-24T08:00:00'),
        scheduledAt: day(at),
        performedAt: null,
        clinicalNote: '咳嗽三天',
        status: 'scheduled',
        hl7MessageId: null,
        receivedAt: ctx.clock.now(),
      });
      return made.examId;
    });
    exams[accession] = examId;
    return examId;
  }

  type Keys = Parameters<typeof fromDicomJson>[0] & object;
  const keys = (more: Keys = {}, step: Keys = {}) => ({
    '00080050': element('SH'),
    '00100010': element('PN'),
    '00100020': element('LO'),
    '0020000D': element('UI'),
    '00321060': element('LO'),
    '00401001': element('SH'),
    '00400100': {
      vr: 'SQ',
      Value: [
        {
          '00080060': element('CS'),
          '00400001': element('AE'),
          '00400002': element('DA'),
          '00400003': element('TM'),
          '00400009': element('SH'),
          '00400020': element('CS'),
          ...step,
        },
      ],
    },
    ...more,
  });

  type AskOptions = { callingAe?: string; cancelAfter?: number; port?: number };
  const ask = (identifier: object, options: AskOptions = {}) =>
    askBytes(encodeDataset(fromDicomJson(identifier), '1.2.840.10008.1.2.1'), options);

  async function askBytes(dataset: Uint8Array, options: AskOptions = {}) {
    const association = await connect({
      host: '127.0.0.1',
      port: options.port ?? rig.port,
      callingAe: options.callingAe ?? 'CT1',
      calledAe: 'YUNYING',
      contexts: [{ abstractSyntax: worklistSopClass, transferSyntaxes: ['1.2.840.10008.1.2.1'] }],
    });
    const cancel = new AbortController();
    const answers: ReturnType<typeof toDicomJson>[] = [];
    const raw: Buffer[] = [];
    let end = -1;
    let comment = '';
    for await (const response of association.request(
      1,
      { commandField: commandField.cFindRq, affectedSopClassUid: worklistSopClass, priority: 0 },
      { dataset, cancelSignal: cancel.signal },
    )) {
      end = response.status;
      comment = response.command.errorComment ?? '';
      if (response.dataset === null) continue;
      const chunks: Buffer[] = [];
      for await (const chunk of response.dataset) chunks.push(Buffer.from(chunk));
      raw.push(Buffer.concat(chunks));
      answers.push(toDicomJson(parseDataset(Buffer.concat(chunks), '1.2.840.10008.1.2.1')));
      if (answers.length === options.cancelAfter) cancel.abort();
    }
    await association.release();
    return { answers, raw, end, comment, found: answers.map((one) => textOf(one, '00080050')) };
  }

  it('answers every waiting exam to a query without values, oldest appointment first, and only the keys asked for', async () => {
    const { answers, found, end } = await ask(keys());
    expect(end).toBe(status.success);
    expect(found).toEqual(['A1', 'A2', 'A3', 'A4']);
    const [first] = answers;
    expect(textOf(first ?? {}, '00100010')).toBe('Wei^Xiaomei=韦^小妹');
    expect(textOf(first ?? {}, '00321060')).toBe('胸部CT平扫');
    expect(Object.keys(first ?? {})).not.toContain('00080080');
    const [step] = itemsOf(first ?? {}, '00400100');
    expect(step).toMatchObject({
      '00080060': { Value: ['CT'] },
      '00400001': { Value: ['CT1'] },
      '00400002': { Value: ['20261125'] },
      '00400003': { Value: ['093000'] },
      '00400020': { Value: ['SCHEDULED'] },
    });
    expect(textOf(answers[1] ?? {}, '00100010')).toBe('Ouyang^Nana=欧阳^娜娜');
    expect(textOf(answers[3] ?? {}, '00100010')).toBe('Buc^Jérôme');
  });

  it('matches station, modality, dates and times: a range of both is one period', async () => {
    const step = async (more: Keys) => (await ask(keys({}, more))).found;
    expect(await step({ '00080060': element('CS', 'MR') })).toEqual(['A3']);
    expect(await step({ '00400002': element('DA', '20261125') })).toEqual(['A1', 'A2']);
    expect(await step({ '00400002': element('DA', '20261126-') })).toEqual(['A3', 'A4']);
    expect(await step({ '00400002': element('DA', '-20261125') })).toEqual(['A1', 'A2']);
    expect(
      await step({
        '00400002': element('DA', '20261125-20261127'),
        '00400003': element('TM', '1000-1200'),
      }),
    ).toEqual(['A2', 'A3']);
    expect(await step({ '00400002': element('DA', '20261125'), '00400003': element('TM', '09-10') })).toEqual(
      ['A1'],
    );
    expect(await step({ '00400001': element('AE', 'ANYBODY') })).toHaveLength(4);
  });

  it('refuses a date that is none with 0xA900 and says which key', async () => {
    const { end, comment } = await ask(keys({}, { '00400002': element('DA', 'tomorrow') }));
    expect(end).toBe(status.datasetDoesNotMatchSopClass);
    expect(comment).toMatch(/Start Date/);
  });

  it('finds a patient by characters, by pinyin, by initials and by wild card', async () => {
    const named = async (name: string) =>
      (await ask(keys({ '00100010': element('PN', { Alphabetic: name }) }))).found;
    for (const name of ['韦小妹', '韦^小妹', '韦*', '*小?', 'WEI^XIAOMEI', 'wei*', 'wxm', 'Wei Xiaomei']) {
      expect([name, await named(name)]).toEqual([name, ['A1']]);
    }
    expect(await named('ouyang*')).toEqual(['A2']);
    expect(await named('Wei')).toEqual([]);
    const both = keys({ '00100010': element('PN', { Alphabetic: 'W*', Ideographic: '王*' }) });
    expect((await ask(both)).found).toEqual(['A3']);
  });

  it('matches patient id, accession number and requested procedure id', async () => {
    expect((await ask(keys({ '00100020': element('LO', 'P2') }))).found).toEqual(['A2']);
    expect((await ask(keys({ '00080050': element('SH', 'A?') }))).found).toHaveLength(4);
    expect((await ask(keys({ '00080050': element('SH', 'A4') }))).found).toEqual(['A4']);
    expect((await ask(keys({ '00401001': element('SH', 'A3') }))).found).toEqual(['A3']);
    expect((await ask(keys({ '00401001': element('SH', 'A9') }))).found).toEqual([]);
  });

  it('gives an exam one Study Instance UID for ever, by which its images find it', async () => {
    const uid = async () =>
      textOf((await ask(keys({ '00080050': element('SH', 'A1') }))).answers[0] ?? {}, '0020000D');
    const [first, ...others] = [...(await Promise.all([uid(), uid(), uid()])), await uid()];
    expect(first).toMatch(/^[0-9.]+$/);
    expect(new Set(others)).toEqual(new Set([first]));
    const link = await ctx.db.transaction().execute((tx) =>
      linkStudyToExam(tx, {
        studyInstanceUid: first ?? '',
        institutionId,
        patientId: 'P1',
        patientName: '韦小妹',
        patientSex: 'F',
        patientBirthDate: '19800102',
        accessionNumber: null,
        studyDate: '20261125',
        studyTime: '093500',
        studyDescription: null,
        modalities: ['US'],
        referringPhysicianName: null,
        receivedAt: ctx.clock.now(),
      }),
    );
    expect(link).toMatchObject({ examId: exams.A1, linkState: 'linked', reason: 'by-study-uid' });
    expect((await ask(keys())).found).toEqual(['A2', 'A3', 'A4']); // it has been examined
  });

  it('answers the study UID that the order announced', async () => {
    await order('A5', '黄丽', 'P5', 'DX', '胸片', '2026-11-28T08:00:00', '1.2.3.55');
    const { answers } = await ask(keys({ '00080050': element('SH', 'A5') }));
    expect(textOf(answers[0] ?? {}, '0020000D')).toBe('1.2.3.55');
  });

  it('leaves out what was cancelled', async () => {
    await order('A6', '黄丽', 'P5', 'DX', '胸片', '2026-11-28T09:00:00');
    await ctx.db.transaction().execute((tx) => setExamStatus(tx, exams.A6 ?? '', 'cancelled'));
    expect((await ask(keys())).found).not.toContain('A6');
  });

  it('answers in GB18030, in UTF-8, or in letters alone, as the node is registered', async () => {
    await addNode(ctx, { kind: 'dicom', name: 'OLDCT', may: ['store', 'worklist'], charset: 'GB18030' });
    await addNode(ctx, { kind: 'dicom', name: 'ASCIICT', may: ['store', 'worklist'], charset: 'ISO_IR 6' });
    const asked = keys({ '00080050': element('SH', 'A2') });
    const chinese = await ask(asked, { callingAe: 'OLDCT' });
    expect(chinese.raw[0]?.includes(Buffer.from('c5b7d1f4', 'hex'))).toBe(true); // 欧阳
    expect(chinese.raw[0]?.includes('GB18030')).toBe(true);
    expect(textOf(chinese.answers[0] ?? {}, '00100010')).toBe('Ouyang^Nana=欧阳^娜娜');
    const letters = await ask(asked, { callingAe: 'ASCIICT' });
    expect(textOf(letters.answers[0] ?? {}, '00100010')).toBe('Ouyang^Nana');
    expect(JSON.stringify(letters.answers)).toMatch(/^[\x20-\x7e]*$/);
    expect(textOf(letters.answers[0] ?? {}, '00321060')).toMatch(/^tou lu CT$/);
    expect(letters.raw[0]?.includes('ISO_IR')).toBe(false);
    expect((await ask(asked)).raw[0]?.includes('ISO_IR 192')).toBe(true);
  });

  it('reads Chinese keys in GB18030, also when the device forgets to say so, and answers as it was asked', async () => {
    const asked = fromDicomJson(keys({ '00100010': element('PN', { Alphabetic: '欧阳*' }) }));
    const inChinese = recode(asked, 'GB18030');
    const said = await askBytes(encodeDataset(inChinese, '1.2.840.10008.1.2.1'));
    expect(said.found).toEqual(['A2']);
    expect(said.raw[0]?.includes('GB18030')).toBe(true);
    deleteElement(inChinese, 'SpecificCharacterSet');
    const silent = await askBytes(encodeDataset(inChinese, '1.2.840.10008.1.2.1'));
    expect(silent.found).toEqual(['A2']);
  });

  it('stops at C-CANCEL with 0xFE00, and ends with 0xA700 above its limit', async () => {
    for (let n = 10; n < 60; n += 1) {
      await order(`B${n}`, '陈一', 'Q1', 'US', '腹部彩超', `2026-12-01T08:${n}:00`);
    }
    const slow = await openServices(ctx, [worklistService(ctx, { pageSize: 1 })]);
    const cancelled = await ask(keys({}, { '00080060': element('CS', 'US') }), {
      cancelAfter: 1,
      port: slow.port,
    });
    await slow.close();
    expect(cancelled.end).toBe(status.cancel);
    expect(cancelled.found.length).toBeLessThan(50);
    const limited = await ask(keys({}, { '00080060': element('CS', 'US') }));
    expect(limited.end).toBe(status.outOfResources);
    expect(limited.found).toHaveLength(6);
    expect(limited.comment).toMatch(/more than 6/);
  });

  it('records each query without saying whom it was about', async () => {
    const rows = await ctx.db
      .selectFrom('audit_event')
      .selectAll()
      .where('event_type', '=', 'orders.worklist_answered')
      .execute();
    expect(rows.length).toBeGreaterThan(10);
    expect(JSON.stringify(rows)).not.toMatch(/韦|欧阳|P1/);
  });

  it.skipIf(noDcmtk)('is understood by DCMTK findscu -W (needs DCMTK)', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'yunying-worklist-'));
    const args = ['-W', '-X', '-od', folder, '-aet', 'CT1', '-aec', 'YUNYING', '127.0.0.1', String(rig.port)];
    const sps = 'ScheduledProcedureStepSequence[0]';
    const wanted = [
      'PatientName',
      'PatientID',
      'StudyInstanceUID',
      'AccessionNumber',
      `${sps}.Modality=MR`,
      `${sps}.ScheduledProcedureStepStartDate=20261120-20261130`,
      `${sps}.ScheduledStationAETitle`,
    ];
    await run('findscu', [...args, ...wanted.flatMap((key) => ['-k', key])], { timeout: 60_000 });
    const files = readdirSync(folder);
    expect(files).toHaveLength(1);
    const answer = toDicomJson(parseDicom(readFileSync(join(folder, files[0] ?? ''))).dataset);
    expect(textOf(answer, '00100010')).toBe('Wang^Jianguo=王^建国');
    expect(textOf(itemsOf(answer, '00400100')[0] ?? {}, '00080060')).toBe('MR');
    rmSync(folder, { recursive: true });
  });
});
