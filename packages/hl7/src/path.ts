// Addresses of values: `PID-3`, `PID-3[2].4`, `PID-3.4.1`, `OBX[2]-5`, `PID-3[*].1`. All numbers count from 1
// as in the standard. `[*]` (every one) is understood by getAll only.
import { Hl7Error } from './error.ts';

export interface Hl7Path {
  readonly segment: string;
  /** Null: not written (first for get, every one for getAll). */
  readonly occurrence: number | null;
  readonly field: number;
  readonly repetition: number | null;
  readonly component: number | null;
  readonly subcomponent: number | null;
}

const grammar =
  /^([A-Z][A-Z0-9]{2})(?:\[(\d{1,6}|\*)\])?-(\d{1,4})(?:\[(\d{1,4}|\*)\])?(?:\.(\d{1,4})(?:\.(\d{1,4}))?)?$/;

const seen = new Map<string, Hl7Path>();
const seenLimit = 4096;

export function parsePath(text: string): Hl7Path {
  const known = seen.get(text);
  if (known !== undefined) return known;
  const match = grammar.exec(text);
  const path: Hl7Path | null =
    match === null
      ? null
      : {
          segment: match[1] ?? '',
          occurrence: numberOf(match[2]),
          field: Number(match[3]),
          repetition: numberOf(match[4]),
          component: numberOf(match[5]),
          subcomponent: numberOf(match[6]),
        };
  if (
    path === null ||
    [path.occurrence, path.field, path.repetition, path.component, path.subcomponent].includes(0)
  ) {
    throw new Hl7Error(
      'bad-path',
      `"${text.slice(0, 40)}" is not an address like PID-3, PID-3[2].4.1 or OBX[2]-5.`,
    );
  }
  if (seen.size >= seenLimit) seen.clear();
  seen.set(text, path);
  return path;
}

function numberOf(digits: string | undefined): number | null {
  return digits === undefined || digits === '*' ? null : Number(digits);
}
