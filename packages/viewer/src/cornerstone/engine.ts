// The one Cornerstone rendering engine of a page: started once, without its own loaders and workers. Pictures come
// from our frame source; here they are only dressed as Cornerstone images. Everything lies in one flat plane at the
// origin, so that view transforms are ours alone.
import {
  cache,
  Enums,
  eventTarget,
  getConfiguration,
  getRenderingCapabilities,
  imageLoader,
  init,
  metaData,
  RenderingEngine,
  type Types,
  utilities,
} from '@cornerstonejs/core';
import type { SampleArray } from '../frames/pixels.ts';
import type { Picture } from '../pane/surface.ts';

const scheme = 'yunying';
const engineId = 'yunying-reading';
const pictures = new Map<string, Picture>();

let engine: RenderingEngine | null = null;
let users = 0;

/** Whether this device can draw on WebGL at all. */
export function hasWebGl(): boolean {
  try {
    return getRenderingCapabilities().webgl2 === true;
  } catch {
    return false;
  }
}

export function takeEngine(contexts: number): RenderingEngine {
  if (engine === null) {
    const defaults = getConfiguration();
    const rendering = { ...defaults.rendering, webGlContextCount: contexts };
    init({ ...defaults, isMobile: contexts === 1, rendering });
    cache.setMaxCacheSize(256 * 2 ** 20);
    imageLoader.registerImageLoader(scheme, loadImage);
    metaData.addProvider(provide, 10_000);
    engine = new RenderingEngine(engineId);
  }
  users += 1;
  return engine;
}

/** The graphics context goes with the last viewport of the last room. */
export function releaseEngine(): void {
  users -= 1;
  if (users > 0 || engine === null) return;
  engine.destroy();
  engine = null;
  pictures.clear();
  metaData.removeProvider(provide);
}

export function onContextLost(listener: () => void): () => void {
  eventTarget.addEventListener(Enums.Events.WEBGL_CONTEXT_LOST, listener);
  return () => eventTarget.removeEventListener(Enums.Events.WEBGL_CONTEXT_LOST, listener);
}

/** Makes a picture known under an image id and returns that id. */
export function lendPicture(viewportId: string, picture: Picture): string {
  const imageId = `${scheme}:${viewportId}/${picture.id}`;
  pictures.set(imageId, picture);
  return imageId;
}

export function returnPicture(imageId: string): void {
  pictures.delete(imageId);
  try {
    cache.removeImageLoadObject(imageId, { force: true });
  } catch {
    // It was never loaded through the cache.
  }
}

export function imageOf(imageId: string): Types.IImage {
  const picture = pictures.get(imageId);
  if (picture === undefined) throw new Error('the picture is gone');
  const { samples, columns, rows, components, min, max, step } = picture.pixels;
  return {
    imageId,
    minPixelValue: min,
    maxPixelValue: max,
    slope: 1,
    intercept: 0,
    windowCenter: (min + max) / 2,
    windowWidth: Math.max(1, max - min),
    voiLUTFunction: Enums.VOILUTFunctionType.LINEAR,
    getPixelData: () => samples,
    getCanvas: () => document.createElement('canvas'),
    rows,
    columns,
    height: rows,
    width: columns,
    color: components === 3,
    rgba: false,
    numberOfComponents: components,
    columnPixelSpacing: picture.plane.spacingX * step,
    rowPixelSpacing: picture.plane.spacingY * step,
    invert: false,
    photometricInterpretation: components === 3 ? 'RGB' : 'MONOCHROME2',
    sizeInBytes: samples.byteLength,
    dataType: dataTypeOf(samples),
    voxelManager: utilities.VoxelManager.createImageVoxelManager({
      width: columns,
      height: rows,
      scalarData: samples,
      numberOfComponents: components,
    }),
  };
}

function dataTypeOf(samples: SampleArray): Types.PixelDataTypedArrayString {
  if (samples instanceof Int8Array) return 'Int8Array';
  if (samples instanceof Uint8Array) return 'Uint8Array';
  return samples instanceof Int16Array ? 'Int16Array' : 'Uint16Array';
}

function loadImage(imageId: string): Types.IImageLoadObject {
  return { promise: Promise.resolve().then(() => imageOf(imageId)) };
}

function provide(type: string, imageId: unknown): object | undefined {
  const picture = typeof imageId === 'string' ? pictures.get(imageId) : undefined;
  if (picture === undefined) return undefined;
  const { pixels, plane } = picture;
  const bits = pixels.samples.BYTES_PER_ELEMENT * 8;
  switch (type) {
    case 'imagePixelModule':
      return {
        pixelRepresentation:
          pixels.samples instanceof Int16Array || pixels.samples instanceof Int8Array ? 1 : 0,
        bitsAllocated: bits,
        bitsStored: bits,
        highBit: bits - 1,
        photometricInterpretation: pixels.components === 3 ? 'RGB' : 'MONOCHROME2',
        samplesPerPixel: pixels.components,
      };
    case 'imagePlaneModule':
      return {
        frameOfReferenceUID: scheme,
        rows: pixels.rows,
        columns: pixels.columns,
        rowCosines: [1, 0, 0],
        columnCosines: [0, 1, 0],
        imageOrientationPatient: [1, 0, 0, 0, 1, 0],
        imagePositionPatient: [pixels.offset * plane.spacingX, pixels.offset * plane.spacingY, 0],
        columnPixelSpacing: plane.spacingX * pixels.step,
        rowPixelSpacing: plane.spacingY * pixels.step,
        usingDefaultValues: false,
      };
    case 'generalSeriesModule':
      return { modality: 'OT' };
    default:
      return undefined;
  }
}
