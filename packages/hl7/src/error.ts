// The one error of this package. Every refusal of a message, path or value is an Hl7Error with a code for
// programs and a sentence for people. The sentence says what is wrong and where; it never quotes field
// content, because field content is a patient's.

export type Hl7ErrorCode =
  | 'too-large'
  | 'empty'
  | 'no-msh'
  | 'xml-encoding'
  | 'bad-delimiters'
  | 'several-messages'
  | 'too-many-segments'
  | 'too-many-parts'
  | 'bad-path'
  | 'no-segment'
  | 'bad-segment'
  | 'fixed-field'
  | 'charset-unsupported'
  | 'charset-undecodable'
  | 'charset-unmappable'
  | 'bad-time'
  | 'bad-number'
  | 'bad-encapsulated'
  | 'batch-count'
  | 'no-msa';

export interface Hl7Location {
  /** Segment name, with its occurrence when it is not the first: `OBX[2]`. */
  segment?: string;
  field?: number;
  /** Byte (or, for text input, character) position in the input. */
  offset?: number;
}

export class Hl7Error extends Error {
  readonly code: Hl7ErrorCode;
  readonly segment: string | null;
  readonly field: number | null;
  readonly offset: number | null;

  constructor(code: Hl7ErrorCode, message: string, where: Hl7Location = {}) {
    super(message);
    this.name = 'Hl7Error';
    this.code = code;
    this.segment = where.segment ?? null;
    this.field = where.field ?? null;
    this.offset = where.offset ?? null;
  }
}
