// Institutions: which hospital a message or an object belongs to. Senders name it in many ways (MSH-4, PID-3.4,
// (0008,0080)); each way is an alias. Nothing known = the default institution, which always exists.
import type { Db, Tx } from '../../db/index.ts';
import * as repo from './repo.ts';
import type { Institution } from './types.ts';

const firstInstitution = { code: 'DEFAULT', name: '本院', isDefault: true } as const;
const maxAliasLength = 128;

/** The institution of the first alias that is known, else the default one. Aliases in order of trust. */
export async function findInstitution(
  db: Db | Tx,
  ask: { aliases?: readonly (string | null | undefined)[] } = {},
): Promise<Institution> {
  const aliases = (ask.aliases ?? []).flatMap((alias) => {
    const text = alias?.trim() ?? '';
    return text === '' || text.length > maxAliasLength ? [] : [text];
  });
  if (aliases.length > 0) {
    const known = await repo.institutionByAliases(db, aliases);
    for (const alias of aliases) {
      const found = known.find((row) => row.alias === alias);
      if (found !== undefined)
        return { id: found.id, code: found.code, name: found.name, isDefault: found.isDefault };
    }
  }
  return ensureDefaultInstitution(db);
}

/** One institution is the default; a new installation starts with a nameless one that an administrator renames. */
export async function ensureDefaultInstitution(db: Db | Tx): Promise<Institution> {
  const known = await repo.defaultInstitution(db);
  if (known !== undefined) return known;
  return setInstitution(db, { ...firstInstitution, aliases: [] });
}

/** Registers or renames an institution and its aliases (its code is always one). Repeating it is harmless. */
export async function setInstitution(
  db: Db | Tx,
  wanted: { code: string; name: string; isDefault: boolean; aliases: readonly string[] },
): Promise<Institution> {
  const write = async (tx: Tx): Promise<Institution> => {
    await repo.lockKey(tx, 'institution');
    const { code, name, isDefault } = wanted;
    const id = await repo.upsertInstitution(tx, { code, name, isDefault }, new Date());
    if (isDefault) await repo.clearOtherDefaults(tx, id);
    for (const alias of new Set([code, ...wanted.aliases])) await repo.upsertAlias(tx, alias, id);
    return { id, code, name, isDefault };
  };
  return db.isTransaction ? write(db as Tx) : db.transaction().execute(write);
}

export function getInstitutions(db: Db | Tx): Promise<Institution[]> {
  return repo.allInstitutions(db);
}

/** Row id of a department, made or renamed on the way. */
export function upsertDepartment(tx: Tx, institutionId: string, code: string, name: string): Promise<string> {
  return repo.upsertDepartment(tx, institutionId, code, name);
}
