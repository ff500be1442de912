// Saved sets in a reading room: puts session, panel and layers together and speaks with the viewports. Only where the
// room's opener wants it (doctors).
import type { StudyManifest } from '@yunying/api';
import { tabShelf } from '../pane/measure-keep.ts';
import { measuredValues } from '../pane/measure-text.ts';
import type { Measurements } from '../pane/measurements.ts';
import type { Pane } from '../pane/pane.ts';
import type { Language } from '../types.ts';
import { markOf, type Valued, versionOf } from './drawn-marks.ts';
import { imageOfPart } from './find-part.ts';
import { ImageCatalog, type ImagePlace } from './image-catalog.ts';
import { keepKeys } from './keep-keys.ts';
import type { ImageRef, Mark } from './model/saved-types.ts';
import { newUid } from './model/write-json.ts';
import { Presenting } from './presenting.ts';
import type { SavedEntry } from './saved-content.ts';
import { SavedLayer } from './saved-layer.ts';
import { SavedPanel } from './saved-panel.ts';
import { nameOf, SavedSession } from './saved-session.ts';
import { conceptLabel, type SavedSay, savedSayer, trustLabel, valueLabel } from './saved-text.ts';
import { SegmentPictures } from './segment-pictures.ts';
import { targetOf } from './target.ts';

export type SavedRoomPorts = {
  manifests: readonly StudyManifest[];
  measurements: Measurements;
  language: Language;
  screen: 'phone' | 'desktop';
  pane(): Pane | null;
  panes(): readonly Pane[];
  /** Shows a frame in the active viewport. */
  show(place: ImagePlace): void;
};

export class SavedRoom {
  readonly panel: SavedPanel;
  readonly #ports: SavedRoomPorts;
  readonly #say: SavedSay;
  readonly #abort = new AbortController();
  readonly #catalog: ImageCatalog;
  readonly #session: SavedSession;
  readonly #layers = new WeakMap<Pane, SavedLayer>();
  readonly #pictures = new SegmentPictures();
  /** Values of drawings whose frame was seen in full quality, by version. */
  readonly #values = new Map<string, Valued>();
  /** Of drawings by their id: one finding keeps its UID from version to version. */
  readonly #trackingUids = new Map<string, string>();
  readonly #presenting: Presenting;
  readonly #stop: () => void;

