// What a node row is to the other modules.
import type { Selectable } from 'kysely';
import type { Schema } from '../../db/index.ts';

export type NodeRow = Selectable<Schema['node']>;

export { type NodeMay, nodeMays } from '@yunying/api';
