// The rules of one node as they are stored (column node.rules): what the console shows of them (packages/api) and the
// secrets that go with them, which leave the database only to be used. Absent means as for every node.
import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { NodeRules, type NodeSecrets, type SendAs } from '@yunying/api';
import type { Limits, Timeouts } from '@yunying/dimse';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { AppError } from '../../errors.ts';
import type { NodeRow } from './node-types.ts';

export const StoredRules = Type.Object(
  {
    ...NodeRules.properties,
    tlsKey: Type.Optional(Type.String()),
    passcode: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
export type StoredRules = Static<typeof StoredRules>;

/** A row that a newer version wrote, or a hand, is not half obeyed: it is an error, and the door stays shut. */
export function rulesOf(node: Pick<NodeRow, 'id' | 'rules'>): StoredRules {
  if (!Value.Check(StoredRules, node.rules))
    throw new AppError('nodes.rules_unreadable', { nodeId: node.id });
  return node.rules;
}

/** What is to be stored. `rules` absent: as before; a secret absent: as before, '': none. */
export function mergeRules(stored: unknown, rules: NodeRules | undefined, secrets: NodeSecrets): StoredRules {
  const before = Value.Check(StoredRules, stored) ? stored : {};
  const { tlsKey: keyBefore, passcode: passcodeBefore, ...shown } = before;
  const next = rules ?? shown;
  const tlsKey = chosen(secrets.tlsKey?.trim(), keyBefore);
  const passcode = chosen(secrets.passcode, passcodeBefore);
  const merged = {
    ...next,
    ...(tlsKey === undefined || next.tls === undefined ? {} : { tlsKey }),
    ...(passcode === undefined || next.user === undefined ? {} : { passcode }),
  };
  if (!Value.Check(StoredRules, merged)) throw new AppError('request.invalid', { field: 'rules' });
  requireTlsMaterial(merged);
  return merged;
}

function chosen(given: string | undefined, before: string | undefined): string | undefined {
  if (given === undefined) return before;
  return given === '' ? undefined : given;
}

/** Found out when it is entered, not when the first study is to be sent. */
function requireTlsMaterial({ tls, tlsKey }: StoredRules): void {
  if (tls?.ca !== undefined && !isCertificate(tls.ca))
    throw new AppError('request.invalid', { field: 'rules.tls.ca' });
  if ((tls?.certificate === undefined) !== (tlsKey === undefined))
    throw new AppError('request.invalid', { field: 'rules.tls.certificate', reason: 'key-and-certificate' });
  if (tls?.certificate === undefined || tlsKey === undefined) return;
  try {
    createSecureContext({ cert: tls.certificate, key: tlsKey });
  } catch {
    throw new AppError('request.invalid', { field: 'rules.tls.certificate', reason: 'key-and-certificate' });
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject.length >= 0;
  } catch {
    return false;
  }
}

export function timeoutsOf(rules: StoredRules): Partial<Timeouts> {
  const { associationSeconds, dimseSeconds, idleSeconds } = rules;
  return {
    ...(associationSeconds === undefined
      ? {}
      : { artimMs: associationSeconds * 1000, connectMs: associationSeconds * 1000 }),
    ...(dimseSeconds === undefined
      ? {}
      : { responseMs: dimseSeconds * 1000, operationMs: dimseSeconds * 1000 }),
    ...(idleSeconds === undefined ? {} : { idleMs: idleSeconds * 1000 }),
  };
}

export function limitsOf({ maxPduLength }: StoredRules): Partial<Limits> {
  return maxPduLength === undefined ? {} : { maxPduLength, maxSendPduLength: maxPduLength };
}

const syntaxesOf: Record<Exclude<SendAs, 'original'>, readonly string[]> = {
  uncompressed: ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2'],
  'htj2k-lossless': ['1.2.840.10008.1.2.4.202', '1.2.840.10008.1.2.4.201'],
  'jpeg2000-lossless': ['1.2.840.10008.1.2.4.90'],
  'jpeg-ls-lossless': ['1.2.840.10008.1.2.4.80'],
  'jpeg-lossless': ['1.2.840.10008.1.2.4.70'],
  rle: ['1.2.840.10008.1.2.5'],
};

/** Transfer syntaxes to send in, in order of preference; empty: as stored. */
export function preferredSyntaxes({ sendAs }: Pick<StoredRules, 'sendAs'>): readonly string[] {
  return sendAs === undefined || sendAs === 'original' ? [] : syntaxesOf[sendAs];
}
