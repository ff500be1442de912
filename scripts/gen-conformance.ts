// Writes the generated parts of docs/dicom-conformance.md (between `<!-- generated: NAME -->` and `<!-- end -->`) from
// the tables that the program itself goes by: services and their SOP classes, storage classes, transfer syntaxes, limits
// and time-outs, rules of a node. Part of `npm run gen`; test/conformance.test.ts fails when the document is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeRules } from '@yunying/api';
import { CodecPool, frameCoding } from '@yunying/codec';
import { isStorageSopClass, sopClasses, transferSyntaxes, verificationSopClassUid } from '@yunying/dicom';
import { commandName, defaultLimits, defaultTimeouts } from '@yunying/dimse';
import { maxAssociations, mostPerformed } from '../apps/server/src/dimse/dimse-door.ts';
import type { DimseService } from '../apps/server/src/dimse/dimse-service.ts';
import { announced, isPlain, isStorableSyntax } from '../apps/server/src/dimse/negotiate.ts';
import { canTranscode } from '../apps/server/src/modules/archive/transcode/transcode-object.ts';
import { dimseServices } from '../apps/server/src/modules/index.ts';
import { openTestContext } from '../apps/server/src/testing/context.ts';
import { nodeRuleClaims, notDecoded, scuClaims, serviceClaims } from './conformance-claims.ts';
import { repositoryRoot } from './setup/root.ts';

export const conformanceFile = join(repositoryRoot, 'docs/dicom-conformance.md');

/** The document with its generated parts as the code is now. Throws when a part has no claim or no place. */
export async function conformanceText(document: string): Promise<string> {
  const parts = await generatedParts();
  let text = document;
  for (const [name, lines] of Object.entries(parts)) {
    const begin = `<!-- generated: ${name} -->`;
    const from = text.indexOf(begin);
    const to = text.indexOf('<!-- end -->', from);
    if (from < 0 || to < 0) throw new Error(`docs/dicom-conformance.md has no place for "${name}"`);
    text = `${text.slice(0, from)}${begin}\n\n${lines.join('\n')}\n\n${text.slice(to)}`;
  }
  return text;
}

async function generatedParts(): Promise<Record<string, string[]>> {
  const test = await openTestContext();
  const codec = new CodecPool({ size: 1 });
  try {
    const services = dimseServices({ ...test, codec });
    return {
      services: servicesTable(services),
      'association limits': limitsTable(),
      'node rules': rulesTable(),
      'transfer syntaxes': syntaxesTable(),
      'storage classes': storageTable(),
    };
  } finally {
    await codec.close();
    await test.close();
  }
}

function servicesTable(services: readonly DimseService[]): string[] {
  const served = services.flatMap((service) =>
    service.sopClasses === 'storage' ? [] : service.sopClasses.map((one) => ({ ...one, service })),
  );
  const rows = served.map(({ uid, may, service }) => serviceRow(uid, operationsOf(service), `\`${may}\``));
  const storage = services.find((service) => service.sopClasses === 'storage');
  const silent = [...announced].filter((uid) => !served.some((one) => one.uid === uid));
  return [
    ...table('SOP class', 'UID', 'SCP: operations', 'right of the node', 'SCU', 'held by'),
    serviceRow(verificationSopClassUid, 'C-ECHO', 'any node'),
    ...(storage === undefined ? [] : [serviceRow('storage', operationsOf(storage), '`store`')]),
    ...rows,
    ...silent.map((uid) => serviceRow(uid, 'answers 0x0122', 'any node')),
  ];
}

function serviceRow(uid: string, operations: string, right: string): string {
  const claim = serviceClaims[uid];
  if (claim === undefined) throw new Error(`no claim for SOP class ${uid} in scripts/conformance-claims.ts`);
  const asScu = scuClaims[uid];
  const { name, heldBy } = claim;
  const unknown = (claim.operations ?? []).filter((one) => !operations.includes(one));
  if (unknown.length > 0) throw new Error(`${name} has no operation ${unknown.join(', ')}`);
  const scu = asScu === undefined ? 'no' : asScu.by;
  const files = [...heldBy, ...(asScu?.heldBy ?? [])].map((file) => `\`${file}\``);
  const asked = claim.operations?.join(', ') ?? operations;
  return row(name, uid === 'storage' ? 'annex A' : uid, asked, right, scu, [...new Set(files)].join(', '));
}

/** 'cFindRq' is C-FIND, 'nEventReportRq' N-EVENT-REPORT. */
function operationsOf(service: DimseService): string {
  return Object.keys(service.operations)
    .map((field) => commandName(Number(field)).replace(/Rq$/, ''))
    .map((name) => `${name.slice(0, 1)}-${name.slice(1).replace(/(?<=[a-z])(?=[A-Z])/g, '-')}`.toUpperCase())
    .join(', ');
}

