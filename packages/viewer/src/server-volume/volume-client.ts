// The doors of the server's volumes (packages/api volumes.ts), and one picture at a time for each view: while one is on
// its way only the newest wish is remembered, so a finger never runs ahead of the server.
import type { VolumeProbe, VolumeState } from '@yunying/api';
import type { Language } from '../types.ts';

export type VolumePlace = { studyInstanceUid: string; seriesInstanceUid: string };

export class VolumeRefused extends Error {
  readonly isFinal: boolean;
  constructor(message: string, isFinal: boolean) {
    super(message);
    this.isFinal = isFinal;
  }
}

/** Where a plane lies in the patient: out of the headers of its picture. */
export type PlacedPicture = { blob: Blob; place: PicturePlace | null };
export type PicturePlace = { origin: number[]; orientation: number[]; spacingMm: number };

export class VolumeClient {
  readonly #path: string;
  readonly #language: Language;
  readonly #abort = new AbortController();

  constructor({ studyInstanceUid, seriesInstanceUid }: VolumePlace, language: Language) {
    this.#path = `/api/studies/${studyInstanceUid}/series/${seriesInstanceUid}/volume`;
    this.#language = language;
  }

  close(): void {
    this.#abort.abort();
  }

  async state(phase: number): Promise<VolumeState> {
    return (await (await this.#get(`?phase=${phase}`, 'application/json')).json()) as VolumeState; // our own server
  }

  async probe(at: readonly number[], phase: number): Promise<VolumeProbe> {
    const text = at.map((value) => value.toFixed(3)).join(',');
    return (await (
      await this.#get(`/probe?at=${text}&phase=${phase}`, 'application/json')
    ).json()) as VolumeProbe;
  }

  async picture(query: string): Promise<PlacedPicture> {
    const response = await this.#get(query, 'image/jpeg');
    return { place: placeOf(response.headers), blob: await response.blob() };
  }

  async #get(more: string, accept: string): Promise<Response> {
    const headers = { accept, 'accept-language': this.#language };
    const response = await fetch(this.#path + more, {
      headers,
      credentials: 'same-origin',
      signal: this.#abort.signal,
    });
    if (response.ok) return response;
    const problem: unknown = await response.json().catch(() => null);
    throw new VolumeRefused(sentenceOf(problem), response.status === 409);
  }
}

function sentenceOf(problem: unknown): string {
  if (typeof problem !== 'object' || problem === null) return '';
  const details = 'details' in problem ? problem.details : null;
  if (typeof details === 'object' && details !== null && 'explanation' in details)
    return String(details.explanation);
  return 'title' in problem ? String(problem.title) : '';
}

function placeOf(headers: Headers): PicturePlace | null {
  const numbers = (name: string) => (headers.get(name) ?? '').split('\\').map(Number);
  const origin = numbers('x-image-position-patient');
  const orientation = numbers('x-image-orientation-patient');
  const [spacingMm = Number.NaN] = numbers('x-pixel-spacing');
  const isWhole = origin.length === 3 && orientation.length === 6 && spacingMm > 0;
  return isWhole && [...origin, ...orientation].every(Number.isFinite)
    ? { origin, orientation, spacingMm }
    : null;
}

/** Pictures of one view, in turn. */
export class PictureTurn {
  readonly #load: (query: string) => Promise<PlacedPicture>;
  readonly #onPicture: (picture: PlacedPicture) => void;
  readonly #onError: (error: unknown) => void;
  #next: string | null = null;
  #shown = '';
  #isBusy = false;

  constructor(
    load: (query: string) => Promise<PlacedPicture>,
    onPicture: (picture: PlacedPicture) => void,
    onError: (error: unknown) => void,
  ) {
    this.#load = load;
    this.#onPicture = onPicture;
    this.#onError = onError;
  }

  want(query: string): void {
    this.#next = query;
    if (!this.#isBusy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isBusy = true;
    while (this.#next !== null) {
      const query = this.#next;
      this.#next = null;
      if (query === this.#shown) continue;
      try {
        this.#onPicture(await this.#load(query));
        this.#shown = query;
      } catch (error) {
        this.#onError(error);
      }
    }
    this.#isBusy = false;
  }
}
