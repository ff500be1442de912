// One message of the demo's outbox, with the link and the code taken out of its text for scripts.
import type { Db } from '../../db/index.ts';
import { type DemoRow, selectDemoMessages } from './repo.ts';

const mostShown = 500;

export type OutboxItem = { at: string; phone: string; body: string; links: string[]; code?: string };

/** Newest first. */
export async function listOutbox(db: Db): Promise<OutboxItem[]> {
  return (await selectDemoMessages(db, mostShown)).map(toItem);
}

export function toItem(row: Pick<DemoRow, 'phone' | 'body' | 'created_at'>): OutboxItem {
  const links = row.body.match(/https?:\/\/[^\s（）()，。【】]+/g) ?? [];
  const code = /验证码是(\d{6})/.exec(row.body)?.[1];
  const item = { at: row.created_at.toISOString(), phone: row.phone, body: row.body, links: [...links] };
  return code === undefined ? item : { ...item, code };
}
