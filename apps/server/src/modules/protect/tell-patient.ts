// Tells a patient that a protection was broken. The ledger of the own record shows it always; a message without content
// (level 5: nothing of what is protected may stand in an SMS) goes out where the hospital wants that.

import type { OpeningNotice } from '@yunying/api';
import type { Context } from '../../context.ts';
import { recordAudit } from '../audit/index.ts';
import { getLivePersonId, getPatientsOfPerson } from '../mpi/index.ts';
import { chooseGateway, sendSms } from '../notify/index.ts';
import { getSetting } from '../settings/index.ts';
import { mobileOf } from '../share/index.ts';
import { institutionName } from './people.ts';
import { readReasonCode } from './read-openings.ts';
import * as repo from './repo-openings.ts';

export async function tellPatient(
  ctx: Pick<Context, 'db' | 'clock' | 'config' | 'log'>,
  breakGlassId: string,
): Promise<void> {
  const row = await repo.selectGlass(ctx.db, breakGlassId);
  if (row === undefined || row.notified_at !== null) return;
  if ((await getSetting(ctx.db, 'protect.notice_sms')) === 0) return;
  const patients = await getPatientsOfPerson(ctx.db, row.person_id);
  const patient = patients.find((one) => mobileOf(one) !== null);
  const phone = patient === undefined ? null : mobileOf(patient);
  if (patient === undefined || phone === null) {
    const about = { objectType: 'person', objectId: row.person_id, result: 'ok' } as const;
    await recordAudit(ctx.db, { ...about, event: 'sms.no_number', actor: { kind: 'system' } });
    return;
  }
  const hospital = await institutionName(ctx.db, patient.institutionId);
  const outcome = await sendSms(ctx, chooseGateway(ctx), {
    dedupeKey: `record-opened:${row.id}`,
    template: 'record-opened',
    phone,
    examId: null,
    params: async () => ({
      hospital,
      date: row.opened_at.toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' }),
    }),
  });
  if (outcome.state !== 'failed') await repo.updateGlass(ctx.db, row.id, { notified_at: ctx.clock.now() });
}

/** The patient's own ledger; reading it is being told. */
export async function getOpeningNotices(
  ctx: Pick<Context, 'db' | 'clock'>,
  personId: string,
): Promise<OpeningNotice[]> {
  const rows = await repo.selectGlasses(ctx.db, {
    personId: await getLivePersonId(ctx.db, personId),
    state: 'all',
    before: null,
    limit: 100,
  });
  for (const row of rows.filter((one) => one.notified_at === null))
    await repo.updateGlass(ctx.db, row.id, { notified_at: ctx.clock.now() });
  return rows.map((row) => ({
    id: row.id,
    openedAt: row.opened_at.toISOString(),
    until: (row.ended_at ?? row.until).toISOString(),
    reasonCode: readReasonCode(row.reason_code),
  }));
}
