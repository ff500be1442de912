// A viewport drawn by Cornerstone's stack viewport. A new kind of pixels (grey, colour, 8 or 16 bit) is loaded as a new stack,
// everything else is put into the existing texture at once, so scrolling costs one upload per frame.
import { Enums, StackViewport, type Types } from '@cornerstonejs/core';
import { centreOf, fitScale, turn } from '../geometry/affine.ts';
import type { Picture, Surface, Tone } from '../pane/surface.ts';
import type { View } from '../types.ts';
import { imageOf, lendPicture, releaseEngine, returnPicture, takeEngine } from './engine.ts';

let opened = 0;

export function openGpuSurface(
  element: HTMLDivElement,
  contexts: number,
  onDrawn: (pictureId: string) => void,
): Surface {
  const engine = takeEngine(contexts);
  opened += 1;
  const viewportId = `viewport-${opened}`;
  engine.enableElement({
    viewportId,
    element,
    type: Enums.ViewportType.STACK,
    defaultOptions: { background: [0.043, 0.055, 0.067] },
  });
  const viewport = engine.getViewport(viewportId);
  if (!(viewport instanceof StackViewport)) throw new Error('the graphics engine gave no stack viewport');
  let current: { picture: Picture; imageId: string } | null = null;
  let kind = '';
  let isLoading = false;
  let wanted: { view: View; tone: Tone } | null = null;
  let closed = false;
  const stale = new Set<string>();

  const forget = (kept: string): void => {
    for (const imageId of stale) if (imageId !== kept) returnPicture(imageId);
    stale.clear();
  };

  const drawn = (): void => {
    if (current !== null && !isLoading) onDrawn(current.picture.id);
  };
  element.addEventListener(Enums.Events.IMAGE_RENDERED, drawn);

  const apply = (): void => {
    if (closed || isLoading || current === null || wanted === null) return;
    const { view, tone } = wanted;
    const isColour = current.picture.pixels.components === 3;
    viewport.setProperties(
      {
        voiRange: isColour ? { lower: 0, upper: 255 } : { lower: tone.lower, upper: tone.upper },
        invert: tone.invert,
        ...(isColour
          ? {}
          : {
              VOILUTFunction: tone.sigmoid
                ? Enums.VOILUTFunctionType.SAMPLED_SIGMOID
                : Enums.VOILUTFunctionType.LINEAR,
            }),
      },
      true,
    );
    viewport.setCamera(cameraOf(current.picture, view, element));
    viewport.render();
  };

  const load = async (): Promise<void> => {
    isLoading = true;
    const loaded = current;
    if (loaded !== null) await viewport.setStack([loaded.imageId], 0);
    isLoading = false;
    if (closed || current === null) return;
    if (current !== loaded) put();
    else apply();
  };

  const put = (): void => {
    if (current === null || isLoading) return;
    const next = kindOf(current.picture);
    if (next !== kind) {
      kind = next;
      void load();
      return;
    }
    viewport.renderImageObject(imageOf(current.imageId));
    apply();
  };

  return {
    show(picture) {
      if (current !== null) stale.add(current.imageId);
      const imageId = lendPicture(viewportId, picture);
      current = { picture, imageId };
      put();
      if (!isLoading) forget(imageId);
    },
    draw(view, tone) {
      wanted = { view, tone };
      apply();
    },
    resize() {
      engine.resize(true, true);
      apply();
    },
    canvas: () => viewport.canvas,
    close() {
      closed = true;
      element.removeEventListener(Enums.Events.IMAGE_RENDERED, drawn);
      if (current !== null) stale.add(current.imageId);
      forget('');
      engine.disableElement(viewportId);
      releaseEngine();
    },
  };
}

function kindOf(picture: Picture): string {
  return `${picture.pixels.components} ${picture.pixels.samples.constructor.name}`;
}

/** The camera that shows exactly what geometry/affine.ts computes. */
function cameraOf(picture: Picture, view: View, element: HTMLDivElement): Partial<Types.ICamera> {
  const { plane } = picture;
  const size = { width: Math.max(1, element.clientWidth), height: Math.max(1, element.clientHeight) };
  const scale = fitScale(plane, size, view.rotation) * view.zoom;
  const { cos, sin } = turn(view.rotation);
  const fx = view.flipHorizontal ? -1 : 1;
  const fy = view.flipVertical ? -1 : 1;
  /** Screen direction (y down) -> direction in the plane: the view's inverse. */
  const back = (x: number, y: number): [number, number] => [
    fx * (cos * x + sin * y),
    fy * (-sin * x + cos * y),
  ];
  const [rx, ry] = back(1, 0);
  const [ux, uy] = back(0, -1);
  const [panX, panY] = back(-view.panX / scale, -view.panY / scale);
  const centre = centreOf(plane);
  const focal: Types.Point3 = [centre.x * plane.spacingX + panX, centre.y * plane.spacingY + panY, 0];
  // Towards the eye: right × up.
  const normal = rx * uy - ry * ux;
  return {
    parallelProjection: true,
    focalPoint: focal,
    position: [focal[0], focal[1], focal[2] + normal * 100],
    viewUp: [ux, uy, 0],
    viewPlaneNormal: [0, 0, normal],
    parallelScale: size.height / 2 / scale,
  };
}
