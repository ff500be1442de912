import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { charsetOf, encodeText, mllpFrame } from '@yunying/hl7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPatient } from '../mpi/index.ts';
import { addNode } from '../nodes/index.ts';
import { findExams } from './find-exams.ts';
import { hl7, type MllpRig, openMllpRig, pid } from './testing/mllp-rig.ts';

const corpus = resolve(
  process.env.YUNYING_CORPUS ?? resolve(import.meta.dirname, '../../../../../../shared/corpus'),
  'hl7v2',
);

describe('the HL7 door', () => {
  let rig: MllpRig;
  beforeAll(async () => {
    rig = await openMllpRig({});
  });
  afterAll(() => rig.close());

  const messages = () => rig.ctx.db.selectFrom('hl7_message').selectAll().orderBy('id').execute();
  const examsOf = async (q: string) => (await findExams(rig.ctx.db, { kind: 'all' }, { q })).items;
  const order = (
    placer: string,
    accession: string,
    more: { control?: string; orcStatus?: string; modality?: string; item?: string; at?: string } = {},
  ) => [
    `ORC|${more.control ?? 'NW'}|${placer}|${accession}||${more.orcStatus ?? ''}||||${more.at ?? '20261120080000'}|||D01^覃^医生`,
    `OBR|1|${placer}|${accession}|CT01^${more.item ?? '头颅CT平扫'}^LOCAL||||||||||||||${accession}||||||${more.modality ?? 'CT'}`,
  ];

  it('registers a patient from ADT and updates what changed, and only that', async () => {
    expect(
      await rig.send(
        hl7('ADT^A04^ADT_A01', [
          pid('P1', '韦^小妹', { phone: '13800000001', identity: '11010519491231002X', birth: '19491231' }),
        ]),
      ),
    ).toMatchObject({ code: 'AA' });
    expect(
      await rig.send(hl7('ADT^A08^ADT_A01', ['PID|1||P1^^^YYYY^MR||韦^小妹||19491231|F|||||13900000002'])),
    ).toMatchObject({ code: 'AA' });
    expect(await findPatient(rig.ctx.db, rig.institutionId, 'P1')).toMatchObject({
      name: '韦小妹',
      sex: '2',
      birthDate: '19491231',
      identityNo: '11010519491231002X',
      phone: '13900000002',
    });
  });

  it('moves an exam along its chain by order messages and refuses to cancel one that was done', async () => {
    const p = pid('P2', '李^明');
    expect(await rig.send(hl7('ORM^O01^ORM_O01', [p, ...order('PL2', 'A2')]))).toMatchObject({ code: 'AA' });
    expect((await examsOf('A2'))[0]).toMatchObject({
      status: 'requested',
      modality: 'CT',
      itemName: '头颅CT平扫',
      orderingDoctor: '覃医生',
    });
    await rig.send(hl7('ORM^O01^ORM_O01', [p, ...order('PL2', 'A2', { control: 'SC', orcStatus: 'SC' })]));
    expect((await examsOf('A2'))[0]?.status).toBe('scheduled');
    await rig.send(hl7('ORM^O01^ORM_O01', [p, ...order('PL2', 'A2', { control: 'SC', orcStatus: 'IP' })]));
    await rig.send(hl7('ORM^O01^ORM_O01', [p, ...order('PL2', 'A2', { control: 'XO', item: '头颅CT增强' })]));
    expect((await examsOf('A2'))[0]).toMatchObject({ status: 'registered', itemName: '头颅CT增强' });
    await rig.send(hl7('ORM^O01^ORM_O01', [p, ...order('PL2', 'A2', { control: 'SC', orcStatus: 'CM' })]));
    expect((await examsOf('A2'))[0]?.status).toBe('examined');
    const late = await rig.send(hl7('ORM^O01^ORM_O01', [p, ...order('PL2', 'A2', { control: 'CA' })]));
    expect(late).toMatchObject({ code: 'AE' });
    expect(late.text).toContain('ORC-1');
    expect((await examsOf('A2'))[0]?.status).toBe('examined');
  });

  it('cancels an order before the exam, and says so when there is no such order', async () => {
    const p = pid('P3', '王^强');
    await rig.send(hl7('ORM^O01^ORM_O01', [p, ...order('PL3', 'A3')]));
    expect(
      await rig.send(hl7('ORM^O01^ORM_O01', [p, ...order('PL3', 'A3', { control: 'DC' })])),
    ).toMatchObject({ code: 'AA' });
    expect((await examsOf('A3'))[0]?.status).toBe('cancelled');
    const unknown = await rig.send(
      hl7('ORM^O01^ORM_O01', [p, ...order('PL3-no', 'A3-no', { control: 'CA' })]),
    );
    expect(unknown.code).toBe('AE');
    expect(unknown.errors.join()).toContain('204');
  });

  it('keeps an accession number with its patient', async () => {
    await rig.send(hl7('ORM^O01^ORM_O01', [pid('P4', '赵^一'), ...order('PL4', 'A4')]));
    const other = await rig.send(hl7('ORM^O01^ORM_O01', [pid('P5', '钱^二'), ...order('PL5', 'A4')]));
    expect(other).toMatchObject({ code: 'AE' });
    expect((await examsOf('A4')).map((exam) => exam.patientName)).toEqual(['赵一']);
    expect(await findPatient(rig.ctx.db, rig.institutionId, 'P5')).toBeNull();
    const [last] = (await messages()).slice(-1);
    expect(last).toMatchObject({ state: 'failed', error_code: 'orders.accession_taken' });
  });

  it('answers a re-sent message again and applies it once', async () => {
    const message = hl7('ORM^O01^ORM_O01', [pid('P6', '孙^三'), ...order('PL6', 'A6')], {
      controlId: 'SAME-1',
    });
    expect(await rig.send(message)).toMatchObject({ code: 'AA', controlId: 'SAME-1' });
    expect(await rig.send(message)).toMatchObject({ code: 'AA', controlId: 'SAME-1' });
    const kept = (await messages()).filter((row) => row.control_id === 'SAME-1');
    expect(kept).toHaveLength(1);
    const orders = await rig.ctx.db
      .selectFrom('imaging_order')
      .selectAll()
      .where('placer_order_number', '=', 'PL6')
      .execute();
    expect(orders).toHaveLength(1);
  });

  it('applies a failed message when it is sent again after the cause is gone', async () => {
    const p = pid('P7', '周^四');
    const cancel = hl7('ORM^O01^ORM_O01', [p, ...order('PL7', 'A7', { control: 'CA' })], {
      controlId: 'LATER-1',
    });
    expect(await rig.send(cancel)).toMatchObject({ code: 'AE' });
    await rig.send(hl7('ORM^O01^ORM_O01', [p, ...order('PL7', 'A7')]));
    expect(await rig.send(cancel)).toMatchObject({ code: 'AA' });
    const kept = (await messages()).filter((row) => row.control_id === 'LATER-1');
    expect(kept).toMatchObject([{ state: 'applied', error_code: null }]);
  });

  it('has the message when the sender is cut off before the answer, and applies the repeat once', async () => {
    const message = hl7('ORM^O01^ORM_O01', [pid('P8', '吴^五'), ...order('PL8', 'A8')], {
      controlId: 'CUT-1',
    });
    const socket = connect(rig.port, rig.host);
    await new Promise<void>((done) => socket.once('connect', () => done()));
    socket.write(mllpFrame(Buffer.from(message)), () => socket.destroy());
    const stored = async () => (await messages()).filter((row) => row.control_id === 'CUT-1');
    for (let i = 0; i < 100 && (await stored()).length === 0; i++)
      await new Promise((done) => setTimeout(done, 50));
    expect(await stored()).toMatchObject([{ state: 'applied' }]);
    expect(await rig.send(message)).toMatchObject({ code: 'AA' });
    expect(await stored()).toHaveLength(1);
  });

  it('makes one patient and one exam of two orders that arrive in the same moment', async () => {
    const both = await Promise.all(
      ['X', 'Y'].map(async (suffix) => {
        const one = await openClient(rig);
        return one(hl7('ORM^O01^ORM_O01', [pid('P9', '郑^六'), ...order(`PL9${suffix}`, 'A9')]));
      }),
    );
    expect(both.every((answer) => answer.includes('MSA|AA'))).toBe(true);
    expect(await examsOf('A9')).toHaveLength(1);
  });

  it('answers AR with 200 or 201 for what it does not know, and keeps it as ignored', async () => {
    const type = await rig.send(hl7('SIU^S12', [pid('P1', '韦^小妹')]));
    expect(type).toMatchObject({ code: 'AR' });
    expect(type.errors.join()).toContain('200');
    const event = await rig.send(hl7('ADT^A10', [pid('P1', '韦^小妹')]));
    expect(event).toMatchObject({ code: 'AR' });
    expect(event.errors.join()).toContain('201');
    expect((await messages()).slice(-2)).toMatchObject([{ state: 'ignored' }, { state: 'ignored' }]);
  });

  it('answers AR to bytes that are no message and keeps them as refused', async () => {
    const answer = await rig.send('this is not HL7 at all');
    expect(answer.code).toBe('AR');
    expect((await messages()).at(-1)).toMatchObject({ state: 'refused', error_code: 'hl7.unparsable' });
  });

  it('names the segment and field that is missing', async () => {
    const answer = await rig.send(hl7('ADT^A04', ['PID|1||||韦^小妹']));
    expect(answer.code).toBe('AE');
    expect(answer.raw).toContain('PID^1^3');
    expect(answer.text).not.toContain('韦');
  });

  it.each(['GB18030', 'GBK', 'UNICODE UTF-8'])('reads Chinese in %s and answers in it', async (charset) => {
    const text = hl7('ADT^A04', [pid(`C-${charset}`, '覃^䶮娟')], {
      charset: charset === 'GBK' ? 'GBK' : charset,
    });
    const name = charset === 'GBK' ? text.replace('䶮', '燕') : text;
    const answer = await rig.send(encodeText(name, charsetOf(charset)));
    expect(answer).toMatchObject({ code: 'AA' });
    expect(await findPatient(rig.ctx.db, rig.institutionId, `C-${charset}`)).toMatchObject({
      name: charset === 'GBK' ? '覃燕娟' : '覃䶮娟',
    });
  });

  it('uses the character set of the node where the message names none', async () => {
    await addNode(rig.ctx, { kind: 'hl7', name: 'OLDHIS', charset: 'BIG5' });
    const message = hl7('ADT^A04', [pid('B1', '張^美麗')], { charset: '', application: 'OLDHIS' });
    expect(await rig.send(encodeText(message, charsetOf('BIG-5')))).toMatchObject({ code: 'AA' });
    expect(await findPatient(rig.ctx.db, rig.institutionId, 'B1')).toMatchObject({ name: '張美麗' });
  });

  it('keeps the same id of two hospitals apart, by assigning authority or sending facility', async () => {
    await rig.send(hl7('ADT^A04', [pid('SAME', '甲^一')]));
    await rig.send(hl7('ADT^A04', [pid('SAME', '乙^二', { authority: 'TWO_HIS' })]));
    await rig.send(hl7('ADT^A08', ['PID|1||SAME||乙^二二||19800102|F'], { facility: 'TWO' }));
    const rows = await rig.ctx.db
      .selectFrom('patient')
      .select(['name', 'institution_id'])
      .where('patient_id', '=', 'SAME')
      .execute();
    expect(new Set(rows.map((row) => row.name))).toEqual(new Set(['甲一', '乙二二']));
    expect(new Set(rows.map((row) => row.institution_id)).size).toBe(2);
  });

  it('lists the exams of a merged patient under the survivor', async () => {
    await rig.send(hl7('ORM^O01', [pid('OLD', '黄^大'), ...order('PL20', 'A20')]));
    await rig.send(hl7('ORM^O01', [pid('NEW', '黄^大'), ...order('PL21', 'A21')]));
    const merge = hl7('ADT^A40^ADT_A39', [pid('NEW', '黄^大'), 'MRG|OLD^^^YYYY^MR||||||黄^大']);
    expect(await rig.send(merge)).toMatchObject({ code: 'AA' });
    const survivor = await findPatient(rig.ctx.db, rig.institutionId, 'OLD');
    expect(survivor?.patientId).toBe('NEW');
    const list = await findExams(rig.ctx.db, { kind: 'all' }, { patientId: survivor?.id ?? '' });
    expect(list.items.map((exam) => [exam.accessionNumber, exam.patientId]).sort()).toEqual([
      ['A20', 'NEW'],
      ['A21', 'NEW'],
    ]);
    // Late traffic for the retired id reaches the survivor; merging back or into itself is refused.
    await rig.send(hl7('ORM^O01', [pid('OLD', '黄^大'), ...order('PL22', 'A22')]));
    expect((await examsOf('A22'))[0]?.patientId).toBe('NEW');
    expect(await rig.send(hl7('ADT^A40', [pid('NEW', '黄^大'), 'MRG|OLD^^^YYYY^MR']))).toMatchObject({
      code: 'AA',
    });
    expect(await rig.send(hl7('ADT^A40', [pid('OLD', '黄^大'), 'MRG|NEW^^^YYYY^MR']))).toMatchObject({
      code: 'AE',
    });
    expect(await rig.send(hl7('ADT^A40', [pid('NEW', '黄^大'), 'MRG|NEW^^^YYYY^MR']))).toMatchObject({
      code: 'AE',
    });
  });

  it('undoes every effect of a message whose second order cannot be applied', async () => {
    const segments = [pid('P30', '冯^七'), ...order('PL30', 'A30'), 'ORC|ZZ|PL31|A31', 'OBR|2|PL31|A31|X^Y'];
    const answer = await rig.send(hl7('ORM^O01', segments));
    expect(answer).toMatchObject({ code: 'AE' });
    expect(answer.raw).toContain('ORC^2^1');
    expect(await examsOf('A30')).toEqual([]);
  });

  it.skipIf(!existsSync(corpus))(
    'reads the orders of the corpus (needs the corpus of real files)',
    async () => {
      for (const file of [
        'OMI_O23-ImagingOrder.hl7',
        'OMG_O19-GeneralClinicalOrder-Eyecare.hl7',
        'ORM_O01-GeneralOrder.hl7',
        'ADT_A31-UpdatePersonInfo.hl7',
        'ADT_A40-PatientMerge.hl7',
      ]) {
        expect(await rig.send(readFileSync(resolve(corpus, 'dcm4che', file))), file).toMatchObject({
          code: 'AA',
        });
      }
      const [exam] = await examsOf('AccessionNumber');
      expect(exam).toMatchObject({ modality: 'CT', status: 'scheduled', patientName: 'Lucy Mark Smith' });
    },
  );
});

describe('the HL7 door in production', () => {
  let rig: MllpRig;
  beforeAll(async () => {
    rig = await openMllpRig({}, { YUNYING_PROFILE: 'production' });
  });
  afterAll(() => rig.close());

  it('takes messages from this machine itself without registration', async () => {
    expect(await rig.send(hl7('ADT^A04', [pid('P1', '韦^小妹')]))).toMatchObject({ code: 'AA' });
  });
});

async function openClient(rig: MllpRig): Promise<(message: string) => Promise<string>> {
  const socket = connect(rig.port, rig.host);
  await new Promise<void>((done) => socket.once('connect', () => done()));
  return (message) =>
    new Promise((done) => {
      socket.once('data', (bytes) => {
        socket.destroy();
        done(bytes.toString());
      });
      socket.write(mllpFrame(Buffer.from(message)));
    });
}
