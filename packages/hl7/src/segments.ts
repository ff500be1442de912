// Addressing over a list of segments: a whole message, or a group inside it. Occurrences count within the
// list, so `OBX[2]-5` of an order's group is the second OBX of that order.
import { type Hl7Path, parsePath } from './path.ts';
import type { Piece, Presence } from './piece.ts';
import type { Segment } from './segment.ts';

export function segmentsNamed(list: readonly Segment[], name: string): Segment[] {
  return list.filter((segment) => segment.name === name);
}

export function segmentAt(list: readonly Segment[], name: string, occurrence: number): Segment | null {
  let n = 0;
  for (const segment of list) {
    if (segment.name === name && ++n === occurrence) return segment;
  }
  return null;
}

export function pieceAt(list: readonly Segment[], path: Hl7Path): Piece | null {
  return segmentAt(list, path.segment, path.occurrence ?? 1)?.piece(path) ?? null;
}

export function piecesAt(list: readonly Segment[], path: Hl7Path): Piece[] {
  if (path.occurrence !== null) return segmentAt(list, path.segment, path.occurrence)?.pieces(path) ?? [];
  return segmentsNamed(list, path.segment).flatMap((segment) => segment.pieces(path));
}

/** Segments that belong together, such as an OBR with the NTE and OBX behind it. */
export class Group {
  readonly segments: readonly Segment[];

  constructor(segments: readonly Segment[]) {
    this.segments = segments;
  }

  /** The first segment, or the first with this name. */
  head(name?: string): Segment | null {
    return (name === undefined ? this.segments[0] : segmentAt(this.segments, name, 1)) ?? null;
  }

  all(name: string): Segment[] {
    return segmentsNamed(this.segments, name);
  }

  get(path: string): string | null {
    return pieceAt(this.segments, parsePath(path))?.text ?? null;
  }

  getAll(path: string): string[] {
    return textsOf(piecesAt(this.segments, parsePath(path)));
  }

  presence(path: string): Presence {
    return pieceAt(this.segments, parsePath(path))?.presence ?? 'absent';
  }

  groups(starts: readonly string[], options: GroupOptions = {}): Group[] {
    return groupsOf(this.segments, starts, options);
  }
}

export interface GroupOptions {
  /** Segments that end a group without belonging to it. */
  until?: readonly string[];
}

/** Each segment named in `starts`, with all that follows up to the next start or an `until` segment. */
export function groupsOf(
  list: readonly Segment[],
  starts: readonly string[],
  options: GroupOptions,
): Group[] {
  const found: Segment[][] = [];
  let open: Segment[] | null = null;
  for (const segment of list) {
    if (starts.includes(segment.name)) {
      open = [segment];
      found.push(open);
    } else if (options.until?.includes(segment.name) === true) {
      open = null;
    } else {
      open?.push(segment);
    }
  }
  return found.map((segments) => new Group(segments));
}

/**
 * Order groups of ORM, OMI, OMG, ORU: ORC (when sent) with its OBR and all that follows. An OBR behind
 * another OBR begins a new order also without ORC.
 */
export function ordersOf(list: readonly Segment[]): Group[] {
  const found: Segment[][] = [];
  let open: Segment[] | null = null;
  for (const segment of list) {
    const second = segment.name === 'OBR' && open?.some((s) => s.name === 'OBR') === true;
    if (segment.name === 'ORC' || second || (segment.name === 'OBR' && open === null)) {
      open = [segment];
      found.push(open);
    } else if (segment.name === 'PID' || segment.name === 'DSC') {
      open = null;
    } else {
      open?.push(segment);
    }
  }
  return found.map((segments) => new Group(segments));
}

export function textsOf(pieces: readonly Piece[]): string[] {
  return pieces.map((piece) => piece.text).filter((text) => text !== null);
}
