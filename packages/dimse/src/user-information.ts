// User information item 50H of A-ASSOCIATE-RQ/AC and its sub-items (PS3.8 §9.3.2.3, annex D.1; PS3.7
// annex D.3.3). Unknown sub-items are skipped, as the standard asks; known ones are checked in full.
import type { ByteCursor } from './byte-cursor.ts';
import { abortReason, DimseError, PduError } from './errors.ts';
import type { Limits } from './limits.ts';
import type {
  CommonExtendedNegotiation,
  ExtendedNegotiation,
  RoleSelection,
  UserIdentity,
  UserIdentityType,
  UserInformation,
} from './pdu-types.ts';

const itemType = {
  maximumLength: 0x51,
  implementationClassUid: 0x52,
  asyncOperations: 0x53,
  roleSelection: 0x54,
  implementationVersionName: 0x55,
  extended: 0x56,
  commonExtended: 0x57,
  userIdentityRq: 0x58,
  userIdentityAc: 0x59,
} as const;

const identityTypes: readonly UserIdentityType[] = [
  'username',
  'username-and-passcode',
  'kerberos',
  'saml',
  'jwt',
];

export const emptyUserInformation: UserInformation = {
  maxPduLength: 0,
  implementationClassUid: null,
  implementationVersionName: null,
  asyncOperations: null,
  roles: [],
  extended: [],
  commonExtended: [],
  userIdentity: null,
  userIdentityResponse: null,
};

/** One item: type, reserved byte (or sub-item version), 16-bit length, contents. */
export function encodeItem(type: number, contents: readonly Buffer[], second = 0): Buffer {
  const length = contents.reduce((sum, part) => sum + part.length, 0);
  if (length > 0xffff) {
    throw new DimseError(
      'invalid-argument',
      `item ${type.toString(16)}H would be ${length} bytes, 65535 is the most`,
    );
  }
  return Buffer.concat([Buffer.from([type, second, length >> 8, length & 0xff]), ...contents]);
}

function withLength(contents: Buffer): Buffer {
  if (contents.length > 0xffff)
    throw new DimseError('invalid-argument', 'a field is longer than 65535 bytes');
  return Buffer.concat([u16(contents.length), contents]);
}

function u16(value: number): Buffer {
  return Buffer.from([(value >> 8) & 0xff, value & 0xff]);
}

const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');

export function encodeUserInformation(fields: UserInformation): Buffer {
  const maximum = Buffer.alloc(4);
  maximum.writeUInt32BE(fields.maxPduLength);
  const items = [encodeItem(itemType.maximumLength, [maximum])];
  if (fields.implementationClassUid !== null) {
    items.push(encodeItem(itemType.implementationClassUid, [ascii(fields.implementationClassUid)]));
  }
  if (fields.asyncOperations !== null) {
    const { invoked, performed } = fields.asyncOperations;
    items.push(encodeItem(itemType.asyncOperations, [u16(invoked), u16(performed)]));
  }
  for (const role of fields.roles) {
    const flags = Buffer.from([role.scu ? 1 : 0, role.scp ? 1 : 0]);
    items.push(encodeItem(itemType.roleSelection, [withLength(ascii(role.sopClassUid)), flags]));
  }
  if (fields.implementationVersionName !== null) {
    items.push(
      encodeItem(itemType.implementationVersionName, [ascii(fields.implementationVersionName.slice(0, 16))]),
    );
  }
  for (const item of fields.extended) {
    items.push(
      encodeItem(itemType.extended, [withLength(ascii(item.sopClassUid)), item.serviceClassApplication]),
    );
  }
  for (const item of fields.commonExtended) {
    const related = Buffer.concat(item.relatedGeneralSopClassUids.map((uid) => withLength(ascii(uid))));
    const parts = [
      withLength(ascii(item.sopClassUid)),
      withLength(ascii(item.serviceClassUid)),
      withLength(related),
    ];
    items.push(encodeItem(itemType.commonExtended, parts));
  }
  if (fields.userIdentity !== null) items.push(encodeUserIdentity(fields.userIdentity));
  if (fields.userIdentityResponse !== null) {
    items.push(encodeItem(itemType.userIdentityAc, [withLength(fields.userIdentityResponse)]));
  }
  return encodeItem(0x50, items);
}

function encodeUserIdentity(identity: UserIdentity): Buffer {
  const head = Buffer.from([
    identityTypes.indexOf(identity.type) + 1,
    identity.positiveResponseRequested ? 1 : 0,
  ]);
  return encodeItem(itemType.userIdentityRq, [
    head,
    withLength(identity.primary),
    withLength(identity.secondary),
  ]);
}

