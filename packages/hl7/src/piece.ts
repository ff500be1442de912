// One node of the message tree below the segment: field, repetition, component or sub-component. A view on
// its raw text, made when asked for; `at(n)` goes one level down and gives an empty piece where there is
// nothing, so reading never fails. The same type parser reads an HD in a field and in a component.

import type { Hl7Location } from './error.ts';
import { decodeEscapes, type TextContext } from './escape.ts';
import { type Hl7Limits, splitParts } from './limits.ts';

export type PieceLevel = 'field' | 'repetition' | 'component' | 'subcomponent';

/** `absent`: nothing there. `null`: the explicit `""`, which deletes at the receiver. */
export type Presence = 'absent' | 'null' | 'value';

export interface PieceContext extends TextContext {
  readonly limits: Hl7Limits;
  readonly where: Hl7Location;
}

const below: Record<PieceLevel, PieceLevel | null> = {
  field: 'repetition',
  repetition: 'component',
  component: 'subcomponent',
  subcomponent: null,
};

export class Piece {
  readonly raw: string;
  readonly level: PieceLevel;
  readonly context: PieceContext;

  constructor(raw: string, level: PieceLevel, context: PieceContext) {
    this.raw = raw;
    this.level = level;
    this.context = context;
  }

  get presence(): Presence {
    return presenceOf(this.raw);
  }

  get isNull(): boolean {
    return this.raw === '""';
  }

  /** The value with its escapes decoded; null when absent or explicitly null. Separators below stay as written. */
  get text(): string | null {
    return this.presence === 'value' ? decodeEscapes(this.raw, this.context) : null;
  }

  /** The parts one level down; a piece without separators has one part, itself. */
  get children(): Piece[] {
    const level = below[this.level];
    if (level === null || this.raw === '') return [];
    return splitLevel(this.raw, level, this.context).map((raw) => new Piece(raw, level, this.context));
  }

  /** The n-th part one level down, counted from 1. */
  at(n: number): Piece {
    const level = below[this.level];
    if (level === null) return new Piece(n === 1 ? this.raw : '', 'subcomponent', this.context);
    return new Piece(partOf(this.raw, n, level, this.context), level, this.context);
  }
}

export function presenceOf(raw: string): Presence {
  if (raw === '') return 'absent';
  return raw === '""' ? 'null' : 'value';
}

export function separatorOf(level: PieceLevel, context: TextContext): string {
  switch (level) {
    case 'field':
      return context.delimiters.field;
    case 'repetition':
      return context.delimiters.repetition;
    case 'component':
      return context.delimiters.component;
    case 'subcomponent':
      return context.delimiters.subcomponent;
  }
}

export function splitLevel(raw: string, level: PieceLevel, context: PieceContext): string[] {
  return splitParts(raw, separatorOf(level, context), context.limits.maxParts, context.where);
}

/** The n-th part of `raw`, without making the others. */
export function partOf(raw: string, n: number, level: PieceLevel, context: TextContext): string {
  const separator = separatorOf(level, context);
  let from = 0;
  for (let i = 1; i < n; i++) {
    const at = raw.indexOf(separator, from);
    if (at === -1) return '';
    from = at + 1;
  }
  const end = raw.indexOf(separator, from);
  return end === -1 ? raw.slice(from) : raw.slice(from, end);
}

/** `raw` with its n-th part replaced, separators added as needed. */
export function withPart(
  raw: string,
  n: number,
  part: string,
  level: PieceLevel,
  context: PieceContext,
): string {
  const parts = raw === '' ? [] : splitLevel(raw, level, context);
  while (parts.length < n) parts.push('');
  parts[n - 1] = part;
  return parts.join(separatorOf(level, context));
}
