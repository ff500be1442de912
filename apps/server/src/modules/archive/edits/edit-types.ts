// Words of the study edits: what may be edited, who edits, what an edit remembers.
import type { Selectable } from 'kysely';
import type { Schema } from '../../../db/index.ts';

export type EditRow = Selectable<Schema['study_edit']>;
export type EditKind = 'merge' | 'split' | 'move-patient' | 'attributes' | 'reject' | 'delete';
/** DICOM keyword -> text; null: not there. */
export type Attributes = Record<string, string | null>;
/** staff:<account>, client:<id>, node:<AE title>, system; and why. */
export type EditAuthor = { madeBy: string; reason: string };
/** What an edit is about within one study; nothing given: all of it. */
export type Selection = { seriesInstanceUids?: readonly string[]; sopInstanceUids?: readonly string[] };
