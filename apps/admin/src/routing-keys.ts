// Keys of the routing lists in the cache, and what their rows say in short.
import type { NewRoutingRule, RoutingRule } from '@yunying/api';
import type { Translate } from '@yunying/ui';
import type { Page } from './console-api.ts';
import type { Paging } from './list-search.ts';

export const rulesKey = ['routing', 'rules'] as const;
export const sendsKey = ['routing', 'sends'] as const;
export const pullsKey = ['routing', 'pulls'] as const;
export const noticesKey = ['routing', 'notices'] as const;

export const stateColours = {
  waiting: 'default',
  sending: 'processing',
  running: 'processing',
  sent: 'success',
  done: 'success',
  stopped: 'default',
  failed: 'error',
  cancelled: 'default',
} as const;

export const modalityChoices = [
  'CT',
  'MR',
  'DX',
  'CR',
  'US',
  'MG',
  'XA',
  'RF',
  'NM',
  'PT',
  'ES',
  'OP',
  'SM',
  'ECG',
  'SR',
  'OT',
].map((one) => ({ value: one, label: one }));

/** The rules come whole; a hospital has some dozens. */
export function pageOfRules(rules: readonly RoutingRule[], paging: Paging): Page<RoutingRule> {
  const from = paging.cursor === null ? 0 : rules.findIndex((rule) => rule.id === paging.cursor) + 1;
  const items = rules.slice(from, from + paging.limit);
  const hasMore = from + items.length < rules.length;
  return { items, nextCursor: hasMore ? (items.at(-1)?.id ?? null) : null, total: rules.length };
}

type Conditions = Pick<
  NewRoutingRule,
  'modalities' | 'sourceAeTitles' | 'sopClassUids' | 'institutionId' | 'departmentId'
> & { fromMinute?: number | null; toMinute?: number | null };

/** One line: what a study must be for the rule to send it. */
export function conditionsOf(rule: Conditions, t: Translate): string {
  const parts = [
    rule.modalities.length > 0 && rule.modalities.join(' '),
    rule.sourceAeTitles.length > 0 && t('routing.from', { names: rule.sourceAeTitles.join(' / ') }),
    rule.sopClassUids.length > 0 && t('routing.classes', { count: rule.sopClassUids.length }),
    rule.institutionId !== null && t('routing.institution', { id: rule.institutionId }),
    rule.departmentId !== null && t('routing.department', { id: rule.departmentId }),
    typeof rule.fromMinute === 'number' &&
      typeof rule.toMinute === 'number' &&
      `${clockOf(rule.fromMinute)}–${clockOf(rule.toMinute)}`,
  ].filter((part) => typeof part === 'string');
  return parts.length === 0 ? t('routing.everything') : parts.join(' · ');
}

export function clockOf(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** HH:MM as minutes of the day; null when empty or not a time. */
export function minuteOf(text: string): number | null {
  const found = /^([01]?\d|2[0-4]):([0-5]\d)$/.exec(text.trim());
  const minute = found === null ? null : Number(found[1]) * 60 + Number(found[2]);
  return minute === null || minute > 1440 ? null : minute;
}

export function wordsOf(text: string): string[] {
  return [...new Set(text.split(/[,，;；\n]+/).map((word) => word.trim()))].filter((word) => word !== '');
}