  constructor(ports: SavedRoomPorts) {
    this.#ports = ports;
    this.#say = savedSayer(ports.language);
    this.#catalog = new ImageCatalog(ports.manifests, this.#abort.signal);
    this.#session = new SavedSession({
      catalog: this.#catalog,
      signal: this.#abort.signal,
      drawn: () => this.#drawn(),
      forget: (ids) => {
        ports.measurements.forget(ids);
        // Ids of drawings come again, UIDs of findings do not.
        for (const id of ids) this.#trackingUids.delete(id);
      },
      changed: () => this.#changed(),
      keptKeys: keepKeys(ports.manifests[0]?.studyInstanceUid ?? '', tabShelf()),
    });
    this.#presenting = new Presenting({
      session: this.#session,
      catalog: this.#catalog,
      say: this.#say,
      pane: () => ports.pane(),
      show: (place) => ports.show(place),
      refOf: (pane) => this.#refOf(pane),
      ownMarks: (ref) => this.#ownMarks(ref),
    });
    this.panel = new SavedPanel(this.#session, this.#catalog, this.#say, ports.language, ports.screen, {
      markKey: () => void this.#markKey(),
      saveState: () => void this.#saveState(),
      goTo: (ref) => this.#goTo(ref),
      goToPart: (entry, number) => void this.#goToPart(entry, number),
      apply: (entry) => void this.#presenting.apply(entry).then(() => this.#changed()),
      describe: (mark) => this.#describe(mark),
    });
    let calibrations = ports.measurements.calibrations();
    this.#stop = ports.measurements.watch(() => {
      // Another size of pixels makes other values.
      if (calibrations !== ports.measurements.calibrations()) this.#values.clear();
      calibrations = ports.measurements.calibrations();
      this.panel.draw();
    });
    void this.#session.load();
  }

  close(): void {
    this.#abort.abort();
    this.#stop();
    this.panel.close();
  }

  /** The viewport drew itself anew. */
  drawn(pane: Pane): void {
    this.#measureDrawn(pane);
    const layer = this.#layers.get(pane) ?? this.#addLayer(pane);
    const { opened, index, facts } = pane;
    if (opened === null || facts === null || opened.count === 0) {
      layer.draw(null);
      return;
    }
    const neighbours = [opened.facts(index - 1), opened.facts(index + 1)];
    layer.draw({
      target: targetOf(facts, neighbours),
      toCanvas: pane.transform().toCanvas,
      size: pane.size,
      label: (mark) => this.#describe(mark),
      keyLabel: this.#say('keyImages'),
      cover: this.#presenting.coverOf(pane),
    });
    if (pane === this.#ports.pane()) this.panel.place(this.#refOf(pane));
  }

  #addLayer(pane: Pane): SavedLayer {
    const layer = new SavedLayer(this.#session, this.#pictures);
    this.#layers.set(pane, layer);
    pane.stage.after(layer.root);
    return layer;
  }

  #changed(): void {
    this.panel.draw();
    for (const pane of this.#ports.panes()) pane.refresh();
  }

  #drawn() {
    return this.#ports.measurements.all().flatMap((measurement) => {
      if (Reflect.get(measurement, 'origin') === 'stored') return [];
      const version = versionOf(measurement);
      const values = this.#values.get(version);
      const { id, sopInstanceUid, frameNumber } = measurement;
      const isSame = () => {
        const now = this.#ports.measurements.get(id);
        return now !== undefined && versionOf(now) === version;
      };
      const drawn =
        values === undefined ? null : { mark: markOf(measurement, values, this.#trackingUid(id)), isSame };
      return [{ id, ref: { sopInstanceUid, frameNumber }, drawn }];
    });
  }

  #trackingUid(id: string): string {
    const known = this.#trackingUids.get(id) ?? newUid();
    this.#trackingUids.set(id, known);
    return known;
  }

  /** Values are taken while the frame is on screen in full quality, never later from memory. */
  #measureDrawn(pane: Pane): void {
    const ref = this.#refOf(pane);
    const { facts } = pane;
    if (ref === null || facts === null || pane.quality !== 'full') return;
    for (const measurement of this.#ports.measurements.of(ref.sopInstanceUid, ref.frameNumber)) {
      const version = versionOf(measurement);
      if (this.#values.has(version)) continue;
      const known = pane.factsFor(measurement);
      const values = measuredValues(measurement, known);
      const trust = {
        spacing: known.spacing.kind,
        isLossy: known.isLossy,
        lossyRatio: known.facts?.lossyRatio ?? null,
      };
      this.#values.set(version, { values, trust });
      this.panel.draw();
    }
  }

  #refOf(pane: Pane): ImageRef | null {
    const frame = pane.opened?.series.frames[pane.index];
    return frame === undefined
      ? null
      : { sopInstanceUid: frame.sopInstanceUid, frameNumber: frame.frameNumber };
  }

  #describe(mark: Pick<Mark, 'values' | 'text' | 'shape' | 'trust'>): string {
    const isSimple = mark.values.length === 1;
    const values = mark.values.slice(0, 6).map(({ concept, value, unit }) => {
      const said = valueLabel(value, unit) + trustLabel(this.#say, mark.trust, unit);
      return isSimple ? said : `${conceptLabel(this.#ports.language, concept)} ${said}`;
    });
    return [...(mark.text === '' ? [] : [mark.text]), ...values].join('\n');
  }

  /** Marking a key image promotes the frame to full quality first (viewer spec §5). */
  async #markKey(): Promise<void> {
    const pane = this.#ports.pane();
    const ref = pane === null ? null : this.#refOf(pane);
    if (pane === null || ref === null) return;
    if (!this.#session.isKey(ref) && !(await this.#isFull(pane, ref))) {
      pane.note(this.#say('needFull'));
      return;
    }
    if (!this.#session.toggleKey(ref)) pane.note(this.#say('lastKey'));
  }

  async #isFull(pane: Pane, ref: ImageRef): Promise<boolean> {
    for (let tries = 0; tries < 40; tries += 1) {
      const shown = this.#refOf(pane);
      if (shown === null || nameOf(shown) !== nameOf(ref)) return false;
      if (pane.quality === 'full') return true;
      if (tries === 2) pane.note(this.#say('waitFull'));
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    return false;
  }

  async #saveState(): Promise<void> {
    const pane = this.#ports.pane();
    const ref = pane === null ? null : this.#refOf(pane);
    if (pane === null || ref === null || pane.opened === null) return;
    if (await this.#isFull(pane, ref)) await this.#presenting.save(pane, ref);
    else pane.note(this.#say('needFull'));
  }

  /** With their values as words: presentation states have no numbers. */
  #ownMarks(ref: ImageRef): Mark[] {
    const own = this.#session.entries.filter((one) => one.object.isOwn && one.isVisible);
    const saved = own.flatMap((entry) => this.#session.marksOf(entry));
    const drawn = this.#drawn().flatMap((one) => (one.drawn === null ? [] : [one.drawn.mark]));
    return [...saved, ...drawn]
      .filter((mark) => nameOf(mark) === nameOf(ref))
      .map((mark) => ({ ...mark, text: this.#describe(mark).replace(/\n/g, ' ') }));
  }

  async #goToPart(entry: SavedEntry, number: number): Promise<void> {
    const pane = this.#ports.pane();
    const shown = pane === null ? null : this.#refOf(pane);
    const ref = await imageOfPart(entry, number, this.#catalog, shown);
    if (ref === null) {
      pane?.note(this.#say('noPictures'));
      return;
    }
    entry.hidden.delete(number);
    if (!entry.isVisible) await this.#session.toggle(entry);
    this.#goTo(ref);
    this.#changed();
  }

  #goTo(ref: ImageRef): void {
    const place = this.#catalog.place(ref);
    if (place === null) this.#ports.pane()?.note(this.#say('noPictures'));
    else this.#ports.show(place);
  }
}
