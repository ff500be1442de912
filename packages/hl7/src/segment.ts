// A segment: its raw line, split into fields when first touched. Fields are kept as raw strings, so a
// segment that is not changed is written as it came, and a change touches only the part it names.
// MSH, FHS and BHS are special: field 1 is the separator itself and field 2 the encoding characters.
import type { Charset } from './charset-names.ts';
import { type Delimiters, encodingCharacters } from './delimiters.ts';
import { Hl7Error } from './error.ts';
import { encodeEscapes } from './escape.ts';
import { type Hl7Limits, splitParts } from './limits.ts';
import { hasSegmentName } from './lines.ts';
import type { Hl7Path } from './path.ts';
import { Piece, type PieceContext, partOf, withPart } from './piece.ts';

export interface SegmentContext {
  readonly delimiters: Delimiters;
  readonly charset: Charset;
  readonly limits: Hl7Limits;
}

/** The part of an address behind the segment. */
export type FieldPath = Pick<Hl7Path, 'field' | 'repetition' | 'component' | 'subcomponent'>;

const headers = new Set(['MSH', 'FHS', 'BHS']);

export class Segment {
  readonly name: string;
  readonly #context: SegmentContext;
  readonly #occurrence: number;
  #raw: string;
  #parts: string[] | null = null;
  #changed = false;

  constructor(raw: string, context: SegmentContext, occurrence = 1) {
    this.name = raw.slice(0, 3);
    this.#raw = raw;
    this.#context = context;
    this.#occurrence = occurrence;
    if (!hasSegmentName(raw)) {
      throw new Hl7Error(
        'bad-segment',
        'A segment name is a capital letter and two capital letters or digits.',
      );
    }
  }

  /** Name for error texts, `OBX[2]` from the second on. */
  get #label(): string {
    return this.#occurrence === 1 ? this.name : `${this.name}[${this.#occurrence}]`;
  }

  get raw(): string {
    return this.#raw;
  }

  get changed(): boolean {
    return this.#changed;
  }

  /** Number of the last field that is written, empty ones included. */
  get fieldCount(): number {
    return this.#split().length - 1 + (headers.has(this.name) ? 1 : 0);
  }

  /** Field n with all its repetitions. */
  field(n: number): Piece {
    return new Piece(this.#fieldRaw(n), 'field', this.#pieceContext(n));
  }

  /** The fields from 1 on. */
  get fields(): Piece[] {
    return Array.from({ length: this.fieldCount }, (_, i) => this.field(i + 1));
  }

  /** The piece an address names. Without a repetition in the address it is the first. */
  piece(path: FieldPath): Piece {
    return this.#inside(path, path.repetition ?? 1);
  }

  /** The pieces an address names: one for each repetition when the address does not choose. */
  pieces(path: FieldPath): Piece[] {
    if (path.repetition !== null || this.#isFixed(path.field)) return [this.piece(path)];
    const repetitions = this.field(path.field).children.length;
    return Array.from({ length: repetitions }, (_, i) => this.#inside(path, i + 1));
  }

  /** Text of field n, first repetition; `component` and `subcomponent` go deeper. */
  text(field: number, component?: number, subcomponent?: number): string | null {
    return this.piece({
      field,
      repetition: null,
      component: component ?? null,
      subcomponent: subcomponent ?? null,
    }).text;
  }

  /** Writes a value, escaping it. Null writes the explicit `""`, the empty string clears. */
  set(path: FieldPath, value: string | null): void {
    this.setRaw(path, value === null ? '""' : encodeEscapes(value, this.#context.delimiters));
  }

  /** Writes raw text that may hold separators and escapes, but no line ends. */
  setRaw(path: FieldPath, raw: string): void {
    if (this.#isFixed(path.field)) {
      throw new Hl7Error('fixed-field', `${this.name}-${path.field} cannot be changed.`, {
        segment: this.#label,
        field: path.field,
      });
    }
    if (/[\r\n]/.test(raw)) {
      throw new Hl7Error('bad-segment', 'A raw value may not hold a line end.', {
        segment: this.#label,
        field: path.field,
      });
    }
    const context = this.#pieceContext(path.field);
    const { repetition, component, subcomponent } = path;
    const old = this.#fieldRaw(path.field);
    let part = raw;
    if (component !== null) {
      const oldRepetition = partOf(old, repetition ?? 1, 'repetition', context);
      if (subcomponent !== null) {
        const oldComponent = partOf(oldRepetition, component, 'component', context);
        part = withPart(oldComponent, subcomponent, part, 'subcomponent', context);
      }
      part = withPart(oldRepetition, component, part, 'component', context);
    }
    this.#replaceField(path.field, withPart(old, repetition ?? 1, part, 'repetition', context));
  }

  #inside(path: FieldPath, repetition: number): Piece {
    const field = this.field(path.field);
    if (this.#isFixed(path.field)) {
      const first = repetition === 1 && (path.component ?? 1) === 1 && (path.subcomponent ?? 1) === 1;
      return new Piece(first ? field.raw : '', 'subcomponent', { ...field.context, delimiters: unescaped });
    }
    const inRepetition = field.at(repetition);
    if (path.component === null) return inRepetition;
    const inComponent = inRepetition.at(path.component);
    return path.subcomponent === null ? inComponent : inComponent.at(path.subcomponent);
  }

  #isFixed(field: number): boolean {
    return headers.has(this.name) && field <= 2;
  }

  #fieldRaw(n: number): string {
    if (n < 1) return '';
    if (!headers.has(this.name)) return this.#split()[n] ?? '';
    return n === 1 ? this.#context.delimiters.field : (this.#split()[n - 1] ?? '');
  }

  #replaceField(n: number, raw: string): void {
    if (n > this.#context.limits.maxParts) {
      throw new Hl7Error('too-many-parts', `Segment ${this.#label} cannot have a field ${n}.`, {
        segment: this.#label,
        field: n,
      });
    }
    const parts = this.#split();
    const index = headers.has(this.name) ? n - 1 : n;
    while (parts.length <= index) parts.push('');
    parts[index] = raw;
    this.#raw = parts.join(this.#context.delimiters.field);
    this.#changed = true;
  }

  #split(): string[] {
    this.#parts ??= splitParts(this.#raw, this.#context.delimiters.field, this.#context.limits.maxParts, {
      segment: this.#label,
    });
    return this.#parts;
  }

  #pieceContext(field: number): PieceContext {
    const { delimiters, charset, limits } = this.#context;
    return { delimiters, charset, limits, where: { segment: this.#label, field } };
  }
}

// MSH-1 and MSH-2 are the separators themselves: nothing in them is split or decoded.
const unescaped: Delimiters = {
  field: '\0',
  component: '\0',
  repetition: '\0',
  escape: '\0',
  subcomponent: '\0',
  truncation: null,
};

/** The first two fields of a new header segment: `MSH|^~\&`. */
export function headerStart(name: string, delimiters: Delimiters): string {
  return name + delimiters.field + encodingCharacters(delimiters);
}
