// Delimiters of a message: MSH-1 and MSH-2, or FHS/BHS-1 and -2 (HL7 v2.x chapter 2.5.4).
// Senders shorten MSH-2; what is missing takes the recommended value. A three-character `^~&` lacks the
// escape character, not the sub-component separator.
import { Hl7Error } from './error.ts';

export interface Delimiters {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  readonly escape: string;
  readonly subcomponent: string;
  /** Truncation character of v2.7 and later, when MSH-2 has a fifth character. */
  readonly truncation: string | null;
}

export const defaultDelimiters: Delimiters = {
  field: '|',
  component: '^',
  repetition: '~',
  escape: '\\',
  subcomponent: '&',
  truncation: null,
};

/** Reads the delimiters from the start of a header segment: `MSH|^~\&|…`. */
export function readDelimiters(header: string, offset = 0): Delimiters {
  const segment = header.slice(0, 3);
  const field = header.charAt(3);
  if (!isDelimiter(field)) {
    throw new Hl7Error('bad-delimiters', `${segment}-1 must be one punctuation character.`, {
      segment,
      field: 1,
      offset: offset + 3,
    });
  }
  const end = header.indexOf(field, 4);
  const encoding = header.slice(4, end === -1 ? 9 : end).replace(/[\r\n].*$/s, '');
  if (encoding.length > 5) {
    throw new Hl7Error('bad-delimiters', `${segment}-2 must hold at most five encoding characters.`, {
      segment,
      field: 2,
      offset: offset + 4,
    });
  }
  const found = fromEncodingCharacters(field, encoding);
  const all = [found.field, found.component, found.repetition, found.escape, found.subcomponent];
  if (found.truncation !== null) all.push(found.truncation);
  if (new Set(all).size !== all.length || !all.every(isDelimiter)) {
    throw new Hl7Error('bad-delimiters', `${segment}-2 must hold different punctuation characters.`, {
      segment,
      field: 2,
      offset: offset + 4,
    });
  }
  return found;
}

export function encodingCharacters(d: Delimiters): string {
  return d.component + d.repetition + d.escape + d.subcomponent + (d.truncation ?? '');
}

function fromEncodingCharacters(field: string, encoding: string): Delimiters {
  const escapeMissing = encoding.length === 3 && encoding.charAt(2) === defaultDelimiters.subcomponent;
  return {
    field,
    component: encoding.charAt(0) || defaultDelimiters.component,
    repetition: encoding.charAt(1) || defaultDelimiters.repetition,
    escape: escapeMissing ? defaultDelimiters.escape : encoding.charAt(2) || defaultDelimiters.escape,
    subcomponent: escapeMissing
      ? defaultDelimiters.subcomponent
      : encoding.charAt(3) || defaultDelimiters.subcomponent,
    truncation: encoding.charAt(4) || null,
  };
}

// Letters and digits would make every name a delimiter; quotes mark the explicit null.
function isDelimiter(character: string): boolean {
  return /^[!#-/:-@[-`{-~]$/.test(character);
}
