// Which presentation contexts and roles we accept from a caller (PS3.8 §7.1.1, PS3.7 annex D.3.3.4). Storage: every
// class of the standard's table and private classes, in every transfer syntax that keeps its pixels in the object; also
// for a peer that will take objects back by C-GET, as their SCP. SOP classes of the contract that nobody serves are
// accepted, so that their requests get an honest 0x0122.
import { isStorageSopClass, transferSyntax, verificationSopClassUid } from '@yunying/dicom';
import {
  type AssociateRequest,
  answerContexts,
  type ContextAnswer,
  contextResult,
  type ExtendedNegotiation,
  type RoleSelection,
} from '@yunying/dimse';
import { type NodeMay, preferredSyntaxes, type StoredRules } from '../modules/nodes/index.ts';
import type { DimseService } from './dimse-service.ts';

const implicitVrLittleEndian = '1.2.840.10008.1.2';
const commitmentSopClass = '1.2.840.10008.1.20.1';
const withoutPixels = new Set(['mime', 'xml', 'smpte-2110']);
export const announced: ReadonlySet<string> = new Set([
  '1.2.840.10008.5.1.4.1.2.1.1', // Patient Root FIND, MOVE, GET
  '1.2.840.10008.5.1.4.1.2.1.2',
  '1.2.840.10008.5.1.4.1.2.1.3',
  '1.2.840.10008.5.1.4.1.2.2.1', // Study Root FIND, MOVE, GET
  '1.2.840.10008.5.1.4.1.2.2.2',
  '1.2.840.10008.5.1.4.1.2.2.3',
  '1.2.840.10008.5.1.4.31', // Modality Worklist FIND
  '1.2.840.10008.3.1.2.3.3', // Modality Performed Procedure Step
  commitmentSopClass,
  '1.2.840.10008.5.1.4.33', // Instance Availability Notification
]);

export type ServiceMap = ReadonlyMap<string, { service: DimseService; may: NodeMay }>;
export type Rights = ReadonlySet<NodeMay>;

export function serviceMap(services: readonly DimseService[]): ServiceMap {
  return new Map(
    services.flatMap((service) =>
      service.sopClasses === 'storage'
        ? []
        : service.sopClasses.map(({ uid, may }) => [uid, { service, may }] as const),
    ),
  );
}

export function acceptContexts(
  request: AssociateRequest,
  services: ServiceMap,
  rights: Rights,
  rules: Pick<StoredRules, 'transferSyntaxes' | 'privateClasses' | 'sendAs'>,
): ContextAnswer[] {
  const takesBack = new Set(
    rights.has('get') ? request.userInformation.roles.filter(({ scp }) => scp).map((r) => r.sopClassUid) : [],
  );
  return answerContexts(request, ({ abstractSyntax, transferSyntaxes }) => {
    if (abstractSyntax === verificationSopClassUid) return plain(transferSyntaxes);
    const served = services.get(abstractSyntax);
    if (served !== undefined) {
      return rights.has(served.may) ? plain(transferSyntaxes) : contextResult.userRejection;
    }
    if (announced.has(abstractSyntax)) return plain(transferSyntaxes);
    if (!isStorable(abstractSyntax)) return contextResult.abstractSyntaxNotSupported;
    if (!rights.has('store') && !takesBack.has(abstractSyntax)) return contextResult.userRejection;
    if (!isStandard(abstractSyntax) && !mayBePrivate(abstractSyntax, rules.privateClasses))
      return contextResult.userRejection;
    // What it takes back is its own choice; of what it stores here the rule names the syntaxes.
    const isAllowed = (uid: string) =>
      takesBack.has(abstractSyntax) || (rules.transferSyntaxes?.includes(uid) ?? true);
    const storable = transferSyntaxes.filter((uid) => isStorableSyntax(uid) && isAllowed(uid));
    const preferred = takesBack.has(abstractSyntax)
      ? preferredSyntaxes(rules).find((uid) => storable.includes(uid))
      : undefined;
    if (preferred !== undefined) return preferred;
    // The sender's order, but implicit VR last: it loses the VR of private elements.
    const chosen = storable.find((uid) => uid !== implicitVrLittleEndian) ?? storable[0];
    return chosen ?? contextResult.transferSyntaxesNotSupported;
  });
}

/** The peer may be SCP of storage when it may retrieve, and of commitment to report to us. */
export function acceptRoles(request: AssociateRequest, rights: Rights): RoleSelection[] {
  return request.userInformation.roles.flatMap(({ sopClassUid, scu, scp }) => {
    if (sopClassUid === commitmentSopClass)
      return [{ sopClassUid, scu: scu && rights.has('commit'), scp: scp && rights.has('commit') }];
    if (!isStorable(sopClassUid)) return [];
    return [{ sopClassUid, scu: scu && rights.has('store'), scp: scp && rights.has('get') }];
  });
}

/** Extended negotiation is answered by the service of the class, to those who may use it. */
export function acceptExtended(
  request: AssociateRequest,
  services: ServiceMap,
  rights: Rights,
): ExtendedNegotiation[] {
  return request.userInformation.extended.flatMap(({ sopClassUid, serviceClassApplication: proposed }) => {
    const served = services.get(sopClassUid);
    if (served === undefined || !rights.has(served.may)) return [];
    const accepted = served.service.answerExtended?.(sopClassUid, proposed) ?? null;
    return accepted === null ? [] : [{ sopClassUid, serviceClassApplication: accepted }];
  });
}

/** The table, retired ones too; private classes (not under the standard's root); storage classes newer than the table. */
export function isStorable(sopClassUid: string): boolean {
  if (isStorageSopClass(sopClassUid)) return true;
  return !isStandard(sopClassUid) || sopClassUid.startsWith('1.2.840.10008.5.1.4.1.1.');
}

function isStandard(sopClassUid: string): boolean {
  return sopClassUid.startsWith('1.2.840.10008.') || isStorageSopClass(sopClassUid);
}

function mayBePrivate(sopClassUid: string, rule: StoredRules['privateClasses']): boolean {
  if (rule === undefined || rule === 'all') return true;
  return rule !== 'none' && rule.includes(sopClassUid);
}

function plain(transferSyntaxes: readonly string[]): string | number {
  return transferSyntaxes.find(isPlain) ?? contextResult.transferSyntaxesNotSupported;
}

export function isPlain(uid: string): boolean {
  const syntax = transferSyntax(uid);
  return syntax !== undefined && !syntax.encapsulated && !syntax.deflated && syntax.codec === 'none';
}

export function isStorableSyntax(uid: string): boolean {
  const syntax = transferSyntax(uid);
  return syntax !== undefined && !withoutPixels.has(syntax.codec);
}
