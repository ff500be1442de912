import type { MessageItem } from '@yunying/api';
import { describe, expect, it } from 'vitest';
import { messageAdvice, messageReason, messageSender } from './messages.ts';
import { zhCn } from './words/zh-cn.ts';

const words: Record<string, string> = zhCn;
const t = (key: string, holes: Record<string, string | number> = {}): string =>
  (words[key] ?? key).replace(/{{(\w+)}}/g, (_, hole: string) => String(holes[hole]));
const nothing = { state: 'failed', errorCode: null, reason: null, error: null } as const;

describe('a message in words', () => {
  it('says why in the sentence of the server, with the place beside it', () => {
    expect(
      messageReason(t, { ...nothing, errorCode: 'hl7.field_missing', reason: '缺字段', error: 'PID-3: …' }),
    ).toEqual({ words: '缺字段', detail: '位置：PID-3' });
    const unreadable = { ...nothing, errorCode: 'hl7.unparsable', reason: '不可读', error: 'No MSH.' };
    expect(messageReason(t, unreadable).detail).toBe('No MSH.');
  });

  it('says why in the words of the console, else as the sender was told, else by its code', () => {
    const words = (outcome: Partial<MessageItem>) => messageReason(t, { ...nothing, ...outcome }).words;
    expect(words({ errorCode: 'reports.duplicate' })).toBe('同样的报告已在库中。');
    expect(words({ errorCode: 'hl7.no_such', error: 'In OBX-5: odd.' })).toBe('In OBX-5: odd.');
    expect(words({ errorCode: 'x.y' })).toBe('x.y');
  });

  it('names the sender as nodes are named', () => {
    const sender = (sendingApplication: string | null, sendingFacility: string | null) =>
      messageSender({ sendingApplication, sendingFacility, source: '10.0.0.9:4711' } as MessageItem);
    expect(sender('HIS', 'EAST')).toBe('HIS | EAST');
    expect(sender('HIS', null)).toBe('HIS');
    expect(sender(null, 'EAST')).toBe('— | EAST');
    expect(sender(null, null)).toBe('10.0.0.9:4711');
  });

  it('has advice where something is known to help', () => {
    expect(messageAdvice(t, 'orders.accession_taken')).toContain('检查号');
    expect(messageAdvice(t, 'x.y')).toBeNull();
    expect(messageAdvice(t, null)).toBeNull();
  });
});
