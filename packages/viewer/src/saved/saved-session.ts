// The saved sets of a room: what the archive holds, what of it is shown, what the reader has drawn and marked since, and
// saving it. One owner; panel and viewports read it and are told of changes. Only what was seen in full quality is saved
// (viewer spec §5); what the archive took is never drawn again from memory but read back from it.
import type { SavedObject } from '@yunying/api';
import type { ImageCatalog } from './image-catalog.ts';
import type { KeptKeys } from './keep-keys.ts';
import { type PresentationAsk, writePresentation } from './model/gsps-write.ts';
import { writeKeyImages } from './model/key-images.ts';
import type { ImageRef, Mark } from './model/saved-types.ts';
import { writeMeasurements } from './model/sr-write.ts';
import { newUid } from './model/write-json.ts';
import { loadContent, type SavedEntry } from './saved-content.ts';
import { fetchSaved, storeObjects } from './saved-wire.ts';

/** A drawing that is not saved yet. */
export type DrawnMark = { mark: Mark; isSame(): boolean };

export type SessionPorts = {
  catalog: ImageCatalog;
  signal: AbortSignal;
  /** null for one whose frame was not seen in full quality. */
  drawn(): { id: string; ref: ImageRef; drawn: DrawnMark | null }[];
  /** These are in the archive now. */
  forget(ids: readonly string[]): void;
  changed(): void;
  keptKeys: KeptKeys;
};

type Unkeyed = Omit<PresentationAsk, 'studyInstanceUid' | 'sopInstanceUid' | 'find'>;

const mostLoaded = 24;

export class SavedSession {
  readonly #ports: SessionPorts;
  #entries: SavedEntry[] = [];
  readonly #keys = new Map<string, ImageRef>();
  #savedKeys = new Set<string>();
  readonly #removed = new Set<string>();
  /** Content -> UID: a repeated attempt sends the same object. */
  readonly #attempts = new Map<string, string>();
  listState: 'loading' | 'ready' | 'failed' = 'loading';
  saveState: 'idle' | 'saving' | 'failed' = 'idle';
  /** Drawings that could not be saved at the last attempt. */
  left = 0;
  mayAnnotate = false;

  constructor(ports: SessionPorts) {
    this.#ports = ports;
  }

