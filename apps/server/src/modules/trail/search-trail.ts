// Searching the audit trail by who, whom, what, where from, when (tender 4.3③). Names of people are turned into their
// numbers first; the rows hold no names. Patients' names come back masked (spec AD-8).
import type { TrailFilter, TrailItem, TrailPage } from '@yunying/api';
import type { Context } from '../../context.ts';
import { isAppError } from '../../errors.ts';
import { getPatient, maskName } from '../mpi/index.ts';
import * as repo from './search-repo.ts';

type Part = Pick<Context, 'db'>;

const mostCounted = 1001;

export async function searchTrail(
  ctx: Part,
  filter: TrailFilter,
  page: { cursor: string | null; limit: number },
): Promise<TrailPage> {
  const condition = await conditionOf(ctx, filter);
  const [rows, count] = await Promise.all([
    repo.selectTrail(ctx.db, condition, { cursor: page.cursor, limit: page.limit + 1 }),
    repo.countTrail(ctx.db, condition, mostCounted),
  ]);
  const items = await toItems(ctx, rows.slice(0, page.limit));
  return {
    items,
    nextCursor: rows.length > page.limit ? (items.at(-1)?.id ?? null) : null,
    total: Math.min(count, mostCounted - 1),
    totalIsFloor: count >= mostCounted,
  };
}

/** All rows that fit, newest first, no more than `most`; page by page, so memory stays small. */
export async function* readTrail(ctx: Part, filter: TrailFilter, most: number): AsyncGenerator<TrailItem[]> {
  const condition = await conditionOf(ctx, filter);
  let cursor: string | null = null;
  let given = 0;
  while (given < most) {
    const limit = Math.min(1000, most - given);
    const rows = await repo.selectTrail(ctx.db, condition, { cursor, limit });
    if (rows.length === 0) return;
    yield await toItems(ctx, rows);
    given += rows.length;
    cursor = rows.at(-1)?.seq ?? null;
    if (rows.length < limit) return;
  }
}

async function conditionOf({ db }: Part, filter: TrailFilter): Promise<repo.TrailCondition> {
  const { person, patient, exam } = filter;
  const isUid = exam !== undefined && /^[0-9]+(\.[0-9]+)+$/.test(exam);
  const found =
    exam === undefined || isUid ? { examIds: [], studyUids: [] } : await repo.examsNumbered(db, exam);
  return {
    actorIds:
      person === undefined
        ? null
        : [...(await repo.accountsNamed(db, person)), ...(await repo.clientsNamed(db, person))],
    patientIds: patient === undefined ? null : await repo.patientsNumbered(db, patient),
    studyUids: exam === undefined ? null : isUid ? [exam] : found.studyUids,
    examIds: found.examIds,
    object: filter.object ?? null,
    event: filter.event ?? null,
    device: filter.device ?? null,
    address: filter.address ?? null,
    result: filter.result ?? null,
    from: filter.from === undefined ? null : new Date(filter.from),
    to: filter.to === undefined ? null : new Date(filter.to),
  };
}

/** null: the row of the patient is gone; the trail stays. */
async function nameOfPatient(db: Part['db'], id: string): Promise<string | null> {
  try {
    return (await getPatient(db, id)).name;
  } catch (error) {
    if (isAppError(error, 'request.not_found')) return null;
    throw error;
  }
}

async function toItems({ db }: Part, rows: readonly repo.TrailRow[]): Promise<TrailItem[]> {
  const staff = rows.filter((row) => row.actor_kind === 'staff' || row.actor_kind === 'client');
  const actors = await repo.namesOfActors(
    db,
    staff.flatMap((row) => row.actor_id ?? []),
  );
  const patients = new Map<string, string>();
  for (const id of new Set(rows.flatMap((row) => row.patient_id ?? []))) {
    const name = await nameOfPatient(db, id);
    if (name !== null) patients.set(id, maskName(name));
  }
  return rows.map((row) => ({
    id: row.seq,
    at: row.at.toISOString(),
    actorKind: row.actor_kind,
    actorId: row.actor_id,
    actorName: staff.includes(row) ? (actors.get(row.actor_id ?? '') ?? null) : null,
    actorRole: row.actor_role,
    authMethod: row.auth_method,
    sessionId: row.session_id,
    address: row.source_ip,
    forwardedChain: row.forwarded_chain,
    device: row.device,
    deviceModel: row.device_model,
    event: row.event_type,
    objectType: row.object_type,
    objectId: row.object_id,
    patientId: row.patient_id,
    patientName: patients.get(row.patient_id ?? '') ?? null,
    studyInstanceUid: row.study_instance_uid,
    reportVersion: row.report_version,
    purpose: row.purpose,
    dataScope: row.data_scope,
    result: row.result,
    resultCode: row.result_code,
    beforeHash: row.before_hash,
    afterHash: row.after_hash,
    bytes: row.bytes,
    durationMs: row.duration_ms,
    detail: row.detail,
    traceId: row.trace_id,
    node: row.node,
    linkNo: row.link_no,
    hash: row.hash?.toString('hex') ?? null,
  }));
}
