// Where the parser stands in the tree of a data set: the root, then by turns sequences and items (PS3.5 §7.5). A frame
// knows where it must end and how its bytes are encoded; the stack knows the path to it.
import type { Dataset } from './dataset.ts';
import { type Encoding, explicitLittle } from './encoding.ts';
import type { Vr } from './vr.ts';

interface FramePlace {
  /** Where it must end: its own length's end, or that of the nearest frame around it which has one. */
  end: number;
  /** Of undefined length: a delimiter ends it. */
  open: boolean;
  encoding: Encoding;
  /** Its encoding has still to be looked for in its first bytes. */
  sniff: boolean;
}
export interface DatasetFrame extends FramePlace {
  kind: 'dataset';
  dataset: Dataset;
}
export interface SequenceFrame extends FramePlace {
  kind: 'sequence';
  tag: string;
  vr: Vr;
  items: Dataset[];
  owner: Dataset;
}
export type Frame = DatasetFrame | SequenceFrame;

export class FrameStack {
  readonly #frames: Frame[];

  constructor(root: Dataset, encoding: Encoding) {
    const end = Number.POSITIVE_INFINITY;
    this.#frames = [{ kind: 'dataset', dataset: root, end, open: true, encoding, sniff: false }];
  }

  get top(): Frame | undefined {
    return this.#frames.at(-1);
  }

  get atRoot(): boolean {
    return this.#frames.length === 1;
  }

  /** The frame around the top one. */
  get around(): Frame | undefined {
    return this.#frames.at(-2);
  }

  /** How deep a sequence opened now would be nested; the first is 1. */
  get nextDepth(): number {
    return (this.#frames.length + 1) / 2;
  }

  /** The sequence that the top frame is, or is an item of. */
  get sequenceTag(): string | undefined {
    const frame = this.top?.kind === 'sequence' ? this.top : this.around;
    return frame?.kind === 'sequence' ? frame.tag : undefined;
  }

  push(frame: Frame): void {
    this.#frames.push(frame);
  }

  /** The root stays. */
  pop(): Frame | undefined {
    return this.atRoot ? undefined : this.#frames.pop();
  }

  /** An item of a sequence sent as UN turned out to be explicit; so are those after it. */
  becomeExplicit(frame: DatasetFrame): void {
    frame.encoding = explicitLittle;
    if (this.around?.kind === 'sequence') this.around.encoding = explicitLittle;
  }

  /** 'TAG', or 'TAG/item index from 0/TAG…'. */
  pathOf(tag: string): string {
    let path = '';
    for (const frame of this.#frames)
      if (frame.kind === 'sequence') path += `${frame.tag}/${frame.items.length - 1}/`;
    return path + tag;
  }
}
