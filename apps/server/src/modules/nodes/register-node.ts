// Registering nodes, from the command line and from the console, and disabling them. Registering a known AE title
// again changes it and enables it.
import type { NodeRules, NodeSecrets } from '@yunying/api';
import type { Context } from '../../context.ts';
import type { Db, Tx } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { mergeRules } from './node-rules.ts';
import { type NodeMay, type NodeRow, nodeMays } from './node-types.ts';
import * as repo from './repo.ts';

export type NodeSpec = {
  kind: 'dicom' | 'hl7';
  name: string;
  facility?: string;
  host?: string | null;
  port?: number | null;
  may?: readonly string[];
  charset?: string | null;
  /** Absent: as it is; null: none. */
  institutionId?: string | null;
  onConflict?: 'refuse' | 'accept';
  /** Absent: as they are. */
  rules?: NodeRules;
  secrets?: NodeSecrets;
};

/** Throws request.invalid when something cannot be of a node, before anything is asked of the database. */
export function addNode(ctx: Pick<Context, 'db' | 'clock'>, spec: NodeSpec): Promise<NodeRow> {
  const standard: NodeMay[] = spec.kind === 'dicom' ? ['store'] : ['send'];
  const node = {
    kind: spec.kind,
    name: requireName(spec),
    facility: spec.facility === undefined || spec.facility === '' ? '-' : spec.facility,
    host: requireHost(spec.host ?? null),
    port: requirePort(spec.port ?? null),
    may: requireMays(spec.may ?? standard).join(' '),
    charset: spec.charset ?? null,
    on_conflict: spec.onConflict ?? 'refuse',
    ...(spec.institutionId === undefined ? {} : { institution_id: spec.institutionId }),
  };
  const { kind, name, facility } = node;
  return ctx.db.transaction().execute(async (tx) => {
    const known = await repo.selectNode(tx, { kind, name, facility });
    const rules = mergeRules(known?.rules ?? {}, spec.rules, spec.secrets ?? {});
    return repo.upsertNode(tx, { ...node, rules }, ctx.clock.now());
  });
}

export function listNodes(db: Db): Promise<NodeRow[]> {
  return repo.selectNodes(db);
}

export async function getNode(db: Db | Tx, id: string): Promise<NodeRow> {
  const node = await repo.selectNodeById(db, id);
  if (node === undefined) throw new AppError('request.not_found');
  return node;
}

/** From now on: associations that are open stay open, the next one and the next message are refused. */
export async function setNodeDisabled(db: Db | Tx, id: string, disabledAt: Date | null): Promise<NodeRow> {
  const node = await repo.updateDisabled(db, id, disabledAt);
  if (node === undefined) throw new AppError('request.not_found');
  return node;
}

function requireName({ kind, name }: NodeSpec): string {
  const trimmed = name.trim();
  const valid =
    kind === 'dicom' ? /^[\x20-\x5b\x5d-\x7e]{1,16}$/.test(trimmed) : /^[^\r\n|]{1,180}$/.test(trimmed);
  if (!valid || trimmed === '') {
    throw new AppError('request.invalid', { field: kind === 'dicom' ? 'AE title' : 'sending application' });
  }
  return trimmed;
}

function requireHost(host: string | null): string | null {
  if (host === null) return null;
  if (!/^[A-Za-z0-9._:-]{1,253}$/.test(host)) throw new AppError('request.invalid', { field: 'host' });
  return host;
}

function requirePort(port: number | null): number | null {
  if (port === null) return null;
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new AppError('request.invalid', { field: 'port' });
  return port;
}

function requireMays(words: readonly string[]): NodeMay[] {
  return words.map((word) => {
    const known = nodeMays.find((may) => may === word.trim());
    if (known === undefined) throw new AppError('request.invalid', { field: 'may', allowed: nodeMays });
    return known;
  });
}
