// The series that are open in a room: opened when the first viewport wants one, closed when the last leaves it, so
// that memory follows what is on screen.
import type { ManifestSeries, StudyManifest } from '@yunying/api';
import type { Decoder } from './frames/decoder.ts';
import { OpenSeries, type SeriesBudget } from './pane/open-series.ts';

export class RoomSeries {
  readonly manifests: readonly StudyManifest[];
  readonly #budget: SeriesBudget;
  readonly #open = new Map<string, OpenSeries>();
  decoder: Decoder | null;
  #prefersFilm = false;

  constructor(manifests: readonly StudyManifest[], decoder: Decoder | null, budget: SeriesBudget) {
    this.manifests = manifests;
    this.decoder = decoder;
    this.#budget = budget;
  }

  find(
    seriesInstanceUid: string,
    studyInstanceUid?: string,
  ): { manifest: StudyManifest; series: ManifestSeries } | null {
    for (const manifest of this.manifests) {
      if (studyInstanceUid !== undefined && manifest.studyInstanceUid !== studyInstanceUid) continue;
      const series = manifest.series.find((one) => one.seriesInstanceUid === seriesInstanceUid);
      if (series !== undefined) return { manifest, series };
    }
    return null;
  }

  open(seriesInstanceUid: string, studyInstanceUid?: string): OpenSeries | null {
    const known = this.#open.get(seriesInstanceUid);
    if (known !== undefined) return known;
    const found = this.find(seriesInstanceUid, studyInstanceUid);
    if (found === null) return null;
    const opened = new OpenSeries(found.manifest, found.series, this.decoder, this.#budget);
    opened.source.preferFilm(this.#prefersFilm);
    this.#open.set(seriesInstanceUid, opened);
    return opened;
  }

  /** Pictures that can be scrolled to are still on their way. */
  get isBusy(): boolean {
    for (const opened of this.#open.values()) if (!opened.isScrollable) return true;
    return false;
  }

  get prefersFilm(): boolean {
    return this.#prefersFilm;
  }

  /** The reader's choice, for what is open and what will be. */
  preferFilm(isPreferred: boolean): void {
    this.#prefersFilm = isPreferred;
    this.each((opened) => opened.source.preferFilm(isPreferred));
  }

  each(act: (opened: OpenSeries) => void): void {
    for (const opened of this.#open.values()) act(opened);
  }

  /** Lets go of everything but what is shown. */
  keepOnly(shown: readonly OpenSeries[]): void {
    for (const [uid, opened] of this.#open) {
      if (shown.includes(opened)) continue;
      opened.close();
      this.#open.delete(uid);
    }
  }

  /** All series in the order of the thumbnails, `by` away from one of them. */
  neighbour(seriesInstanceUid: string, by: number): { study: string; series: string } | null {
    const all = this.manifests.flatMap((manifest) =>
      manifest.series.map((series) => ({
        study: manifest.studyInstanceUid,
        series: series.seriesInstanceUid,
      })),
    );
    const at = all.findIndex(({ series }) => series === seriesInstanceUid);
    return all[at + by] ?? null;
  }

  close(): void {
    this.keepOnly([]);
  }
}

const stacked = new Set(['CT', 'MR', 'PT', 'NM']);

/** May be a volume; whether it is one, its geometry says when it is opened. */
export function isStack(series: ManifestSeries | undefined): boolean {
  return series?.modality != null && stacked.has(series.modality) && series.frames.length >= 3;
}

/** The series of a prior that shows the same as `like`: modality and name, then modality, then the first with pictures. */
export function matchingSeries(prior: StudyManifest, like: ManifestSeries): ManifestSeries | null {
  const pictures = prior.series.filter((series) => series.frames.length > 0);
  const sameModality = pictures.filter((series) => series.modality === like.modality);
  return (
    sameModality.find((series) => series.description !== null && series.description === like.description) ??
    [...sameModality].sort((a, b) => distance(a, like) - distance(b, like))[0] ??
    pictures[0] ??
    null
  );
}

function distance(a: ManifestSeries, b: ManifestSeries): number {
  return Math.abs(a.frames.length - b.frames.length);
}
