// Writes one row of the audit trail (GB/T 22239 8.1.4.3). Callers: every use case and edge, in the transaction of
// the act where there is one. Rows are append-only (trigger in the database). A row holds ids, UIDs, codes and
// counts; `detail` drops every field whose name could hold a person's name, number, phone or address.
import { hostname } from 'node:os';
import type { Db, Tx } from '../../db/index.ts';
import { deviceModel } from './device-model.ts';
import { insertEvent } from './repo.ts';

/** Who did it, as the access module's Viewer says; structural, because audit lies below access. */
export type AuditViewer =
  | { kind: 'anonymous' }
  | { kind: 'staff'; accountId: string; role: string; sessionId: string }
  | { kind: 'patient'; personId: string; proof: string; sessionId: string }
  | { kind: 'client'; clientId: string };

/** For acts without a viewer: a job, a DICOM or HL7 peer (id is the node id or AE title). */
export type AuditActor = { kind: 'system' | 'node'; id?: string; device?: string; address?: string };

/** What the trail wants of an HTTP request; a FastifyRequest fits. */
export type AuditRequest = {
  id: string;
  ip: string;
  headers: {
    'user-agent'?: string | undefined;
    'x-forwarded-for'?: string | string[] | undefined;
  };
  routeOptions?: { config?: { access?: { scope: string } } };
};

export type AuditDetail = Record<string, string | number | boolean | null | readonly string[] | undefined>;

export type AuditEntry = {
  /** Past tense, module first: 'report.viewed', 'staff.logged_in'. */
  event: string;
  viewer?: AuditViewer;
  actor?: AuditActor;
  objectType?: string | undefined;
  objectId?: string | undefined;
  /** Row id of patient, never the hospital's number. */
  patientId?: string | null | undefined;
  studyInstanceUid?: string | null | undefined;
  purpose?: string | undefined;
  result: 'ok' | 'denied' | 'error';
  resultCode?: string | undefined;
  /** SM3 of what was there before the act, and of what is there after it. */
  beforeHash?: string | undefined;
  afterHash?: string | undefined;
  detail?: AuditDetail | undefined;
  request?: AuditRequest | undefined;
};

export async function recordAudit(db: Db | Tx, entry: AuditEntry): Promise<void> {
  const actor = describeActor(entry);
  const detail = safeDetail(entry.detail);
  const device = entry.request?.headers['user-agent'] ?? entry.actor?.device;
  await insertEvent(db, {
    ...actor,
    source_ip: entry.request?.ip ?? entry.actor?.address ?? null,
    forwarded_chain: cut(entry.request?.headers['x-forwarded-for']?.toString(), 300),
    device: cut(device, 300),
    device_model: deviceModel(device),
    event_type: entry.event,
    object_type: entry.objectType ?? null,
    object_id: cut(entry.objectId, 200),
    patient_id: entry.patientId ?? null,
    study_instance_uid: cut(entry.studyInstanceUid, 64),
    report_version: figure(entry.detail?.version),
    purpose: cut(entry.purpose, 200),
    data_scope: entry.request?.routeOptions?.config?.access?.scope ?? null,
    result: entry.result,
    result_code: entry.resultCode ?? null,
    before_hash: entry.beforeHash ?? null,
    after_hash: entry.afterHash ?? null,
    bytes: figure(entry.detail?.bytes),
    duration_ms: figure(entry.detail?.durationMs),
    detail,
    trace_id: entry.request?.id ?? null,
    node: hostname(),
  });
}

function describeActor(entry: AuditEntry) {
  const { viewer } = entry;
  const none = { actor_id: null, actor_role: null, auth_method: null, session_id: null };
  if (viewer === undefined) {
    return { ...none, actor_kind: entry.actor?.kind ?? 'system', actor_id: cut(entry.actor?.id, 64) };
  }
  switch (viewer.kind) {
    case 'anonymous':
      return { ...none, actor_kind: 'anonymous' };
    case 'staff':
      return {
        actor_kind: 'staff',
        actor_id: viewer.accountId,
        actor_role: viewer.role,
        auth_method: 'password',
        session_id: viewer.sessionId,
      };
    case 'patient':
      return {
        actor_kind: 'patient',
        actor_id: viewer.personId,
        actor_role: 'patient',
        auth_method: viewer.proof,
        session_id: viewer.sessionId,
      };
    case 'client':
      return { ...none, actor_kind: 'client', actor_id: viewer.clientId, auth_method: 'token' };
  }
}

/** A field of the detail that has a column of its own as well. */
function figure(value: AuditDetail[string]): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

const personal = /name|phone|mobile|identity|idno|address|birth|title|text|body/i;

/** JSON of the fields that may stay, or null when none is left. */
export function safeDetail(detail: AuditDetail | undefined): string | null {
  if (detail === undefined) return null;
  const kept = Object.entries(detail)
    .filter(([field, value]) => value !== undefined && !personal.test(field))
    .slice(0, 30)
    .map(([field, value]) => [field, typeof value === 'string' ? cut(value, 300) : value]);
  return kept.length === 0 ? null : JSON.stringify(Object.fromEntries(kept));
}

function cut(text: string | null | undefined, limit: number): string | null {
  if (text === undefined || text === null) return null;
  return text.length > limit ? text.slice(0, limit) : text;
}
