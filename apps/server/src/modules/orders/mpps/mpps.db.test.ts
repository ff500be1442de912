// Modality Performed Procedure Step through real sockets, from our own SCU: the state rules of PS3.4 §F.7.2, what a
// step does to its exam and to the worklist.
import { type DicomJson, newUid, textOf } from '@yunying/dicom';
import { commandField, status } from '@yunying/dimse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { element } from '../../../dimse/dataset-json.ts';
import { ask, openTo } from '../../../dimse/testing/request.ts';
import { openServices, type ServiceRig } from '../../../dimse/testing/service-rig.ts';
import { openTestContext, type TestContext } from '../../../testing/context.ts';
import { setInstitution, upsertPatient } from '../../mpi/index.ts';
import { getExam, upsertExamFromOrder } from '../index.ts';
import { findWorklist } from '../worklist/find-worklist.ts';
import { readQuestion } from '../worklist/worklist-question.ts';
import { mppsService, performedStepRetrieveSopClass, performedStepSopClass } from './mpps.scp.ts';

describe('modality performed procedure step', () => {
  let ctx: TestContext;
  let rig: ServiceRig;
  let institutionId: string;
  beforeAll(async () => {
    ctx = await openTestContext();
    institutionId = (
      await setInstitution(ctx.db, { code: 'YY', name: '云影示范医院', isDefault: true, aliases: [] })
    ).id;
    rig = await openServices(ctx, [mppsService(ctx)]);
  });
  afterAll(async () => {
    await rig.close();
    await ctx.close();
  });

  async function planned(accession: string) {
    const examId = await ctx.db.transaction().execute(async (tx) => {
      const patient = await upsertPatient(
        tx,
        {
          institutionId,
          patientId: `P-${accession}`,
          name: '韦小妹',
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
        placerOrderNumber: null,
        fillerOrderNumber: accession,
        accessionNumber: accession,
        studyInstanceUid: null,
        modality: 'CT',
        itemCode: null,
        itemName: '胸部CT',
        department: null,
        orderingDoctor: null,
        requestedAt: null,
        scheduledAt: new Date(),
        performedAt: null,
        clinicalNote: null,
        status: 'scheduled',
        hl7MessageId: null,
        receivedAt: ctx.clock.now(),
      });
      return made.examId;
    });
    return { examId, studyInstanceUid: (await listed(accession))?.studyInstanceUid ?? '' };
  }

  async function listed(accession: string) {
    const question = readQuestion({ '00080050': element('SH', accession) });
    for await (const exam of findWorklist(ctx, question, null)) return exam;
    return null;
  }

  const begun = (studyInstanceUid: string, accession: string | null, more: DicomJson = {}): DicomJson => ({
    '00080060': element('CS', 'CT'),
    '00100010': element('PN', { Alphabetic: 'Wei^Xiaomei', Ideographic: '韦^小妹' }),
    '00100020': element('LO', `P-${accession}`),
    '00400241': element('AE', 'CT1'),
    '00400244': element('DA', '20261125'),
    '00400245': element('TM', '093000'),
    '00400252': element('CS', 'IN PROGRESS'),
    '00400253': element('SH', 'S1'),
    '00400270': element('SQ', {
      '00080050': element('SH', accession),
      '0020000D': element('UI', studyInstanceUid),
    }),
    '00400340': element('SQ'),
    ...more,
  });
  const series = (seriesInstanceUid: string, sopInstanceUid: string): DicomJson => ({
    '00080054': element('AE', 'YUNYING'),
    '0008103E': element('LO', '胸部平扫'),
    '00081140': element('SQ', {
      '00081150': element('UI', '1.2.840.10008.5.1.4.1.1.2'),
      '00081155': element('UI', sopInstanceUid),
    }),
    '00181030': element('LO', 'CHEST'),
    '0020000E': element('UI', seriesInstanceUid),
  });

  async function send(kind: 'create' | 'set', uid: string | null, json: DicomJson) {
    const association = await openTo(rig.port, performedStepSopClass);
    const fields =
      kind === 'create'
        ? {
            commandField: commandField.nCreateRq,
            affectedSopClassUid: performedStepSopClass,
            ...(uid === null ? {} : { affectedSopInstanceUid: uid }),
          }
        : {
            commandField: commandField.nSetRq,
            requestedSopClassUid: performedStepSopClass,
            requestedSopInstanceUid: uid ?? '',
          };
    const answer = await ask(association, fields, json);
    await association.release();
    return answer;
  }
  const examStatus = async (examId: string) => (await getExam(ctx.db, examId)).status;

  it('follows an exam from begun to done, and keeps the series that were performed', async () => {
    const { examId, studyInstanceUid } = await planned('M1');
    const uid = newUid();
    expect((await send('create', uid, begun(studyInstanceUid, 'M1'))).status).toBe(status.success);
    expect(await examStatus(examId)).toBe('registered');
    expect(await listed('M1')).toMatchObject({ isStarted: true, studyInstanceUid });
    const [seriesUid, sopUid] = [newUid(), newUid()];
    const done = {
      '00400250': element('DA', '20261125'),
      '00400251': element('TM', '094500'),
      '00400252': element('CS', 'COMPLETED'),
      '00400340': element('SQ', series(seriesUid, sopUid)),
    };
    expect((await send('set', uid, done)).status).toBe(status.success);
    expect(await examStatus(examId)).toBe('examined');
    expect(await listed('M1')).toBeNull();
    const row = await ctx.db
      .selectFrom('performed_step as s')
      .innerJoin('performed_series as x', 'x.performed_step_id', 's.id')
      .select([
        's.state',
        's.started_at',
        's.ended_at',
        'x.series_instance_uid',
        'x.instances',
        'x.protocol_name',
      ])
      .where('s.sop_instance_uid', '=', uid)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ state: 'completed', series_instance_uid: seriesUid, protocol_name: 'CHEST' });
    expect(JSON.parse(row.instances)).toEqual([['1.2.840.10008.5.1.4.1.1.2', sopUid]]);
    expect(row.ended_at).toEqual(new Date('2026-11-25T09:45:00+08:00'));
  });

  it('refuses every change of a step that is final, and a second one of the same UID', async () => {
    const { examId, studyInstanceUid } = await planned('M2');
    const uid = newUid();
    await send('create', uid, begun(studyInstanceUid, 'M2'));
    const stopped = {
      '00400252': element('CS', 'DISCONTINUED'),
      '00400281': element('SQ', {
        '00080100': element('SH', '110514'),
        '00080102': element('SH', 'DCM'),
        '00080104': element('LO', 'Incorrect worklist entry selected'),
      }),
    };
    expect((await send('set', uid, stopped)).status).toBe(status.success);
    const late = await send('set', uid, { '00400252': element('CS', 'COMPLETED') });
    expect(late.status).toBe(status.processingFailure);
    expect(late.command.errorComment).toBe('Performed Procedure Step Object may no longer be updated');
    expect(late.command.errorId).toBe(0xa710);
    expect((await send('create', uid, begun(studyInstanceUid, 'M2'))).status).toBe(
      status.duplicateSopInstance,
    );
    expect(await examStatus(examId)).toBe('registered');
    expect(await listed('M2')).toMatchObject({ isStarted: false }); // back on the worklist
    const { discontinuation_code: code } = await ctx.db
      .selectFrom('performed_step')
      .select('discontinuation_code')
      .where('sop_instance_uid', '=', uid)
      .executeTakeFirstOrThrow();
    expect(code).toBe('110514');
  });

  it('names the attribute that is missing, empty or wrong', async () => {
    const { '00400241': _station, ...withoutStation } = begun(newUid(), 'M3');
    const missing = await send('create', newUid(), withoutStation);
    expect(missing.status).toBe(status.missingAttribute);
    expect(missing.command.offendingElement).toEqual([0x00400241]);
    const empty = await send('create', newUid(), begun(newUid(), 'M3', { '00400253': element('SH') }));
    expect(empty.status).toBe(status.missingAttributeValue);
    const state = { '00400252': element('CS', 'COMPLETED') };
    expect((await send('create', newUid(), begun(newUid(), 'M3', state))).status).toBe(
      status.invalidAttributeValue,
    );
    const uid = newUid();
    await send('create', uid, begun(newUid(), 'M3'));
    expect((await send('set', uid, { '00400252': element('CS', 'PAUSED') })).status).toBe(
      status.invalidAttributeValue,
    );
    const noSeries = await send('set', uid, { '00400252': element('CS', 'COMPLETED') });
    expect(noSeries.status).toBe(status.missingAttributeValue);
    expect(noSeries.command.offendingElement).toEqual([0x00400340]);
    expect((await send('set', newUid(), state)).status).toBe(status.noSuchObjectInstance);
  });

  it('names the instance itself when the modality gives no UID', async () => {
    const answer = await send('create', null, begun(newUid(), null));
    expect(answer.status).toBe(status.success);
    const uid = answer.command.affectedSopInstanceUid ?? '';
    expect(uid).toMatch(/^[0-9.]+$/);
    expect((await send('set', uid, { '00400252': element('CS', 'DISCONTINUED') })).status).toBe(
      status.success,
    );
  });

  it('does not mark the exam of another patient', async () => {
    const { examId, studyInstanceUid } = await planned('M4');
    const wrong = begun(studyInstanceUid, 'M4', {
      '00100010': element('PN', { Alphabetic: 'Zhang^San', Ideographic: '张^三' }),
      '00100020': element('LO', 'SOMEBODY'),
    });
    expect((await send('create', newUid(), wrong)).status).toBe(status.success);
    expect(await examStatus(examId)).toBe('scheduled');
  });

  it('reads a step back by N-GET, only what was asked for', async () => {
    const uid = newUid();
    await send('create', uid, begun(newUid(), 'M5'));
    await send('set', uid, { '00400254': element('LO', '胸部'), '00100020': element('LO', 'CHANGED') });
    const association = await openTo(rig.port, performedStepRetrieveSopClass);
    const get = (attributeIdentifierList: number[], requestedSopInstanceUid = uid) =>
      ask(association, {
        commandField: commandField.nGetRq,
        requestedSopClassUid: performedStepRetrieveSopClass,
        requestedSopInstanceUid,
        ...(attributeIdentifierList.length === 0 ? {} : { attributeIdentifierList }),
      });
    const some = await get([0x00400252, 0x00400254]);
    expect(textOf(some.json ?? {}, '00400252')).toBe('IN PROGRESS');
    expect(textOf(some.json ?? {}, '00400254')).toBe('胸部');
    expect(some.json).not.toHaveProperty('00400253');
    const all = await get([]);
    expect(textOf(all.json ?? {}, '00100020')).toBe('P-M5'); // fixed at creation
    expect((await get([], newUid())).status).toBe(status.noSuchObjectInstance);
    await association.release();
  });

  it('answers garbage with a status and goes on', async () => {
    const association = await openTo(rig.port, performedStepSopClass);
    const fields = { commandField: commandField.nCreateRq, affectedSopClassUid: performedStepSopClass };
    expect((await ask(association, fields)).status).toBe(status.missingAttribute);
    const statuses: number[] = [];
    for await (const response of association.request(1, fields, { dataset: Buffer.alloc(64, 0xee) })) {
      statuses.push(response.status);
    }
    expect(statuses).toEqual([status.cannotUnderstand]);
    await association.release();
  });
});
