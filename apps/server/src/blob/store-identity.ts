// A store folder carries its own id, so that a moved folder keeps its rows and a folder whose disk is not mounted is
// noticed before new files are written beside the old ones.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileDurably } from '../db/durable-file.ts';
import { type Db, newId } from '../db/index.ts';
import { findStoreByUrl, upsertStore } from './repo.ts';

export async function identifyStore(db: Db, folder: string): Promise<string> {
  const marker = join(folder, 'STORE');
  const url = `file:${folder}`;
  if (existsSync(marker)) {
    const id = readFileSync(marker, 'utf8').trim();
    if (!/^\d{1,19}$/.test(id)) throw new Error(`${marker} does not hold a store id`);
    await upsertStore(db, id, url);
    return id;
  }
  if ((await findStoreByUrl(db, url)) !== undefined) {
    throw new Error(
      `the blob folder ${folder} is empty but the database knows files in it; is its disk mounted?`,
    );
  }
  const id = newId();
  writeFileDurably(marker, `${id}\n`, 0o600); // first: a crash before the row leaves a folder that names itself
  await upsertStore(db, id, url);
  return id;
}
