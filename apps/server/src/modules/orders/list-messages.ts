// Received HL7 messages as the console lists them: by state, newest first. What came of each, nothing of its content.
import type { Db, Tx } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import * as repo from './message-repo.ts';

export type { KeptMessage, MessageRow, StateChange } from './message-repo.ts';

export type MessagesAsk = { state: repo.MessageState; cursor: string | null; limit: number };
export type MessagesPage = {
  items: repo.MessageRow[];
  nextCursor: string | null;
  total: number;
  totalIsFloor: boolean;
};

const countLimit = 10_000;

export async function listMessages(db: Db, ask: MessagesAsk): Promise<MessagesPage> {
  const [rows, count] = await Promise.all([
    repo.selectMessages(db, { state: ask.state, beforeId: ask.cursor, limit: ask.limit + 1 }),
    repo.countMessages(db, ask.state, countLimit + 1),
  ]);
  const items = rows.slice(0, ask.limit);
  const nextCursor = rows.length > ask.limit ? (items.at(-1)?.id ?? null) : null;
  return { items, nextCursor, total: Math.min(count, countLimit), totalIsFloor: count > countLimit };
}

/** With its bytes. */
export async function getMessage(db: Db | Tx, id: string): Promise<repo.KeptMessage> {
  const row = await repo.selectMessage(db, id);
  if (row === undefined) throw new AppError('request.not_found');
  return row;
}