function limitsTable(): string[] {
  const bytes = (value: number) => `${value.toLocaleString('en')} bytes`;
  const seconds = (ms: number) => `${ms / 1000} s`;
  const { maxPduLength, pduSlack, maxPresentationContexts, maxTransferSyntaxes } = defaultLimits;
  const limits = '`dimse/limits.test.ts`';
  const association = '`dimse/association.test.ts`';
  return [
    ...table('association', 'value', 'held by'),
    row('maximum PDU length offered and enforced', `${bytes(maxPduLength)}; ${bytes(pduSlack)} above are tolerated`, '`dimse/hostile.test.ts`'),
    row('associations at a time', `${maxAssociations} in each receiver process (ADR 9); the next is rejected (transient, presentation provider, local limit exceeded)`, association),
    row('presentation contexts; transfer syntaxes in one', `${maxPresentationContexts}; ${maxTransferSyntaxes}`, limits),
    row('asynchronous operations', `up to ${mostPerformed} in each direction, when the peer asks for a window; else 1`, '`door/node-rules.db.test.ts`'),
    row('ARTIM time', seconds(defaultTimeouts.artimMs), '`dimse/hostile.test.ts`'),
    row('one PDU whole', seconds(defaultTimeouts.pduMs), '`dimse/hostile.test.ts`'),
    row('nothing in either direction', seconds(defaultTimeouts.idleMs), association),
    row('a running operation without progress', seconds(defaultTimeouts.operationMs), association),
    row('connecting; a response, as SCU', `${seconds(defaultTimeouts.connectMs)}; ${seconds(defaultTimeouts.responseMs)}`, association),
    row('bytes waiting for storage before the peer is stopped', bytes(defaultLimits.maxBufferedBytes), '`dimse/back-pressure.test.ts`, `test/memory.test.ts`'),
  ];
} // biome-ignore format: one row a line

function rulesTable(): string[] {
  const names = Object.keys(NodeRules.properties);
  const unknown = Object.keys(nodeRuleClaims).filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`claims for rules that are not there: ${unknown.join(', ')}`);
  return [
    ...table('rule', 'values', 'meaning', 'held by'),
    ...names.map((name) => {
      const claim = nodeRuleClaims[name];
      if (claim === undefined) throw new Error(`no claim for rule ${name} in scripts/conformance-claims.ts`);
      const schema: unknown = Reflect.get(NodeRules.properties, name);
      return row(`\`${name}\``, valuesOf(schema), claim.meaning, `\`${claim.heldBy}\``);
    }),
  ];
}

function valuesOf(schema: unknown): string {
  if (typeof schema !== 'object' || schema === null) return '';
  if ('enum' in schema && Array.isArray(schema.enum)) return schema.enum.join(', ');
  if ('minimum' in schema && 'maximum' in schema)
    return `${Number(schema.minimum).toLocaleString('en')} to ${Number(schema.maximum).toLocaleString('en')}`;
  if ('anyOf' in schema && Array.isArray(schema.anyOf)) return schema.anyOf.map(valuesOf).join(' or ');
  if ('items' in schema) return 'a list of UIDs';
  if ('properties' in schema && typeof schema.properties === 'object')
    return Object.keys(schema.properties ?? {}).join(', ');
  return 'type' in schema && schema.type === 'boolean' ? 'yes, no' : '';
}

function syntaxesTable(): string[] {
  const anyLossless = '1.2.840.10008.1.2.4.90';
  const word = (holds: boolean) => (holds ? 'yes' : 'no');
  return [
    ...table('transfer syntax', 'UID', 'stored', 'other services', 'pixels decoded', 'made from others'),
    ...[...transferSyntaxes.values()].map(({ uid, name }) =>
      row(
        name,
        uid,
        word(isStorableSyntax(uid)),
        word(isPlain(uid)),
        word(frameCoding(uid) !== undefined && !notDecoded.has(uid)),
        word(uid === anyLossless || canTranscode(anyLossless, uid)),
      ),
    ),
  ];
}

function storageTable(): string[] {
  return [
    ...table('storage SOP class', 'UID', 'SCU', 'SCP'),
    ...[...sopClasses.values()]
      .filter(({ uid }) => isStorageSopClass(uid))
      .map(({ uid, name, retired }) => row(retired ? `${name} (retired)` : name, uid, 'yes', 'yes')),
  ];
}

function table(...titles: string[]): string[] {
  return [row(...titles), `|${titles.map(() => '---').join('|')}|`];
}

function row(...cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
}

if (import.meta.main) {
  const text = await conformanceText(readFileSync(conformanceFile, 'utf8'));
  writeFileSync(conformanceFile, text);
}
