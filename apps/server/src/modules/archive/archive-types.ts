// The archive's rows as the other modules see them: the columns of the migration, names unchanged.
import type { Selectable } from 'kysely';
import type { Schema } from '../../db/index.ts';

export type StudyRow = Selectable<Schema['study']>;
export type SeriesRow = Selectable<Schema['series']>;
export type InstanceRow = Selectable<Schema['instance']>;
export type QuarantineRow = Selectable<Schema['quarantine']>;

/** An instance with the UIDs of where it belongs. */
export type PlacedInstance = InstanceRow & { study_instance_uid: string; series_instance_uid: string };

export type MediaState = 'waiting' | 'ready' | 'none' | 'failed';
export type StudyMediaState = 'none' | 'preparing' | 'ready' | 'partial';
