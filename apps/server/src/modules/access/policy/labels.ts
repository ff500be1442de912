// Security labels of persons and exams (spec AC-6, GB/T 39725-2020): a tag says why somebody is protected, a level how
// much, a restriction what those see whom no grant opens it to. A label holds for the person's every exam or for one.

export const securityTags = [
  'vip',
  'staff',
  'minor',
  'psychiatric',
  'infectious',
  'genetic',
  'legal_hold',
] as const;
export type SecurityTag = (typeof securityTags)[number];

/** From mild to strict. `none` only marks; `pseudonym` keeps who it is from sight; `hidden` opens by a grant alone. */
export const restrictions = ['none', 'pseudonym', 'break_glass', 'hidden'] as const;
export type Restriction = (typeof restrictions)[number];

/** What an exam is without a label: identified clinical data. */
export const usualLevel = 4;

export type Label = { tag: SecurityTag; level: number; restriction: Restriction };

/** `tag:level:restriction` joined by spaces, as SQL gathers them. Unknown words protect: they become hidden. */
export function readLabels(text: string | null): Label[] {
  return (text ?? '')
    .split(' ')
    .filter((part) => part !== '')
    .map((part) => {
      const [tag, level, restriction] = part.split(':');
      return {
        tag: securityTags.find((known) => known === tag) ?? 'vip',
        level: Number(level),
        restriction: restrictions.find((known) => known === restriction) ?? 'hidden',
      };
    });
}
