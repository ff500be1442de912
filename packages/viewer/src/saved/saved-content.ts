// One saved object of the list with what was read of it.
import type { SavedObject } from '@yunying/api';
import type { JsonItem } from '../geometry/dicom-json.ts';
import { type DoseGrid, doseValues, readDose } from './model/dose.ts';
import { readPresentation } from './model/gsps-read.ts';
import { readKeyImages } from './model/key-images.ts';
import type { KeyImages, MeasurementSet, PresentationState } from './model/saved-types.ts';
import { readSegmentation, type Segmentation } from './model/segmentation.ts';
import { readMeasurements } from './model/sr-read.ts';
import { readStructures, type StructureSet } from './model/structures.ts';
import { fetchObject, fetchPixels } from './saved-wire.ts';

export type Content =
  | { kind: 'measurements'; set: MeasurementSet }
  | { kind: 'presentation'; state: PresentationState }
  | { kind: 'keys'; keys: KeyImages }
  | { kind: 'segmentation'; segmentation: Segmentation; bytes: Uint8Array }
  | { kind: 'structures'; structures: StructureSet }
  | { kind: 'dose'; grid: DoseGrid; values: Float32Array; maximum: number }
  | { kind: 'none' };

export type SavedEntry = {
  object: SavedObject;
  studyInstanceUid: string;
  isVisible: boolean;
  state: 'closed' | 'loading' | 'ready' | 'failed';
  content: Content | null;
  /** Segments and structures that the reader switched off, by their number. */
  hidden: Set<number>;
  /** 0 to 1. */
  opacity: number;
};

export async function loadContent(object: SavedObject, signal: AbortSignal): Promise<Content> {
  const json = await fetchObject(object, signal);
  switch (object.kind) {
    case 'sr':
      return { kind: 'measurements', set: readMeasurements(json) };
    case 'presentation':
      return { kind: 'presentation', state: readPresentation(json) };
    case 'key-object':
      return { kind: 'keys', keys: readKeyImages(json) };
    case 'segmentation':
      return loadSegmentation(json, signal);
    case 'rt':
      return object.modality === 'RTDOSE' ? loadDose(json, signal) : loadStructures(object, json);
  }
}

async function loadSegmentation(json: JsonItem, signal: AbortSignal): Promise<Content> {
  const segmentation = readSegmentation(json);
  if (segmentation === null) return { kind: 'none' };
  return { kind: 'segmentation', segmentation, bytes: await fetchPixels(segmentation.pixelUri, signal) };
}

async function loadDose(json: JsonItem, signal: AbortSignal): Promise<Content> {
  const grid = readDose(json);
  if (grid === null) return { kind: 'none' };
  const values = doseValues(grid, await fetchPixels(grid.pixelUri, signal));
  let maximum = 0;
  for (const value of values) if (value > maximum) maximum = value;
  return { kind: 'dose', grid, values, maximum };
}

function loadStructures(object: SavedObject, json: JsonItem): Content {
  return object.modality === 'RTSTRUCT'
    ? { kind: 'structures', structures: readStructures(json) }
    : { kind: 'none' };
}