/** `cursor` covers the contents of item 50H. */
export function decodeUserInformation(cursor: ByteCursor, limits: Limits): UserInformation {
  const roles: RoleSelection[] = [];
  const extended: ExtendedNegotiation[] = [];
  const commonExtended: CommonExtendedNegotiation[] = [];
  const fields: { -readonly [K in keyof UserInformation]: UserInformation[K] } = {
    ...emptyUserInformation,
    roles,
    extended,
    commonExtended,
  };
  while (cursor.remaining > 0) {
    const type = cursor.u8('sub-item type');
    cursor.skip(1, 'reserved byte');
    const item = cursor.sub(cursor.u16('sub-item length'), `sub-item ${type.toString(16)}H`);
    switch (type) {
      case itemType.maximumLength:
        fields.maxPduLength = item.u32('maximum length');
        break;
      case itemType.implementationClassUid:
        fields.implementationClassUid = item.uid(item.remaining, 'implementation class UID');
        break;
      case itemType.asyncOperations:
        fields.asyncOperations = {
          invoked: item.u16('operations invoked'),
          performed: item.u16('operations performed'),
        };
        break;
      case itemType.roleSelection:
        roles.push(decodeRole(item));
        break;
      case itemType.implementationVersionName:
        fields.implementationVersionName = decodeVersionName(item);
        break;
      case itemType.extended: {
        const sopClassUid = item.uid(item.u16('SOP class UID length'), 'SOP class UID');
        extended.push({ sopClassUid, serviceClassApplication: Buffer.from(item.rest()) });
        break;
      }
      case itemType.commonExtended:
        commonExtended.push(decodeCommonExtended(item, limits));
        break;
      case itemType.userIdentityRq:
        fields.userIdentity = decodeUserIdentity(item);
        break;
      case itemType.userIdentityAc:
        fields.userIdentityResponse = Buffer.from(item.take(item.u16('response length'), 'server response'));
        break;
      default:
    }
    for (const list of [roles, extended, commonExtended]) requireCount(list.length, limits, cursor.position);
  }
  return fields;
}

function requireCount(count: number, limits: Limits, position: number): void {
  if (count > limits.maxNegotiationItems) {
    throw new PduError(
      abortReason.invalidParameter,
      `more than ${limits.maxNegotiationItems} negotiation items of one kind at byte ${position}`,
    );
  }
}

function decodeRole(item: ByteCursor): RoleSelection {
  const sopClassUid = item.uid(item.u16('SOP class UID length'), 'SOP class UID');
  return { sopClassUid, scu: item.u8('SCU role') === 1, scp: item.u8('SCP role') === 1 };
}

function decodeVersionName(item: ByteCursor): string {
  const bytes = item.rest();
  if (bytes.length > 64)
    throw new PduError(abortReason.invalidParameter, 'implementation version name is too long');
  return bytes
    .toString('latin1')
    .replace(/[^\x20-\x7e]/g, '')
    .trim()
    .slice(0, 16);
}

function decodeCommonExtended(item: ByteCursor, limits: Limits): CommonExtendedNegotiation {
  const sopClassUid = item.uid(item.u16('SOP class UID length'), 'SOP class UID');
  const serviceClassUid = item.uid(item.u16('service class UID length'), 'service class UID');
  const list = item.sub(item.u16('related classes length'), 'related general SOP classes');
  const relatedGeneralSopClassUids: string[] = [];
  while (list.remaining > 0) {
    relatedGeneralSopClassUids.push(
      list.uid(list.u16('related UID length'), 'related general SOP class UID'),
    );
    requireCount(relatedGeneralSopClassUids.length, limits, list.position);
  }
  return { sopClassUid, serviceClassUid, relatedGeneralSopClassUids };
}

function decodeUserIdentity(item: ByteCursor): UserIdentity {
  const at = item.position;
  const type = identityTypes[item.u8('user identity type') - 1];
  if (type === undefined) {
    throw new PduError(abortReason.invalidParameter, `user identity type at byte ${at} is none of 1-5`);
  }
  const positiveResponseRequested = item.u8('positive response requested') === 1;
  const primary = Buffer.from(item.take(item.u16('primary field length'), 'primary field'));
  // Some peers leave the secondary length out when they have none.
  const secondary =
    item.remaining >= 2
      ? Buffer.from(item.take(item.u16('secondary field length'), 'secondary field'))
      : Buffer.alloc(0);
  return { type, positiveResponseRequested, primary, secondary };
}
