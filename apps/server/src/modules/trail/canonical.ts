// The canonical text of an audit row and its link (spec AD-4): hash = SM3(hash before | seq | fields in this order). The
// database writes the text, so that both the sealer and the verifier hash what is stored and not what a driver made
// of it; quote_nullable keeps the fields apart whatever they hold. The order is part of the format: add at the end only.
import { hash } from 'node:crypto';
import { sql } from 'kysely';

const fields = [
  'actor_kind',
  'actor_id',
  'actor_role',
  'auth_method',
  'session_id',
  'source_ip',
  'forwarded_chain',
  'device',
  'device_model',
  'event_type',
  'object_type',
  'object_id',
  'patient_id',
  'study_instance_uid',
  'report_version',
  'purpose',
  'data_scope',
  'result',
  'result_code',
  'before_hash',
  'after_hash',
  'bytes',
  'duration_ms',
  'detail',
  'trace_id',
  'node',
] as const;

/** Text of the row `e` without its number; null when the row is not there. */
export const bodyOfRow = sql.raw<string | null>(
  `case when e.seq is null then null else concat_ws(',', (extract(epoch from e.at) * 1000000)::bigint, ${fields
    .map((field) => `quote_nullable(e.${field})`)
    .join(', ')}) end`,
);

/** What the first link follows. */
export const firstHash = '0'.repeat(64);

/** Hashes are lower-case hex here and bytes in the table. */
export function linkHash(before: string, seq: string, body: string): string {
  return hash('sm3', `${before}|${seq}|${body}`, 'hex');
}

/** What a head signs. */
export function headText(head: { linkNo: string; hash: string; madeAt: Date }): Buffer {
  return Buffer.from(`yunying audit head|${head.linkNo}|${head.hash}|${head.madeAt.toISOString()}`);
}
