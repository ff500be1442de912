// One series in the room: its metadata and its frame source, shared by all viewports that show it. Opened once,
// closed when the last viewport leaves it.
import type { ManifestSeries, StudyManifest } from '@yunying/api';
import type { Decoder } from '../frames/decoder.ts';
import { pause } from '../frames/fetch-bytes.ts';
import { loadFilmPicture } from '../frames/film-picture.ts';
import { FrameSource } from '../frames/frame-source.ts';
import { applyPalette, type Pixels } from '../frames/pixels.ts';
import { openSegments } from '../frames/segmented-palette.ts';
import type { BinarySource, JsonItem } from '../geometry/dicom-json.ts';
import { type FrameFacts, frameFacts, type InstanceMetadata, readMetadata } from '../geometry/frame-facts.ts';
import type { Quality } from '../types.ts';
import { voiCurve } from '../voi/voi-lut.ts';

export const htj2kAccept = 'image/jphc; transfer-syntax=1.2.840.10008.1.2.4.202';

/** More objects than that: their metadata takes longer than the frame that is looked at. */
const longSeries = 600;
const mostEarly = 3;
const mostEarlyWaitMs = 2000;

export type SeriesBudget = {
  concurrency: number;
  bytes: number;
  thrifty: boolean;
  onAway?(isAway: boolean): void;
};

export type SeriesListener = {
  onFrame(index: number, quality: Quality): void;
  onError(index: number, error: unknown): void;
  onMetadata(): void;
};

