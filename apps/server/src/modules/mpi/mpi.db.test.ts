import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestContext, type TestContext } from '../../testing/context.ts';
import { findInstitution, getInstitutions, setInstitution } from './institution.ts';
import { mergePatients } from './merge-patients.ts';
import { findPatient, getLivePersonId, getPatientsOfPerson } from './patient.ts';
import type { PatientFacts } from './types.ts';
import { upsertPatient } from './upsert-patient.ts';

describe('the index of persons', () => {
  let ctx: TestContext;
  let first: string;
  let second: string;
  beforeAll(async () => {
    ctx = await openTestContext();
    first = (await findInstitution(ctx.db)).id;
    second = (
      await setInstitution(ctx.db, { code: 'TWO', name: '第二医院', isDefault: false, aliases: ['TWO_PACS'] })
    ).id;
  });
  afterAll(() => ctx.close());

  const upsert = (more: Partial<PatientFacts>) =>
    ctx.db.transaction().execute((tx) =>
      upsertPatient(tx, {
        institutionId: first,
        patientId: 'P',
        name: '韦小妹',
        sex: null,
        birthDate: null,
        identityType: null,
        identityNo: null,
        phone: null,
        address: null,
        source: 'hl7',
        ...more,
      }),
    );
  const merge = (survivor: string, gone: string) =>
    ctx.db.transaction().execute((tx) => mergePatients(tx, survivor, gone));

  it('always has a default institution, and knows others by alias', async () => {
    expect((await getInstitutions(ctx.db)).filter((one) => one.isDefault)).toHaveLength(1);
    expect((await findInstitution(ctx.db, { aliases: [null, ' ', 'nobody', 'TWO_PACS'] })).id).toBe(second);
    expect((await findInstitution(ctx.db, { aliases: ['nobody'] })).id).toBe(first);
  });

  it('takes the same id of one institution for the same patient and of another for another', async () => {
    const one = await upsert({ patientId: 'M1' });
    expect(await upsert({ patientId: 'M1', phone: '13800000001' })).toEqual({ ...one, created: false });
    expect((await upsert({ patientId: 'M1', institutionId: second })).patientId).not.toBe(one.patientId);
  });

  it('joins two ids with one valid identity number and one name in one person', async () => {
    const identityNo = '11010519491231002X';
    const one = await upsert({ patientId: 'M2', identityNo });
    const two = await upsert({ patientId: 'M2', identityNo, institutionId: second });
    const three = await upsert({ patientId: 'M2-other', identityNo, name: '韦小红' });
    expect(two.personId).toBe(one.personId);
    expect(three.personId).not.toBe(one.personId);
  });

  it('makes one person of two ids that arrive in the same moment', async () => {
    const identityNo = '450102199003071238';
    const both = await Promise.all([
      upsert({ patientId: 'M3a', identityNo, name: '黄一' }),
      upsert({ patientId: 'M3b', identityNo, name: '黄一' }),
    ]);
    expect(both[0]?.personId).toBe(both[1]?.personId);
  });

  it('joins an id to its person when the identity number comes later, and old person ids stay good', async () => {
    const identityNo = '440524199001010018';
    const known = await upsert({ patientId: 'M4a', name: '梁二', identityNo });
    const late = await upsert({ patientId: 'M4b', name: '梁二' });
    expect(late.personId).not.toBe(known.personId);
    expect((await upsert({ patientId: 'M4b', name: '梁二', identityNo })).personId).toBe(known.personId);
    expect(await getLivePersonId(ctx.db, late.personId)).toBe(known.personId);
  });

  it('does not let a device overwrite what the registration desk said, only fill it in', async () => {
    await upsert({ patientId: 'M5', name: '覃小妹', sex: '2' });
    await upsert({ patientId: 'M5', name: 'QIN XIAOMEI', sex: '1', birthDate: '19800102', source: 'dicom' });
    expect(await findPatient(ctx.db, first, 'M5')).toMatchObject({
      name: '覃小妹',
      sex: '2',
      birthDate: '19800102',
    });
    await upsert({ patientId: 'M5b', name: 'QIN XIAOMEI', source: 'dicom' });
    await upsert({ patientId: 'M5b', name: '覃小妹' });
    const keys = await ctx.db
      .selectFrom('patient_name_key')
      .select('key')
      .innerJoin('patient', 'patient.id', 'patient_name_key.patient_id')
      .where('patient.patient_id', '=', 'M5b')
      .execute();
    expect(keys.map((row) => row.key)).toContain('txmei');
  });

  it('erases what is explicitly erased and keeps what is not said', async () => {
    await upsert({ patientId: 'M6', phone: '13800000001', address: '南宁市' });
    await upsert({ patientId: 'M6', phone: '' });
    expect(await findPatient(ctx.db, first, 'M6')).toMatchObject({ phone: null, address: '南宁市' });
  });

  it('merges ids and persons, leads chains to the last survivor, and refuses circles', async () => {
    const [a, b, c] = [
      await upsert({ patientId: 'M7a' }),
      await upsert({ patientId: 'M7b' }),
      await upsert({ patientId: 'M7c' }),
    ];
    expect(await merge(b.patientId, a.patientId)).toBe(true);
    expect(await merge(c.patientId, b.patientId)).toBe(true);
    expect(await merge(c.patientId, a.patientId)).toBe(false);
    expect(await findPatient(ctx.db, first, 'M7a')).toMatchObject({ patientId: 'M7c' });
    expect(await getLivePersonId(ctx.db, a.personId)).toBe(c.personId);
    expect((await getPatientsOfPerson(ctx.db, a.personId)).map((row) => row.patientId)).toEqual(['M7c']);
    await expect(merge(a.patientId, c.patientId)).rejects.toThrow('mpi.merge_cycle');
    await expect(merge(c.patientId, c.patientId)).rejects.toThrow('mpi.merge_self');
  });

  it('does not join two persons with different valid identity numbers because one id was merged', async () => {
    const kept = await upsert({ patientId: 'M8a', name: '陈一', identityNo: '110101199001011237' });
    const other = await upsert({
      patientId: 'M8b',
      name: '陈二',
      identityNo: '110101198501011239',
      institutionId: second,
    });
    const gone = await upsert({ patientId: 'M8c', name: '陈二', identityNo: '110101198501011239' });
    expect(gone.personId).toBe(other.personId);
    await merge(kept.patientId, gone.patientId);
    expect((await findPatient(ctx.db, second, 'M8b'))?.personId).toBe(other.personId);
    expect((await findPatient(ctx.db, first, 'M8c'))?.personId).toBe(kept.personId);
  });
});
