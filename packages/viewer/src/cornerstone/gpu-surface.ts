// A viewport drawn by Cornerstone's stack viewport. A new kind of pixels (grey, colour, 8 or 16 bit) is loaded as a
// new stack, everything else is put into the existing texture at once, so scrolling costs one upload per frame.
import { Enums, StackViewport, type Types } from '@cornerstonejs/core';
import type { Picture, Surface, Tone } from '../pane/surface.ts';
import { toneColours } from '../pane/tone.ts';
import type { View } from '../types.ts';
import { cameraOf } from './camera.ts';
import { imageOf, lendPicture, releaseEngine, returnPicture, takeEngine } from './engine.ts';

let opened = 0;

/** Throws where no viewport can be had; the caller then draws on a plain canvas. */
export function openGpuSurface(
  element: HTMLDivElement,
  contexts: number,
  onDrawn: (pictureId: string) => void,
): Surface {
  return new GpuSurface(element, contexts, onDrawn);
}

class GpuSurface implements Surface {
  readonly #element: HTMLDivElement;
  readonly #engine: ReturnType<typeof takeEngine>;
  readonly #viewportId: string;
  readonly #viewport: StackViewport;
  readonly #drawn: () => void;
  readonly #stale = new Set<string>();
  #current: { picture: Picture; imageId: string } | null = null;
  #wanted: { view: View; tone: Tone } | null = null;
  #kind = '';
  #isLoading = false;
  /** Its transfer function was once written by ourselves: from then on it always is. */
  #hasOwnColours = false;
  #closed = false;

  constructor(element: HTMLDivElement, contexts: number, onDrawn: (pictureId: string) => void) {
    this.#element = element;
    this.#engine = takeEngine(contexts);
    opened += 1;
    this.#viewportId = `viewport-${opened}`;
    this.#engine.enableElement({
      viewportId: this.#viewportId,
      element,
      type: Enums.ViewportType.STACK,
      defaultOptions: { background: [0, 0, 0] },
    });
    const viewport = this.#engine.getViewport(this.#viewportId);
    if (!(viewport instanceof StackViewport)) throw new Error('the graphics engine gave no stack viewport');
    this.#viewport = viewport;
    this.#drawn = () => {
      if (this.#current !== null && !this.#isLoading) onDrawn(this.#current.picture.id);
    };
    element.addEventListener(Enums.Events.IMAGE_RENDERED, this.#drawn);
  }

  show(picture: Picture): void {
    if (this.#current !== null) this.#stale.add(this.#current.imageId);
    const imageId = lendPicture(this.#viewportId, picture);
    this.#current = { picture, imageId };
    this.#put();
    if (!this.#isLoading) this.#forgetStale(imageId);
  }

  draw(view: View, tone: Tone): void {
    this.#wanted = { view, tone };
    this.#apply();
  }

  resize(): void {
    this.#engine.resize(true, true);
    this.#apply();
  }

  canvas(): HTMLCanvasElement {
    return this.#viewport.canvas;
  }

  close(): void {
    this.#closed = true;
    this.#element.removeEventListener(Enums.Events.IMAGE_RENDERED, this.#drawn);
    if (this.#current !== null) this.#stale.add(this.#current.imageId);
    this.#forgetStale('');
    this.#engine.disableElement(this.#viewportId);
    // Its canvas stays otherwise, and lies black over whatever draws here next.
    this.#element.querySelector('.viewport-element')?.remove();
    releaseEngine();
  }

  #put(): void {
    if (this.#current === null || this.#isLoading) return;
    const kind = kindOf(this.#current.picture);
    if (kind !== this.#kind) {
      this.#kind = kind;
      void this.#load();
      return;
    }
    this.#viewport.renderImageObject(imageOf(this.#current.imageId));
    this.#apply();
  }

  async #load(): Promise<void> {
    this.#isLoading = true;
    const loading = this.#current;
    try {
      if (loading !== null) await this.#viewport.setStack([loading.imageId], 0);
    } finally {
      this.#isLoading = false;
    }
    if (this.#closed || this.#current === null) return;
    // The reader may have scrolled on meanwhile.
    if (this.#current === loading) this.#apply();
    else this.#put();
  }

  #apply(): void {
    if (this.#closed || this.#isLoading || this.#current === null || this.#wanted === null) return;
    const { view, tone } = this.#wanted;
    const { picture } = this.#current;
    this.#viewport.setProperties(propertiesOf(picture, tone), true);
    if (picture.pixels.components === 1) this.#applyColours(tone);
    const size = { width: this.#element.clientWidth, height: this.#element.clientHeight };
    this.#viewport.setCamera(cameraOf(picture.plane, view, size));
    this.#viewport.render();
  }

  /** Palettes and VOI LUTs: the engine knows lines and sigmoids only. */
  #applyColours(tone: Tone): void {
    if (tone.palette === undefined && tone.curve === undefined && !this.#hasOwnColours) return;
    const actor = this.#viewport.getDefaultActor()?.actor;
    const property = actor?.getProperty();
    if (property === undefined || !('getRGBTransferFunction' in property)) return;
    this.#hasOwnColours = true;
    const transfer = property.getRGBTransferFunction(0);
    transfer.removeAllPoints();
    const isLine = tone.palette === undefined && tone.curve === undefined && !tone.sigmoid;
    for (const { value, colour } of toneColours(tone, isLine ? 2 : 256))
      transfer.addRGBPoint(value, ...colour);
  }

  #forgetStale(kept: string): void {
    for (const imageId of this.#stale) if (imageId !== kept) returnPicture(imageId);
    this.#stale.clear();
  }
}

function propertiesOf(picture: Picture, tone: Tone): Types.StackViewportProperties {
  if (picture.pixels.components === 3) return { voiRange: { lower: 0, upper: 255 }, invert: tone.invert };
  const { LINEAR, SAMPLED_SIGMOID } = Enums.VOILUTFunctionType;
  return {
    voiRange: { lower: tone.lower, upper: tone.upper },
    invert: tone.invert,
    VOILUTFunction: tone.sigmoid ? SAMPLED_SIGMOID : LINEAR,
  };
}

function kindOf(picture: Picture): string {
  return `${picture.pixels.components} ${picture.pixels.samples.constructor.name}`;
}
