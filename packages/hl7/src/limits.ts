// Limits on what a message may make us allocate. Sizes are checked before anything is split; counts are
// checked while splitting, so a hostile line of a million separators never becomes a million strings.
import { Hl7Error, type Hl7Location } from './error.ts';

export interface Hl7Limits {
  /** Whole message or batch, in bytes. */
  maxBytes: number;
  maxSegments: number;
  /** Fields in a segment, repetitions in a field, components, sub-components: each. */
  maxParts: number;
}

export const defaultLimits: Hl7Limits = {
  maxBytes: 64 * 1024 * 1024,
  maxSegments: 200_000,
  maxParts: 10_000,
};

export function limitsFrom(wanted: Partial<Hl7Limits> | undefined): Hl7Limits {
  return { ...defaultLimits, ...wanted };
}

export function checkSize(size: number, limits: Hl7Limits): void {
  if (size > limits.maxBytes) {
    throw new Hl7Error(
      'too-large',
      `The message has ${size} bytes; at most ${limits.maxBytes} are accepted.`,
      {
        offset: limits.maxBytes,
      },
    );
  }
}

/** `text.split(separator)` that refuses more than `max` parts without making them. */
export function splitParts(text: string, separator: string, max: number, where: Hl7Location): string[] {
  const parts = text.split(separator, max + 1);
  if (parts.length > max) {
    const place = where.segment === undefined ? 'A segment' : `Segment ${where.segment}`;
    const field = where.field === undefined ? '' : ` field ${where.field}`;
    throw new Hl7Error('too-many-parts', `${place}${field} has more than ${max} parts.`, where);
  }
  return parts;
}
