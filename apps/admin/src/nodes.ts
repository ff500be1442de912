// The list of nodes comes whole (a hospital has some hundreds at most): it is cut into pages here, by the same search
// as every other list.
import type { NodeItem } from '@yunying/api';
import type { Page } from './console-api.ts';
import type { Paging } from './list-search.ts';

export const nodesKey = ['nodes'] as const;

/** As listed, from the row after the cursor on. A cursor that is gone begins at the front. */
export function pageOfNodes(nodes: readonly NodeItem[], paging: Paging): Page<NodeItem> {
  const from = paging.cursor === null ? 0 : nodes.findIndex((node) => node.id === paging.cursor) + 1;
  const items = nodes.slice(from, from + paging.limit);
  const hasMore = from + items.length < nodes.length;
  return { items, nextCursor: hasMore ? (items.at(-1)?.id ?? null) : null, total: nodes.length };
}

/** Newest heard first, never heard last. */
export function byLastSeen(nodes: readonly NodeItem[]): NodeItem[] {
  return [...nodes].sort((a, b) => (b.lastSeenAt ?? '').localeCompare(a.lastSeenAt ?? ''));
}

/** The registered node that a form's values would change. */
export function sameNode(
  nodes: readonly NodeItem[],
  wanted: { kind: string; name: string; facility: string },
): NodeItem | undefined {
  return nodes.find(
    (node) =>
      node.kind === wanted.kind &&
      node.name === wanted.name.trim() &&
      (node.facility ?? '') === (wanted.kind === 'hl7' ? wanted.facility.trim() : ''),
  );
}
