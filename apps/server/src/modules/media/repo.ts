// SQL of the media module: table rendition, which only this module writes. A function is one statement, takes a Db or
// Tx first, and returns plain rows.
import { sql } from 'kysely';
import { type Db, newId, type Tx } from '../../db/index.ts';
import type { RenditionKind } from './media-types.ts';

export type RenditionRow = {
  id: string;
  instance_id: string | null;
  series_id: string | null;
  kind: RenditionKind;
  blob_id: string;
  media_type: string;
  frame_count: number;
  frame_index: string;
  derived: string;
};

export type NewRendition = {
  study_id: string;
  series_id: string;
  instance_id: string | null;
  kind: RenditionKind;
  blob_id: string;
  media_type: string;
  frame_count: number;
  frame_index: string;
  derived: string;
  size_bytes: number;
};

const columns = [
  'id',
  'instance_id',
  'series_id',
  'kind',
  'blob_id',
  'media_type',
  'frame_count',
  'frame_index',
  'derived',
] as const;

/** An instance's rendition is made once: a second worker's equal one is left out. */
export async function insertRendition(tx: Tx, rendition: NewRendition): Promise<void> {
  await tx
    .insertInto('rendition')
    .values({ id: newId(), ...rendition, created_at: sql`now()` })
    .onConflict((c) => c.columns(['instance_id', 'kind']).where('instance_id', 'is not', null).doNothing())
    .execute();
}

/** The one of a series is made again when instances came late. */
export async function upsertSeriesRendition(tx: Tx, rendition: NewRendition): Promise<void> {
  const { blob_id, frame_count, size_bytes } = rendition;
  await tx
    .insertInto('rendition')
    .values({ id: newId(), ...rendition, created_at: sql`now()` })
    .onConflict((c) =>
      c
        .columns(['series_id', 'kind'])
        .where('instance_id', 'is', null)
        .where('series_id', 'is not', null)
        .doUpdateSet({ blob_id, frame_count, size_bytes, created_at: sql`now()` }),
    )
    .execute();
}

export async function selectOfInstance(db: Db | Tx, instanceId: string): Promise<RenditionRow[]> {
  const rows = await db
    .selectFrom('rendition')
    .select(columns)
    .where('instance_id', '=', instanceId)
    .execute();
  return rows as RenditionRow[]; // the column's CHECK holds the kinds
}

/** The `derived` of a film of the series that was made with the series' one window. */
export async function selectSeriesWindow(db: Db | Tx, seriesId: string): Promise<string | null> {
  const row = await db
    .selectFrom('rendition')
    .select('derived')
    .where('series_id', '=', seriesId)
    .where('kind', '=', 'film')
    .where('derived', 'like', '%"seriesWindow":%')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return row?.derived ?? null;
}

/** The blob of a series' metadata, unless instances came, or were edited or recoded, after it was made (the archive's rows are only read). */
export async function selectWholeMetadata(db: Db | Tx, seriesId: string): Promise<string | null> {
  const row = await db
    .selectFrom('rendition')
    .select('blob_id')
    .where('series_id', '=', seriesId)
    .where('instance_id', 'is', null)
    .where('kind', '=', 'series-metadata')
    .where('frame_count', '=', (e) =>
      e
        .selectFrom('instance')
        .select((c) => c.cast<number>(c.fn.countAll(), 'integer').as('count'))
        .where('instance.series_id', '=', seriesId)
        .where('instance.hidden_at', 'is', null),
    )
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom('series')
            .innerJoin('study_edit', (join) =>
              join.on((on) =>
                on.or([
                  on('study_edit.study_id', '=', on.ref('series.study_id')),
                  on('study_edit.other_study_id', '=', on.ref('series.study_id')),
                ]),
              ),
            )
            .select('study_edit.id')
            .where('series.id', '=', seriesId)
            .where((one) =>
              one.or([
                one('study_edit.made_at', '>=', one.ref('rendition.created_at')),
                one('study_edit.undone_at', '>=', one.ref('rendition.created_at')),
              ]),
            ),
        ),
      ),
    )
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom('instance_compression')
            .select('instance_compression.id')
            .where('instance_compression.series_id', '=', seriesId)
            .where('instance_compression.action', '=', 'replace')
            .whereRef('instance_compression.changed_at', '>=', 'rendition.created_at'),
        ),
      ),
    )
    .executeTakeFirst();
  return row?.blob_id ?? null;
}

export async function selectOfStudy(db: Db | Tx, studyId: string): Promise<RenditionRow[]> {
  const rows = await db
    .selectFrom('rendition')
    .select(columns)
    // By the instances: an edit may have taken them into another study since.
    .where('instance_id', 'in', (e) =>
      e.selectFrom('instance').select('id').where('study_id', '=', studyId).where('hidden_at', 'is', null),
    )
    .execute();
  return rows as RenditionRow[];
}

/** Only what a pack of previews needs. */
export async function selectHtj2kOfSeries(db: Db | Tx, seriesId: string): Promise<RenditionRow[]> {
  const rows = await db
    .selectFrom('rendition')
    .select(columns)
    .where('kind', '=', 'htj2k')
    .where('instance_id', 'in', (e) =>
      e.selectFrom('instance').select('id').where('series_id', '=', seriesId).where('hidden_at', 'is', null),
    )
    .execute();
  return rows as RenditionRow[]; // the column's CHECK holds the kinds
}