  /** Newest first, without those that a newer one stands for. */
  get entries(): readonly SavedEntry[] {
    const replaced = new Set(this.#entries.flatMap(({ object }) => object.replaces));
    return this.#entries.filter(({ object }) => !replaced.has(object.sopInstanceUid));
  }

  get keys(): ImageRef[] {
    return [...this.#keys.values()];
  }

  isKey(ref: ImageRef): boolean {
    return this.#keys.has(nameOf(ref));
  }

  /** Marked by anybody whose set is shown. */
  isKeyOfOthers(ref: ImageRef): boolean {
    return this.entries.some(
      ({ object, isVisible, content }) =>
        !object.isOwn &&
        isVisible &&
        content?.kind === 'keys' &&
        content.keys.images.some((one) => nameOf(one) === nameOf(ref)),
    );
  }

  get unsaved(): number {
    const keys = this.#keysChanged() ? 1 : 0;
    return this.#ports.drawn().length + this.#removed.size + keys;
  }

  async load(): Promise<void> {
    try {
      const lists = await Promise.all(
        this.#ports.catalog.manifests.map(async ({ studyInstanceUid }) => ({
          studyInstanceUid,
          list: await fetchSaved(studyInstanceUid, this.#ports.signal),
        })),
      );
      const known = new Map(this.#entries.map((entry) => [entry.object.sopInstanceUid, entry]));
      this.#entries = lists.flatMap(({ studyInstanceUid, list }) =>
        list.items.map((object) => known.get(object.sopInstanceUid) ?? newEntry(object, studyInstanceUid)),
      );
      this.mayAnnotate = lists[0]?.list.mayAnnotate ?? false;
      this.listState = 'ready';
    } catch {
      if (this.#ports.signal.aborted) return;
      this.listState = 'failed';
    }
    this.#ports.changed();
    const wanted = this.entries.filter(({ isVisible, state }) => isVisible && state === 'closed');
    await Promise.all(wanted.slice(0, mostLoaded).map((entry) => this.#open(entry)));
    this.#adoptKeys();
    this.#ports.changed();
  }

  async toggle(entry: SavedEntry): Promise<void> {
    entry.isVisible = !entry.isVisible;
    this.#ports.changed();
    if (entry.isVisible) await this.open(entry);
  }

  /** Reads the object unless it is there. */
  async open(entry: SavedEntry): Promise<void> {
    if (entry.state === 'ready' || entry.state === 'loading') return;
    await this.#open(entry);
    this.#ports.changed();
  }

  togglePart(entry: SavedEntry, number: number): void {
    if (!entry.hidden.delete(number)) entry.hidden.add(number);
    this.#ports.changed();
  }

  setOpacity(entry: SavedEntry, opacity: number): void {
    entry.opacity = opacity;
    this.#ports.changed();
  }

  /** False: the last one of a saved set has to stay, as a set without images is none. */
  toggleKey(ref: ImageRef): boolean {
    const name = nameOf(ref);
    if (this.#keys.has(name)) {
      if (this.#keys.size === 1 && this.#savedKeys.size > 0) return false;
      this.#keys.delete(name);
    } else this.#keys.set(name, { ...ref });
    this.#ports.keptKeys.write(this.#keysChanged() ? this.keys : null);
    this.#ports.changed();
    return true;
  }

  /** Takes a measurement out of one's own set; it is gone from the archive's newest version after saving. */
  removeMark(entry: SavedEntry, mark: Mark): void {
    this.#removed.add(findingOf(entry, mark));
    this.#ports.changed();
  }

  marksOf(entry: SavedEntry): Mark[] {
    if (entry.content?.kind === 'presentation') return entry.content.state.marks;
    if (entry.content?.kind !== 'measurements') return [];
    return entry.content.set.marks.filter((mark) => !this.#removed.has(findingOf(entry, mark)));
  }

  async save(): Promise<void> {
    if (this.saveState === 'saving') return;
    this.saveState = 'saving';
    this.left = 0;
    this.#ports.changed();
    try {
      // Another window of the same reader may have saved meanwhile: what is there now is what a new version goes on from.
      await this.load();
      if (this.listState !== 'ready') throw new Error('the list of saved sets did not come');
      for (const { studyInstanceUid } of this.#ports.catalog.manifests)
        await this.#saveStudy(studyInstanceUid);
      this.saveState = 'idle';
    } catch {
      if (this.#ports.signal.aborted) return;
      this.saveState = 'failed';
    }
    this.#ports.changed();
  }

  async savePresentation(ref: ImageRef, ask: Unkeyed): Promise<void> {
    this.saveState = 'saving';
    this.#ports.changed();
    try {
      const place = this.#ports.catalog.place(ref);
      if (place === null) throw new Error('no such image');
      const studyInstanceUid = place.manifest.studyInstanceUid;
      const images = await this.#ports.catalog.images([ref, ...ask.marks]);
      const find = (uid: string) => images.get(uid);
      const object = this.#keyed('PR', ask, (sopInstanceUid) =>
        writePresentation({ ...ask, studyInstanceUid, sopInstanceUid, find }),
      );
      await storeObjects(studyInstanceUid, [object], this.#ports.signal);
      this.#attempts.clear();
      await this.load();
      this.saveState = 'idle';
    } catch {
      if (this.#ports.signal.aborted) return;
      this.saveState = 'failed';
    }
    this.#ports.changed();
  }

  async #saveStudy(studyInstanceUid: string): Promise<void> {
    const isHere = (ref: ImageRef) =>
      this.#ports.catalog.place(ref)?.manifest.studyInstanceUid === studyInstanceUid;
    const drawn = this.#ports.drawn().filter(({ ref }) => isHere(ref));
    const ready = drawn.flatMap((one) => (one.drawn === null ? [] : [{ id: one.id, ...one.drawn }]));
    this.left += drawn.length - ready.length;
    const own = this.entries.filter(
      (entry) => entry.studyInstanceUid === studyInstanceUid && entry.object.isOwn && entry.state === 'ready',
    );
    const reports = own.filter(({ content }) => content?.kind === 'measurements');
    const removes = reports.some(
      (entry) =>
        entry.content?.kind === 'measurements' &&
        entry.content.set.marks.some((mark) => this.#removed.has(findingOf(entry, mark))),
    );
    const objects = [];
    if (ready.length > 0 || removes) {
      const marks = merged(
        reports.flatMap((entry) => this.marksOf(entry)),
        ready.map(({ mark }) => mark),
      );
      const images = await this.#ports.catalog.images(marks);
      const predecessors = reports.map(({ object }) => object);
      const find = (uid: string) => images.get(uid);
      objects.push(
        this.#keyed(
          'SR',
          { marks, predecessors: predecessors.map((one) => one.sopInstanceUid) },
          (sopInstanceUid) =>
            writeMeasurements({
              studyInstanceUid,
              sopInstanceUid,
              marks,
              authorName: '-',
              find,
              predecessors,
            }),
        ),
      );
    }
    const keys = this.keys.filter(isHere);
    if (keys.length > 0 && this.#keysChanged()) {
      const images = await this.#ports.catalog.images(keys);
      const predecessors = own.filter(({ content }) => content?.kind === 'keys').map(({ object }) => object);
      const find = (uid: string) => images.get(uid);
      objects.push(
        this.#keyed(
          'KO',
          { keys, predecessors: predecessors.map((one) => one.sopInstanceUid) },
          (sopInstanceUid) =>
            writeKeyImages({
              studyInstanceUid,
              sopInstanceUid,
              images: keys,
              description: '',
              authorName: '-',
              find,
              predecessors,
            }),
        ),
      );
    }
    if (objects.length === 0) return;
    await storeObjects(studyInstanceUid, objects, this.#ports.signal);
    this.#attempts.clear();
    if (keys.length > 0) {
      this.#savedKeys = new Set(this.#keys.keys());
      this.#ports.keptKeys.write(null);
    }
    await this.load();
    this.#removed.clear();
    this.#ports.forget(ready.filter((one) => one.isSame()).map(({ id }) => id));
  }

  #keyed<T>(kind: string, content: unknown, write: (sopInstanceUid: string) => T): T {
    const key = `${kind} ${JSON.stringify(content)}`;
    const uid = this.#attempts.get(key) ?? newUid();
    this.#attempts.set(key, uid);
    return write(uid);
  }

  async #open(entry: SavedEntry): Promise<void> {
    entry.state = 'loading';
    try {
      entry.content = await loadContent(entry.object, this.#ports.signal);
      entry.state = 'ready';
    } catch {
      entry.state = 'failed';
    }
  }

  /** One's own key images, as they lie in the archive, are the ones to go on from. */
  #adoptKeys(): void {
    if (this.#keysChanged() && this.#savedKeys.size > 0) return;
    const kept = this.#ports.keptKeys.read();
    if (kept !== null) for (const ref of kept) this.#keys.set(nameOf(ref), ref);
    for (const { object, content } of this.entries) {
      if (!object.isOwn || content?.kind !== 'keys') continue;
      for (const ref of content.keys.images) {
        // One that was taken away and not saved yet stays away.
        if (kept === null) this.#keys.set(nameOf(ref), ref);
        this.#savedKeys.add(nameOf(ref));
      }
    }
  }

  #keysChanged(): boolean {
    return (
      this.#keys.size !== this.#savedKeys.size ||
      [...this.#keys.keys()].some((name) => !this.#savedKeys.has(name))
    );
  }
}

export function nameOf({ sopInstanceUid, frameNumber }: ImageRef): string {
  return `${sopInstanceUid}/${frameNumber}`;
}

/** Names a finding through all versions of a report. */
function findingOf({ object }: SavedEntry, mark: Mark): string {
  return mark.trackingUid ?? `${object.sopInstanceUid} ${mark.id}`;
}

/** Two reports that stand side by side may both hold what came before them; a finding drawn anew goes before all of them. */
function merged(saved: readonly Mark[], drawn: readonly Mark[]): Mark[] {
  const seen = new Set(drawn.flatMap(({ trackingUid }) => trackingUid ?? []));
  const kept = saved.filter(({ trackingUid }) => {
    if (trackingUid === null) return true;
    const isNew = !seen.has(trackingUid);
    seen.add(trackingUid);
    return isNew;
  });
  return [...kept, ...drawn];
}

/** Measurements and key images are shown unasked; what changes the picture or takes time is the reader's to call. */
function newEntry(object: SavedObject, studyInstanceUid: string): SavedEntry {
  const isVisible = object.kind === 'sr' || object.kind === 'key-object';
  return {
    object,
    studyInstanceUid,
    isVisible,
    state: 'closed',
    content: null,
    hidden: new Set(),
    opacity: 0.45,
  };
}