export class OpenSeries {
  readonly manifest: StudyManifest;
  readonly series: ManifestSeries;
  readonly source: FrameSource;
  readonly listeners = new Set<SeriesListener>();
  metadataState: 'loading' | 'ready' | 'failed' = 'loading';
  readonly #abort = new AbortController();
  readonly #metadata: Promise<InstanceMetadata>;
  /** Of a long series the first frames do not wait for the metadata of thousands of others. */
  readonly #early = new Map<string, Promise<void>>();
  #tellFirst: () => void = () => {};
  readonly #firstShown = new Promise<void>((resolve) => {
    this.#tellFirst = resolve;
  });
  #instances: InstanceMetadata = new Map();
  /** Frames that have shown up; null once all have. */
  #ready: Set<number> | null = new Set();
  readonly #facts = new Map<number, FrameFacts>();
  readonly #tables = new Map<string, Promise<Uint8Array>>();

  constructor(
    manifest: StudyManifest,
    series: ManifestSeries,
    decoder: Decoder | null,
    budget: SeriesBudget,
  ) {
    this.manifest = manifest;
    this.series = series;
    this.#metadata = this.#isLong ? this.#loadAfterFirst() : this.#loadMetadata();
    this.source = new FrameSource({
      frames: series.frames.map((frame) => ({
        url: frameUrl(manifest.studyInstanceUid, series.seriesInstanceUid, frame),
        lengths: frame.lengths,
        columns: series.columns,
        rows: series.rows,
        padding: null,
        hasFilm: frame.filmUrl !== null,
      })),
      modality: series.modality,
      accept: htj2kAccept,
      concurrency: budget.concurrency,
      budgetBytes: budget.bytes,
      thrifty: budget.thrifty,
      decode: decoder === null ? null : (job) => decoder.decode({ ...job, columns: null, rows: null }),
      loadFilm: (index, signal) => this.#loadFilm(index, signal),
      finish: (index, pixels) => this.#finish(index, pixels),
      onFrame: (index, quality) => {
        if (quality !== 'none') this.#tellFirst();
        this.#markAll(index, quality);
        for (const listener of this.listeners) listener.onFrame(index, quality);
      },
      onError: (index, error) => {
        for (const listener of this.listeners) listener.onError(index, error);
      },
      onAway: (isAway) => budget.onAway?.(isAway),
      ...(isStack(series)
        ? { packUrl: (level) => `${seriesUrl(manifest.studyInstanceUid, series)}/pack?level=${level}` }
        : {}),
    });
  }

  get count(): number {
    return this.series.frames.length;
  }

  /** Every frame has something to show. */
  get isScrollable(): boolean {
    return this.#ready === null || this.count === 0;
  }

  facts(index: number): FrameFacts | null {
    const known = this.#facts.get(index);
    if (known !== undefined) return known;
    const frame = this.series.frames[index];
    const instance = frame === undefined ? undefined : this.#instances.get(frame.sopInstanceUid);
    if (frame === undefined || instance === undefined) return null;
    const facts = frameFacts(instance, frame.sopInstanceUid, frame.frameNumber);
    this.#facts.set(index, facts);
    return facts;
  }

  /** The mark by which is measured when the whole series can be scrolled through. */
  #markAll(index: number, quality: Quality): void {
    if (this.#ready === null || quality === 'none' || quality === 'failed') return;
    this.#ready.add(index);
    if (this.#ready.size < this.count) return;
    this.#ready = null;
    requestAnimationFrame(() => performance.mark('previews-all', { detail: { layer: 'reading' } }));
  }

  /** Where a frame's codestream is. */
  frameUrl(index: number): string {
    const frame = this.series.frames[index];
    if (frame === undefined) throw new Error(`no frame ${index}`);
    return frameUrl(this.manifest.studyInstanceUid, this.series.seriesInstanceUid, frame);
  }

  /** The metadata of all instances, for what concerns the series as a whole. */
  instances(): JsonItem[] {
    return [...this.#instances.values()];
  }

  /** The attributes of the object that a frame belongs to; null before the metadata came. */
  instance(index: number): JsonItem | null {
    return this.#instances.get(this.series.frames[index]?.sopInstanceUid ?? '') ?? null;
  }

  /** Empty where the metadata could not be read. */
  whenMetadata(): Promise<InstanceMetadata> {
    return this.#metadata;
  }

  close(): void {
    this.#abort.abort();
    this.listeners.clear();
    this.source.close();
  }

  get #isLong(): boolean {
    const { frames } = this.series;
    return frames.length > longSeries && frames[0]?.sopInstanceUid !== frames[1]?.sopInstanceUid;
  }

  async #loadAfterFirst(): Promise<InstanceMetadata> {
    await Promise.race([this.#firstShown, pause(mostEarlyWaitMs, this.#abort.signal)]).catch(() => undefined);
    return this.#loadMetadata();
  }

  /** What belongs to one frame: with the whole series, or of a long one by itself as long as that has not come. */
  async #whenKnown(index: number): Promise<void> {
    const uid = this.series.frames[index]?.sopInstanceUid;
    if (uid === undefined || this.#instances.has(uid)) return;
    if (!this.#isLong || (!this.#early.has(uid) && this.#early.size >= mostEarly)) {
      await this.#metadata;
      return;
    }
    await Promise.race([this.#metadata, this.#loadEarly(uid)]);
  }

  #loadEarly(uid: string): Promise<void> {
    const known = this.#early.get(uid);
    if (known !== undefined) return known;
    const url = `${seriesUrl(this.manifest.studyInstanceUid, this.series)}/instances/${uid}/metadata`;
    const loading = this.#fetchMetadata(url).then(
      (read) => {
        // The whole series may have come meanwhile.
        for (const [one, item] of read) if (!this.#instances.has(one)) this.#instances.set(one, item);
      },
      async () => {
        await this.#metadata;
      },
    );
    this.#early.set(uid, loading);
    return loading;
  }

  async #fetchMetadata(url: string): Promise<InstanceMetadata> {
    const response = await fetch(url, {
      headers: { accept: 'application/dicom+json' },
      credentials: 'same-origin',
      signal: this.#abort.signal,
    });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return readMetadata(await response.json());
  }

  async #loadMetadata(): Promise<InstanceMetadata> {
    try {
      this.#instances = await this.#fetchMetadata(this.series.metadataUrl);
      this.metadataState = this.#instances.size > 0 ? 'ready' : 'failed';
    } catch (error) {
      if (this.#abort.signal.aborted) return this.#instances;
      this.metadataState = 'failed';
      for (const listener of this.listeners) listener.onError(-1, error);
    }
    for (const listener of this.listeners) listener.onMetadata();
    return this.#instances;
  }

  /** Pixels go on screen only with their metadata: without rescale and palette they would be shown wrongly. */
  async #finish(index: number, pixels: Pixels): Promise<Pixels> {
    await this.#whenKnown(index);
    const facts = await this.#readCurve(index);
    if (pixels.components === 3 || facts?.photometricInterpretation !== 'PALETTE COLOR') return pixels;
    const { palette } = facts;
    if (palette === null) throw new Error('PALETTE COLOR without tables');
    const tables = await Promise.all(
      [palette.red, palette.green, palette.blue].map((source) => this.#table(source)),
    );
    const { descriptor, isSegmented } = palette;
    const plain = isSegmented ? tables.map((table) => openSegments(table, descriptor)) : tables;
    return applyPalette(pixels, descriptor, plain);
  }

  /** A VOI LUT must be here before the picture is shown: with a window it would look otherwise. */
  async #readCurve(index: number): Promise<FrameFacts | null> {
    const facts = this.facts(index);
    if (facts?.voiLut == null || facts.curve !== null) return facts;
    const bytes = await this.#table(facts.voiLut.source).catch(() => new Uint8Array());
    const curve = voiCurve(facts.voiLut, bytes);
    const whole = { ...facts, voiLut: null, curve };
    this.#facts.set(index, whole);
    return whole;
  }

  #table(source: BinarySource): Promise<Uint8Array> {
    const key = source.kind === 'uri' ? source.uri : source.base64;
    const known = this.#tables.get(key);
    if (known !== undefined) return known;
    const loading =
      source.kind === 'uri' ? this.#fetchTable(source.uri) : Promise.resolve(fromBase64(source.base64));
    this.#tables.set(key, loading);
    return loading;
  }

  async #fetchTable(uri: string): Promise<Uint8Array> {
    // Only our own origin: the address comes with the metadata.
    const url = new URL(uri, location.href);
    if (url.origin !== location.origin) throw new Error('a palette of another origin is not fetched');
    const response = await fetch(url, {
      headers: { accept: 'application/octet-stream' },
      credentials: 'same-origin',
      signal: this.#abort.signal,
    });
    if (!response.ok) throw new Error(`palette: HTTP ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  async #loadFilm(index: number, signal: AbortSignal): Promise<Pixels> {
    const url = this.series.frames[index]?.filmUrl;
    if (url == null) throw new Error('no film picture');
    await this.#whenKnown(index);
    const { columns, rows } = this.size(index);
    return loadFilmPicture(url, { columns, rows }, signal);
  }

  size(index: number): { columns: number | null; rows: number | null } {
    const facts = this.facts(index);
    return { columns: facts?.columns ?? this.series.columns, rows: facts?.rows ?? this.series.rows };
  }
}

function frameUrl(
  study: string,
  series: string,
  frame: { sopInstanceUid: string; frameNumber: number },
): string {
  return `/dicom-web/studies/${study}/series/${series}/instances/${frame.sopInstanceUid}/frames/${frame.frameNumber}`;
}

function seriesUrl(study: string, { seriesInstanceUid }: ManifestSeries): string {
  return `/dicom-web/studies/${study}/series/${seriesInstanceUid}`;
}

/** Tiles of a slide are looked at one by one, not scrolled through. */
function isStack({ modality, kind }: ManifestSeries): boolean {
  return modality !== 'SM' && (kind === 'stack' || kind === 'multiframe');
}

function fromBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
