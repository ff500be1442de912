// The hospital's hanging protocols: the list in force, its history, and which one a study is laid out by.
import {
  chooseHanging,
  defaultHanging,
  type HangingOverview,
  type HangingProtocol,
  HangingProtocols,
} from '@yunying/api';
import { Value } from 'typebox/value';
import type { Context } from '../../../context.ts';
import type { Db } from '../../../db/index.ts';
import { AppError } from '../../../errors.ts';
import { listSeries, type StudyRow } from '../../archive/index.ts';
import * as repo from './repo.ts';

export async function getHanging(db: Db): Promise<HangingOverview> {
  const history = await repo.selectHistory(db);
  const [newest] = history;
  return {
    version: newest?.version ?? 0,
    protocols: newest === undefined ? [...defaultHanging] : parse(newest.protocols),
    history: history.map((row) => ({
      version: row.version,
      savedAt: row.saved_at.toISOString(),
      savedBy: row.saved_by,
      count: parse(row.protocols).length,
    })),
  };
}

/** The list of an earlier version; 0 is the list that comes with the product. */
export async function getHangingVersion(db: Db, version: number): Promise<HangingProtocol[]> {
  if (version === 0) return [...defaultHanging];
  const row = await repo.selectVersion(db, version);
  if (row === undefined) throw new AppError('request.not_found');
  return parse(row.protocols);
}

/** Saves on top of the version that was edited; refused when another administrator saved meanwhile. */
export async function saveHanging(
  ctx: Pick<Context, 'db' | 'clock'>,
  change: { after: number; protocols: readonly HangingProtocol[]; by: string | null },
): Promise<number> {
  for (const { name, rows, columns, panes } of change.protocols) {
    if (name.trim() === '') throw new AppError('request.invalid', { field: 'name' });
    if (panes.length > rows * columns) throw new AppError('request.invalid', { field: 'panes' });
  }
  return ctx.db.transaction().execute(async (tx) => {
    const newest = (await repo.selectNewest(tx))?.version ?? 0;
    if (newest !== change.after) throw new AppError('portal.hanging_changed');
    await repo.insertVersion(tx, {
      version: newest + 1,
      protocols: JSON.stringify(change.protocols),
      saved_at: ctx.clock.now(),
      saved_by: change.by,
    });
    return newest + 1;
  });
}

export async function hangingOf(db: Db, study: StudyRow): Promise<HangingProtocol | null> {
  const [newest, series] = await Promise.all([repo.selectNewest(db), listSeries(db, study.id)]);
  const texts = (list: (string | null)[]) => list.filter((text) => text !== null);
  return chooseHanging(newest === undefined ? defaultHanging : parse(newest.protocols), {
    modalities: texts(series.map((one) => one.modality)),
    bodyParts: texts(series.map((one) => one.body_part_examined)),
    descriptions: texts([study.study_description, ...series.map((one) => one.series_description)]),
    seriesCount: series.length,
  });
}

/** A list that a later version of the product no longer understands counts as none. */
function parse(text: string): HangingProtocol[] {
  const list: unknown = JSON.parse(text);
  return Value.Check(HangingProtocols, list) ? list : [];
}
