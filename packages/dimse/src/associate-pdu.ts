// A-ASSOCIATE-RQ and A-ASSOCIATE-AC: fixed fields, application context, presentation contexts and user
// information (PS3.8 §9.3.2, §9.3.3). Decoders take the PDU body, encoders return the whole PDU.
import { decodeAeTitle, encodeAeTitle } from './ae-title.ts';
import { ByteCursor } from './byte-cursor.ts';
import { abortReason, PduError } from './errors.ts';
import type { Limits } from './limits.ts';
import type {
  AssociateAccept,
  AssociateRequest,
  ContextAnswer,
  ProposedContext,
  UserInformation,
} from './pdu-types.ts';
import { contextResult, pduType } from './pdu-types.ts';
import {
  decodeUserInformation,
  emptyUserInformation,
  encodeItem,
  encodeUserInformation,
} from './user-information.ts';

const applicationContextItem = 0x10;
const contextRqItem = 0x20;
const contextAcItem = 0x21;
const abstractSyntaxItem = 0x30;
const transferSyntaxItem = 0x40;
const userInformationItem = 0x50;

const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');

export function encodeAssociateRequest(request: AssociateRequest): Buffer {
  const contexts = request.contexts.map((context) =>
    encodeItem(contextRqItem, [
      Buffer.from([context.id, 0, 0, 0]),
      encodeItem(abstractSyntaxItem, [ascii(context.abstractSyntax)]),
      ...context.transferSyntaxes.map((uid) => encodeItem(transferSyntaxItem, [ascii(uid)])),
    ]),
  );
  return encodeAssociate(pduType.associateRq, request, contexts);
}

export function encodeAssociateAccept(accept: AssociateAccept): Buffer {
  const contexts = accept.contexts.map((answer) =>
    encodeItem(contextAcItem, [
      Buffer.from([answer.id, 0, answer.result, 0]),
      encodeItem(transferSyntaxItem, [ascii(answer.transferSyntax)]),
    ]),
  );
  return encodeAssociate(pduType.associateAc, accept, contexts);
}

type AssociateFields = Omit<AssociateRequest, 'contexts'>;

function encodeAssociate(type: number, fields: AssociateFields, contexts: readonly Buffer[]): Buffer {
  const items = [
    encodeItem(applicationContextItem, [ascii(fields.applicationContext)]),
    ...contexts,
    encodeUserInformation(fields.userInformation),
  ];
  const fixed = Buffer.alloc(74);
  fixed.writeUInt8(type, 0);
  fixed.writeUInt32BE(68 + items.reduce((sum, item) => sum + item.length, 0), 2);
  fixed.writeUInt16BE(fields.protocolVersion, 6);
  encodeAeTitle(fields.calledAe).copy(fixed, 10);
  encodeAeTitle(fields.callingAe).copy(fixed, 26);
  return Buffer.concat([fixed, ...items]);
}

export function decodeAssociateRequest(body: Buffer, limits: Limits): AssociateRequest {
  const contexts: ProposedContext[] = [];
  const fields = decodeAssociate(body, limits, contextRqItem, (item) => {
    contexts.push(decodeProposedContext(item, limits));
    checkContexts(contexts, limits);
  });
  return { ...fields, contexts };
}

export function decodeAssociateAccept(body: Buffer, limits: Limits): AssociateAccept {
  const contexts: ContextAnswer[] = [];
  const fields = decodeAssociate(body, limits, contextAcItem, (item) => {
    contexts.push(decodeContextAnswer(item));
    checkContexts(contexts, limits);
  });
  return { ...fields, contexts };
}

function decodeAssociate(
  body: Buffer,
  limits: Limits,
  contextItem: number,
  addContext: (item: ByteCursor) => void,
): AssociateFields {
  const cursor = new ByteCursor(body);
  const protocolVersion = cursor.u16('protocol version');
  cursor.skip(2, 'reserved bytes');
  const calledAe = decodeAeTitle(cursor.take(16, 'called AE title'));
  const callingAe = decodeAeTitle(cursor.take(16, 'calling AE title'));
  cursor.skip(32, 'reserved bytes');
  let applicationContext = '';
  let userInformation: UserInformation = emptyUserInformation;
  while (cursor.remaining > 0) {
    const type = cursor.u8('item type');
    cursor.skip(1, 'reserved byte');
    const item = cursor.sub(cursor.u16('item length'), `item ${type.toString(16)}H`);
    if (type === applicationContextItem) {
      applicationContext = item.uid(item.remaining, 'application context name');
    } else if (type === contextItem) {
      addContext(item);
    } else if (type === userInformationItem) {
      userInformation = decodeUserInformation(item, limits);
    }
  }
  return { protocolVersion, calledAe, callingAe, applicationContext, userInformation };
}

function checkContexts(contexts: readonly { id: number }[], limits: Limits): void {
  const added = contexts.at(-1);
  if (added === undefined) return;
  if (contexts.length > limits.maxPresentationContexts) {
    throw new PduError(
      abortReason.invalidParameter,
      `more than ${limits.maxPresentationContexts} presentation contexts`,
    );
  }
  if (added.id % 2 === 0 || contexts.findIndex((c) => c.id === added.id) !== contexts.length - 1) {
    throw new PduError(
      abortReason.invalidParameter,
      `presentation context id ${added.id} is even or used twice`,
    );
  }
}

function decodeProposedContext(item: ByteCursor, limits: Limits): ProposedContext {
  const id = item.u8('presentation context id');
  item.skip(3, 'reserved bytes');
  let abstractSyntax: string | null = null;
  const transferSyntaxes: string[] = [];
  while (item.remaining > 0) {
    const type = item.u8('sub-item type');
    item.skip(1, 'reserved byte');
    const sub = item.sub(item.u16('sub-item length'), `sub-item ${type.toString(16)}H`);
    if (type === abstractSyntaxItem) abstractSyntax = sub.uid(sub.remaining, 'abstract syntax');
    if (type === transferSyntaxItem) transferSyntaxes.push(sub.uid(sub.remaining, 'transfer syntax'));
    if (transferSyntaxes.length > limits.maxTransferSyntaxes) {
      throw new PduError(
        abortReason.invalidParameter,
        `presentation context ${id} has too many transfer syntaxes`,
      );
    }
  }
  if (abstractSyntax === null || transferSyntaxes.length === 0) {
    throw new PduError(abortReason.invalidParameter, `presentation context ${id} lacks a syntax`);
  }
  return { id, abstractSyntax, transferSyntaxes };
}

function decodeContextAnswer(item: ByteCursor): ContextAnswer {
  const id = item.u8('presentation context id');
  item.skip(1, 'reserved byte');
  const result = item.u8('result');
  item.skip(1, 'reserved byte');
  // When rejected the transfer syntax is not significant, so whatever stands there is left unread.
  if (result !== contextResult.acceptance) return { id, result, transferSyntax: '' };
  const type = item.u8('sub-item type');
  item.skip(1, 'reserved byte');
  const sub = item.sub(item.u16('sub-item length'), 'transfer syntax');
  if (type !== transferSyntaxItem) {
    throw new PduError(
      abortReason.unexpectedParameter,
      `presentation context ${id} is accepted without transfer syntax`,
    );
  }
  return { id, result, transferSyntax: sub.uid(sub.remaining, 'transfer syntax') };
}
