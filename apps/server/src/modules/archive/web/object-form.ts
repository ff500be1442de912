// In which form a client gets whole objects (PS3.18 §8.7.3.5, §10.4.1.1): one after the other as multipart/related, the
// one instance alone, or all in a ZIP; and in which transfer syntaxes. Pure: wishes in, the choice out. No transfer
// syntax named means as stored.
import { isUid } from '@yunying/dicom';
import type { AcceptedPart } from '../../../http/media.ts';

export const dicomFile = 'application/dicom';
export const zipFile = 'application/zip';

export type ObjectForm = {
  kind: 'multipart' | 'single' | 'zip';
  /** In order of preference; '*' takes every object as it is stored. */
  accept: readonly string[] | '*';
};

export type FormFacts = {
  /** One instance was asked for by its own address. */
  single: boolean;
  stored: readonly string[];
  /** Can an object of the first syntax be given in the second? */
  canMake(from: string, to: string): boolean;
};

/** null: nothing the client accepts can be given. `wishes` best first. */
export function chooseObjectForm(wishes: readonly AcceptedPart[], facts: FormFacts): ObjectForm | null {
  for (const kind of kindsOf(wishes, facts.single)) {
    if (kind === 'zip') return { kind, accept: '*' };
    const accept = wishes
      .filter((wish) => kindOf(wish, facts.single) === kind)
      .map((wish) => wish.transferSyntaxUid);
    if (accept.includes('*')) return { kind, accept: '*' };
    const known = accept.filter(isUid);
    const takes = (from: string) => known.includes(from) || known.some((to) => facts.canMake(from, to));
    if (known.length > 0 && facts.stored.every(takes)) return { kind, accept: known };
  }
  return null;
}

function kindsOf(wishes: readonly AcceptedPart[], single: boolean): ObjectForm['kind'][] {
  const kinds = wishes.map((wish) => kindOf(wish, single));
  return [...new Set(kinds)].filter((kind) => kind !== null);
}

function kindOf(wish: AcceptedPart, single: boolean): ObjectForm['kind'] | null {
  if (wish.type === zipFile) return 'zip';
  if (wish.type === '*/*') return 'multipart';
  if (wish.type !== dicomFile && wish.type !== 'application/*') return null;
  if (wish.multipart) return 'multipart';
  return single ? 'single' : null;
}
