// The institution that exists before any message: nameless on a new installation until an administrator names it
// (`yunying institution set`), the demo's own hospital in profile demo, as its simulated systems call it.
import type { Context } from '../../context.ts';
import { ensureDefaultInstitution, setInstitution } from './institution.ts';
import type { Institution } from './types.ts';

const demo = { code: 'YYYY', name: '云影示范医院', isDefault: true, aliases: ['云影示范医院'] };

export function prepareInstitution(ctx: Pick<Context, 'db' | 'config'>): Promise<Institution> {
  return ctx.config.profile === 'demo' ? setInstitution(ctx.db, demo) : ensureDefaultInstitution(ctx.db);
}
