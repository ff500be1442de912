// Grey values that somebody else gave a picture (a presentation state): worn by a viewport until its reader chooses a
// window or resets it. The picture is turned to grey once for a frame and then drawn like any other of 8 bits.
import type { Pixels } from '../frames/pixels.ts';
import type { FrameFacts } from '../geometry/frame-facts.ts';
import { curved } from '../voi/grey-curve.ts';
import type { GreyTable, Tone } from './tone.ts';

export type Look = {
  /** Its name, said beside the picture. */
  name: string;
  /** null: not for this frame, or with the viewport's own window. */
  curve(facts: FrameFacts, pixels: Pixels): GreyTable | null;
};

export type Dressed = { pixels: Pixels; tone: Tone | null; key: string };

export class WornLook {
  #look: Look | null = null;
  #count = 0;
  #known: { from: Pixels; made: Pixels } | null = null;

  get look(): Look | null {
    return this.#look;
  }

  wear(look: Look | null): void {
    if (look === null && this.#look === null) return;
    this.#look = look;
    this.#known = null;
    this.#count += 1;
  }

  /** What to draw for a frame; `tone` null: the viewport's own. */
  dress(facts: FrameFacts | null, pixels: Pixels, invert: boolean): Dressed {
    const plain: Dressed = { pixels, tone: null, key: '' };
    if (this.#look === null || facts === null || pixels.components === 3) return plain;
    if (this.#known?.from !== pixels) {
      const curve = this.#look.curve(facts, pixels);
      if (curve === null) return plain;
      this.#known = { from: pixels, made: curved(pixels, curve) };
    }
    const tone = { lower: 0, upper: 255, invert, sigmoid: false };
    return { pixels: this.#known.made, tone, key: `look${this.#count}/` };
  }
}
