// The restricted list of who is protected, and everything about one of them: labels and why, who may see, grants,
// openings, accesses. Names are masked here; the full one is an act of its own.
import {
  type ProtectedPerson,
  type ProtectedPersonDetail,
  type ProtectionLabel,
  protectionRestrictions,
  protectionTags,
  type UnmaskedPerson,
} from '@yunying/api';
import type { Context } from '../../context.ts';
import type { Db } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { decide, loadAccountAuthority } from '../access/index.ts';
import { getPatientsOfPerson } from '../mpi/index.ts';
import { getExamFacts } from '../orders/index.ts';
import { institutionName, showPerson } from './people.ts';
import { toGrants, toOpenings } from './read-openings.ts';
import * as repo from './repo-labels.ts';
import { selectGlasses, selectGrants } from './repo-openings.ts';

type Part = Pick<Context, 'db' | 'clock'>;

export async function listProtected(
  ctx: Part,
  ask: { tag: string | null; cursor: string | null; limit: number },
): Promise<{ items: ProtectedPerson[]; nextCursor: string | null; total: number }> {
  const now = ctx.clock.now();
  const { tag, limit } = ask;
  const [rows, total] = await Promise.all([
    repo.selectProtected(ctx.db, { tag, personId: null, before: ask.cursor, limit: limit + 1, now }),
    repo.countProtected(ctx.db, tag, now),
  ]);
  const shown = rows.slice(0, limit);
  const items: ProtectedPerson[] = [];
  for (const row of shown) items.push(await toPerson(ctx.db, row));
  return { items, nextCursor: rows.length > limit ? (shown.at(-1)?.last ?? null) : null, total };
}

/** By exact number; somebody without a label is found too, to be given one. */
export async function findByNumber(ctx: Part, number: string): Promise<ProtectedPerson> {
  const persons = await repo.selectPersonsByNumber(ctx.db, number.trim());
  const [only] = persons;
  if (only === undefined) throw new AppError('request.not_found');
  if (persons.length > 1) throw new AppError('protect.number_ambiguous');
  return getPerson(ctx, only);
}

export async function getPerson(ctx: Part, personId: string): Promise<ProtectedPerson> {
  const [patient] = await getPatientsOfPerson(ctx.db, personId);
  if (patient === undefined) throw new AppError('request.not_found');
  const ask = { tag: null, personId, before: null, limit: 1, now: ctx.clock.now() };
  const [row] = await repo.selectProtected(ctx.db, ask);
  return toPerson(
    ctx.db,
    row ?? {
      person_id: personId,
      last: '0',
      tags: '',
      level: 4,
      restrictions: 'none',
      label_count: '0',
      grant_count: '0',
    },
  );
}

export async function getPersonDetail(
  ctx: Part,
  personId: string,
  viewerId: string,
): Promise<ProtectedPersonDetail> {
  const { db } = ctx;
  const now = ctx.clock.now();
  const person = await getPerson(ctx, personId);
  const labels = await repo.selectLabelsOf(db, personId);
  const grants = await selectGrants(db, { personId, open: false, after: null, limit: 100, now });
  const openings = await selectGlasses(db, { personId, state: 'all', before: null, limit: 100 });
  return {
    person,
    labels: labels.map(toLabel),
    grants: await toGrants(db, grants, viewerId, now),
    openings: await toOpenings(db, openings, now),
    readers: await readersOf(db, personId, now),
    accesses: await accessesOf(db, personId),
  };
}

export async function unmask(db: Db, personId: string): Promise<UnmaskedPerson & { patientRowId: string }> {
  const patients = await getPatientsOfPerson(db, personId);
  const [first] = patients;
  if (first === undefined) throw new AppError('request.not_found');
  const numbers = patients.map(async (one) => ({
    institutionName: await institutionName(db, one.institutionId),
    patientId: one.patientId,
  }));
  return { name: first.name, patients: await Promise.all(numbers), patientRowId: first.id };
}

/** Asks the one engine, for every account that could, over the person's newest exam. */
async function readersOf(db: Db, personId: string, now: Date): Promise<ProtectedPersonDetail['readers']> {
  const [examId] = await repo.selectExamIdsOf(db, personId);
  if (examId === undefined) return [];
  const exam = await getExamFacts(db, examId);
  if (exam.labels.length === 0) return [];
  const readers: ProtectedPersonDetail['readers'] = [];
  for (const account of await repo.selectGrantedAccounts(db, now, 200)) {
    const decision = decide(await loadAccountAuthority(db, account.id, now), exam, 'exam.view', now);
    if (decision.allowed && decision.identity === 'full')
      readers.push({ accountName: account.name, by: decision.rule });
  }
  return readers;
}

async function accessesOf(db: Db, personId: string): Promise<ProtectedPersonDetail['accesses']> {
  const patients = await getPatientsOfPerson(db, personId);
  const rows = await repo.selectAccesses(
    db,
    patients.map(({ id }) => id),
    50,
  );
  const staff = rows.flatMap((row) =>
    row.actor_kind === 'staff' && row.actor_id !== null ? [row.actor_id] : [],
  );
  const names = await repo.selectAccountNames(db, [...new Set(staff)]);
  return rows.map((row) => ({
    at: row.at.toISOString(),
    who: (row.actor_kind === 'staff' ? names.get(row.actor_id ?? '') : undefined) ?? row.actor_kind,
    event: row.event_type,
    result: row.result,
  }));
}

async function toPerson(db: Db, row: repo.PersonRow): Promise<ProtectedPerson> {
  const restrictions = row.restrictions.split(' ');
  return {
    id: row.person_id,
    ...(await showPerson(db, row.person_id)),
    tags: protectionTags.filter((tag) => row.tags.split(' ').includes(tag)),
    level: row.level,
    restriction: protectionRestrictions.findLast((one) => restrictions.includes(one)) ?? 'hidden',
    labelCount: Number(row.label_count),
    grantCount: Number(row.grant_count),
  };
}

function toLabel(row: repo.LabelRow): ProtectionLabel {
  return {
    id: row.id,
    examId: row.exam_id,
    tag: protectionTags.find((tag) => tag === row.tag) ?? 'vip',
    level: row.level,
    restriction: protectionRestrictions.find((one) => one === row.restriction) ?? 'hidden',
    source: row.source === 'rule' ? 'rule' : 'hand',
    ruleName: row.rule_name,
    reason: row.reason,
    setBy: row.set_by_name,
    validFrom: row.valid_from.toISOString(),
    validTo: row.valid_to?.toISOString() ?? null,
    removedAt: row.removed_at?.toISOString() ?? null,
    removedReason: row.removed_reason,
  };
}
