import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../testing/postgres.ts';
import { auditRefusal } from './audit-refusal.ts';
import { recordImageRead } from './image-reads.ts';
import { recordAudit } from './record-audit.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());

const request = { id: 'trace-1', ip: '10.0.0.1', headers: { 'user-agent': 'a phone' } };
const patient = { kind: 'patient' as const, personId: '7', proof: 'sms', sessionId: '99' };
const rows = (event: string) =>
  test.db.selectFrom('audit_event').selectAll().where('event_type', '=', event).execute();

describe('recordAudit', () => {
  it('says who, where from, what and how it ended, and drops fields that could name a person', async () => {
    await recordAudit(test.db, {
      event: 'report.viewed',
      viewer: patient,
      objectType: 'report',
      objectId: '5',
      patientId: '3',
      result: 'ok',
      request,
      detail: { version: 2, patientName: '王小明', phone: '13800000000', identityNo: 'x', pages: ['1'] },
    }); // prettier-ignore
    const [row] = await rows('report.viewed');
    expect(row).toMatchObject({
      actor_kind: 'patient',
      actor_id: '7',
      actor_role: 'patient',
      auth_method: 'sms',
      session_id: '99',
      source_ip: '10.0.0.1',
      device: 'a phone',
      object_type: 'report',
      object_id: '5',
      patient_id: '3',
      result: 'ok',
      trace_id: 'trace-1',
      detail: '{"version":2,"pages":["1"]}',
    }); // prettier-ignore
  });

  it('cannot be changed, deleted or emptied', async () => {
    await recordAudit(test.db, { event: 'kept', actor: { kind: 'system' }, result: 'ok' });
    await expect(test.db.updateTable('audit_event').set({ result: 'error' }).execute()).rejects.toThrow(
      'append-only',
    );
    await expect(test.db.deleteFrom('audit_event').execute()).rejects.toThrow('append-only');
  });

  it('is rolled back with the act it belongs to', async () => {
    const act = test.db.transaction().execute(async (tx) => {
      await recordAudit(tx, { event: 'undone', actor: { kind: 'system' }, result: 'ok' });
      throw new Error('undo');
    });
    await expect(act).rejects.toThrow('undo');
    expect(await rows('undone')).toEqual([]);
  });
});

describe('recordImageRead', () => {
  it('writes one row per session, series and ten minutes', async () => {
    const read = { viewer: patient, studyInstanceUid: '1.2', seriesInstanceUid: '1.2.3', request };
    const verdicts = await Promise.all(
      Array.from({ length: 20 }, () => recordImageRead(test.db, read, 1_000_000)),
    );
    expect(verdicts.filter(Boolean)).toHaveLength(1);
    expect(await recordImageRead(test.db, { ...read, seriesInstanceUid: '1.2.4' }, 1_000_000)).toBe(true);
    expect(
      await recordImageRead(test.db, { ...read, viewer: { ...patient, sessionId: '100' } }, 1_000_000),
    ).toBe(true);
    expect(await recordImageRead(test.db, read, 1_000_000 + 599_000)).toBe(false);
    expect(await recordImageRead(test.db, read, 1_000_000 + 601_000)).toBe(true);
    expect(await rows('image.viewed')).toHaveLength(4);
  });
});

describe('auditRefusal', () => {
  it('writes every refusal of a session, and strangers once a minute per address and code', async () => {
    const refusal = { event: 'exam.viewed', resultCode: 'access.forbidden', request };
    for (let n = 0; n < 3; n += 1) await auditRefusal(test.db, { ...refusal, viewer: patient }, 1000);
    for (let n = 0; n < 3; n += 1)
      await auditRefusal(test.db, { ...refusal, viewer: { kind: 'anonymous' } }, 1000);
    const kinds = (await rows('exam.viewed')).map((row) => row.actor_kind);
    expect(kinds.sort()).toEqual(['anonymous', 'patient', 'patient', 'patient']);
  });
});
