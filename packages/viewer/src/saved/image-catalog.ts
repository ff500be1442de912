// Where an image of the open studies is, and its metadata: for references that must be complete and for jumping to what a
// saved object speaks of. Metadata are asked for once per series, also of series that are not on screen.
import type { ManifestSeries, StudyManifest } from '@yunying/api';
import { type JsonItem, textOf } from '../geometry/dicom-json.ts';
import { type FrameFacts, frameFacts, type InstanceMetadata, readMetadata } from '../geometry/frame-facts.ts';
import type { ImageRef, PlacedImage } from './model/saved-types.ts';

export type ImagePlace = { manifest: StudyManifest; series: ManifestSeries; index: number };

export class ImageCatalog {
  readonly #manifests: readonly StudyManifest[];
  readonly #places = new Map<string, ImagePlace>();
  readonly #frames = new Map<string, number>();
  readonly #metadata = new Map<string, Promise<InstanceMetadata>>();
  readonly #signal: AbortSignal;

  constructor(manifests: readonly StudyManifest[], signal: AbortSignal) {
    this.#manifests = manifests;
    this.#signal = signal;
    for (const manifest of manifests) {
      for (const series of manifest.series) {
        for (const [index, { sopInstanceUid, frameNumber }] of series.frames.entries()) {
          this.#places.set(`${sopInstanceUid}/${frameNumber}`, { manifest, series, index });
          this.#frames.set(sopInstanceUid, Math.max(this.#frames.get(sopInstanceUid) ?? 0, frameNumber));
        }
      }
    }
  }

  get manifests(): readonly StudyManifest[] {
    return this.#manifests;
  }

  place({ sopInstanceUid, frameNumber }: ImageRef): ImagePlace | null {
    return this.#places.get(`${sopInstanceUid}/${frameNumber}`) ?? null;
  }

  framesOf(sopInstanceUid: string): number {
    return this.#frames.get(sopInstanceUid) ?? 0;
  }

  async instance(ref: ImageRef): Promise<JsonItem | null> {
    const place = this.place(ref);
    if (place === null) return null;
    return (await this.#load(place.series)).get(ref.sopInstanceUid) ?? null;
  }

  async facts(ref: ImageRef): Promise<FrameFacts | null> {
    const instance = await this.instance(ref);
    return instance === null ? null : frameFacts(instance, ref.sopInstanceUid, ref.frameNumber);
  }

  /** As references name it; null for what is not here. */
  async image(ref: ImageRef): Promise<PlacedImage | null> {
    const place = this.place(ref);
    const instance = await this.instance(ref);
    const sopClassUid = instance === null ? null : textOf(instance, '00080016');
    if (place === null || sopClassUid === null) return null;
    return {
      sopClassUid,
      sopInstanceUid: ref.sopInstanceUid,
      seriesInstanceUid: place.series.seriesInstanceUid,
      numberOfFrames: this.framesOf(ref.sopInstanceUid),
    };
  }

  /** Those of some refs that are here, by their UID. */
  async images(refs: readonly ImageRef[]): Promise<Map<string, PlacedImage>> {
    const found = new Map<string, PlacedImage>();
    for (const ref of refs) {
      if (found.has(ref.sopInstanceUid)) continue;
      const image = await this.image(ref);
      if (image !== null) found.set(ref.sopInstanceUid, image);
    }
    return found;
  }

  #load(series: ManifestSeries): Promise<InstanceMetadata> {
    const known = this.#metadata.get(series.seriesInstanceUid);
    if (known !== undefined) return known;
    const loading = this.#fetch(series.metadataUrl);
    this.#metadata.set(series.seriesInstanceUid, loading);
    loading.catch(() => this.#metadata.delete(series.seriesInstanceUid));
    return loading;
  }

  async #fetch(url: string): Promise<InstanceMetadata> {
    const headers = { accept: 'application/dicom+json' };
    const response = await fetch(url, { headers, credentials: 'same-origin', signal: this.#signal });
    if (!response.ok) throw new Error(`metadata: HTTP ${response.status}`);
    return readMetadata(await response.json());
  }
}
