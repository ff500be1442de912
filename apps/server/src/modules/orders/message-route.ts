// What a message type does once it is parsed and stored: one function per MSH-9, run inside the transaction that
// stores the message, behind a savepoint. Modules above give theirs (reports) when the door is made.
import type { Message } from '@yunying/hl7';
import type { Context } from '../../context.ts';
import type { Tx } from '../../db/index.ts';
import type { AuditActor } from '../audit/index.ts';

export type MessageContext = Pick<Context, 'blobs' | 'config' | 'log'>;

export type Received = {
  /** Row id of hl7_message. */
  messageId: string;
  receivedAt: Date;
  /** The institution set for the node; null = decided by what the message names. */
  nodeInstitutionId: string | null;
  /** MSH-4. */
  sendingFacility: string | null;
  actor: AuditActor;
};

/** 'ignored': understood, and rightly without effect (an older version than the one we have); `note` says why. */
export type Applied = { state: 'applied' } | { state: 'ignored'; note: string };

/** Throws AppError or Hl7Error to refuse; details may name { segment, sequence, field }. */
export type MessageRoute = (
  ctx: MessageContext,
  tx: Tx,
  message: Message,
  received: Received,
) => Promise<Applied>;

/** By MSH-9: 'ORU^R01'. */
export type MessageRoutes = Readonly<Record<string, MessageRoute>>;
