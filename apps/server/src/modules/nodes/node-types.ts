// What a node row is to the other modules.
import type { Selectable } from 'kysely';
import type { Schema } from '../../db/index.ts';

export type NodeRow = Selectable<Schema['node']>;

/** What a node may do with us, as words in node.may. */
export const nodeMays = ['store', 'find', 'move', 'get', 'send', 'commit', 'worklist', 'mpps'] as const;
export type NodeMay = (typeof nodeMays)[number];
