// Apply a message whose row is kept: its route runs behind a savepoint, so that a refusal undoes the effects and leaves
// the row with its reason. Callers: receive-message.ts (the door) and retry-message.ts (an administrator).
import { Hl7Error, type Message } from '@yunying/hl7';
import type { ControlledTransaction } from 'kysely';
import type { Context } from '../../context.ts';
import type { Db, Schema, Tx } from '../../db/index.ts';
import { AppError, isAppError, toAppError } from '../../errors.ts';
import { placedText, type Refused, refusedBy } from './acknowledge.ts';
import { sqlState, typeOf } from './message-facts.ts';
import type { StateChange } from './message-repo.ts';
import type { Applied, MessageContext, MessageRoute, MessageRoutes, Received } from './message-route.ts';

export type MessageTx = ControlledTransaction<Schema>;
export type Outcome = {
  state: 'applied' | 'ignored' | 'failed';
  refusal: Refused | null;
  note: string | null;
};

type Applier = Pick<Context, 'blobs' | 'config' | 'log'>;

const maxTries = 4;
// Serialization failure, deadlock, unique violation of two messages racing: the whole transaction is tried again.
const retryable = new Set(['40001', '40P01', '23505']);
// A character that no text column holds (an escaped zero byte).
const unstorableText = '22021';

export async function inRetriedTransaction<T>(db: Db, run: (tx: MessageTx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTransaction(db, run);
    } catch (error) {
      if (attempt >= maxTries || !retryable.has(sqlState(error))) throw error;
    }
  }
}

async function inTransaction<T>(db: Db, run: (tx: MessageTx) => Promise<T>): Promise<T> {
  const tx = await db.startTransaction().execute();
  try {
    const outcome = await run(tx);
    await tx.commit().execute();
    return outcome;
  } catch (error) {
    if (!tx.isRolledBack)
      await tx
        .rollback()
        .execute()
        .catch(() => undefined);
    throw error;
  }
}

export async function applyMessage(
  ctx: Applier,
  routes: MessageRoutes,
  message: Message,
  received: Received,
  tx: MessageTx,
): Promise<Outcome> {
  const route = routes[typeOf(message)];
  if (route === undefined) return unsupported(routes, message);
  const point = await tx.savepoint('apply').execute();
  try {
    const applied = await runRoute(route, ctx, point, message, received);
    await point.releaseSavepoint('apply').execute();
    return { state: applied.state, refusal: null, note: applied.state === 'ignored' ? applied.note : null };
  } catch (error) {
    const state = sqlState(error);
    if (retryable.has(state)) throw error;
    await point.rollbackToSavepoint('apply').execute();
    const expected = error instanceof Hl7Error || isAppError(error) || state === unstorableText;
    const refusal = refusedBy(
      error instanceof Hl7Error
        ? error
        : state === unstorableText
          ? new AppError('hl7.field_value')
          : toAppError(error),
    );
    const fields = { event: 'hl7.failed', code: refusal.code, id: received.messageId };
    if (expected) ctx.log.warn(fields);
    else ctx.log.error({ ...fields, error });
    return { state: 'failed', refusal, note: null };
  }
}

/** What the row says of an outcome. */
export function changeOf(outcome: Outcome): StateChange {
  const { state, refusal, note } = outcome;
  return {
    state,
    errorCode: refusal?.code ?? note,
    error: refusal === null ? null : placedText(refusal),
  };
}

export function unsupportedError(typeKnown: boolean): AppError {
  return new AppError(typeKnown ? 'hl7.unsupported_event' : 'hl7.unsupported_type', {
    segment: 'MSH',
    field: 9,
  });
}

function runRoute(
  route: MessageRoute,
  ctx: MessageContext,
  tx: Tx,
  message: Message,
  received: Received,
): Promise<Applied> {
  return route({ blobs: ctx.blobs, config: ctx.config, log: ctx.log }, tx, message, received);
}

function unsupported(routes: MessageRoutes, message: Message): Outcome {
  const { code } = message.type;
  const typeKnown = Object.keys(routes).some((name) => name.startsWith(`${code}^`));
  return { state: 'ignored', refusal: refusedBy(unsupportedError(typeKnown)), note: null };
}
