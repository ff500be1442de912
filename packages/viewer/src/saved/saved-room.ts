// Saved sets in a reading room: puts session, panel and layers together and speaks with the viewports. Only where the
// room's opener wants it (doctors).
import type { StudyManifest } from '@yunying/api';
import { chooseSpacing } from '../geometry/spacing.ts';
import { measuredValues } from '../pane/measure-text.ts';
import type { Measurements } from '../pane/measurements.ts';
import type { Pane } from '../pane/pane.ts';
import type { Language, Presentation } from '../types.ts';
import { markOf, versionOf } from './drawn-marks.ts';
import { ImageCatalog, type ImagePlace } from './image-catalog.ts';
import type { ImageRef, Mark, MarkValue, PresentationState } from './model/saved-types.ts';
import { areaOf, viewOfArea } from './model/shown-area.ts';
import type { SavedEntry } from './saved-content.ts';
import { SavedLayer } from './saved-layer.ts';
import { SavedPanel } from './saved-panel.ts';
import { nameOf, SavedSession } from './saved-session.ts';
import { conceptLabel, type SavedSay, savedSayer, valueLabel } from './saved-text.ts';
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
  readonly #values = new Map<string, MarkValue[]>();
  readonly #stop: () => void;

  constructor(ports: SavedRoomPorts) {
    this.#ports = ports;
    this.#say = savedSayer(ports.language);
    this.#catalog = new ImageCatalog(ports.manifests, this.#abort.signal);
    this.#session = new SavedSession({
      catalog: this.#catalog,
      signal: this.#abort.signal,
      drawn: () => this.#drawn(),
      forget: (ids) => ports.measurements.forget(ids),
      changed: () => this.#changed(),
    });
    this.panel = new SavedPanel(this.#session, this.#catalog, this.#say, ports.language, ports.screen, {
      markKey: () => void this.#markKey(),
      saveState: () => void this.#saveState(),
      goTo: (ref) => this.#goTo(ref),
      apply: (entry) => void this.#apply(entry),
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
      const drawn = values === undefined ? null : { mark: markOf(measurement, values), isSame };
      return [{ id, ref: { sopInstanceUid, frameNumber }, drawn }];
    });
  }

  /** Values are taken while the frame is on screen in full quality, never later from memory. */
  #measureDrawn(pane: Pane): void {
    const ref = this.#refOf(pane);
    const { facts } = pane;
    if (ref === null || facts === null || pane.quality !== 'full') return;
    for (const measurement of this.#ports.measurements.of(ref.sopInstanceUid, ref.frameNumber)) {
      const version = versionOf(measurement);
      if (this.#values.has(version)) continue;
      this.#values.set(version, measuredValues(measurement, pane.factsFor(measurement)));
      this.panel.draw();
    }
  }

  #refOf(pane: Pane): ImageRef | null {
    const frame = pane.opened?.series.frames[pane.index];
    return frame === undefined
      ? null
      : { sopInstanceUid: frame.sopInstanceUid, frameNumber: frame.frameNumber };
  }

  #describe(mark: Pick<Mark, 'values' | 'text' | 'shape'>): string {
    const isSimple = mark.values.length === 1;
    const values = mark.values.slice(0, 6).map(({ concept, value, unit }) => {
      const said = valueLabel(value, unit);
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
    if (!(await this.#isFull(pane, ref))) {
      pane.note(this.#say('needFull'));
      return;
    }
    const { presentation, facts, opened } = pane;
    const plane = planeOf(pane);
    if (facts === null || plane === null) return;
    const own = this.#session.entries.filter((one) => one.object.isOwn && one.isVisible);
    const saved = own
      .flatMap((entry) => this.#session.marksOf(entry))
      .filter((mark) => nameOf(mark) === nameOf(ref));
    const drawn = this.#drawn().flatMap((one) => (one.drawn === null ? [] : [one.drawn.mark]));
    const marks = [...saved, ...drawn.filter((mark) => nameOf(mark) === nameOf(ref))];
    await this.#session.savePresentation(ref, {
      label: opened.series.description ?? opened.series.modality ?? '',
      isColor: /^(RGB|YBR|PALETTE)/.test(facts.photometricInterpretation),
      images: [ref],
      voi: pane.voi,
      invert: presentation.invert,
      rotation: presentation.rotation,
      flipHorizontal: presentation.flipHorizontal,
      flipVertical: presentation.flipVertical,
      area: areaOf(plane, presentation, pane.size),
      marks: marks.map((mark) => ({ ...mark, text: this.#describe(mark).replace(/\n/g, ' ') })),
    });
  }

  #goTo(ref: ImageRef): void {
    const place = this.#catalog.place(ref);
    if (place === null) this.#ports.pane()?.note(this.#say('noPictures'));
    else this.#ports.show(place);
  }

  /** Shows the first image of a presentation state as the state says. */
  async #apply(entry: SavedEntry): Promise<void> {
    await this.#session.open(entry);
    if (entry.content?.kind !== 'presentation') return;
    const { state } = entry.content;
    entry.isVisible = true;
    const ref = this.#firstPlaced(state);
    const place = ref === null ? null : this.#catalog.place(ref);
    if (ref === null || place === null) {
      this.#ports.pane()?.note(this.#say('noPictures'));
      return;
    }
    this.#ports.show(place);
    await this.#catalog.facts(ref);
    const pane = this.#ports.pane();
    if (pane === null) return;
    pane.set(this.#presented(state, ref, pane));
    if (state.unshown.length > 0) pane.note(`${this.#say('notShown')}${state.unshown.join(', ')}`);
    this.#changed();
  }

  /** On the image that is shown, when the state is for it too. */
  #firstPlaced(state: PresentationState): ImageRef | null {
    const refs = state.images.flatMap(({ sopInstanceUid, frameNumbers }) =>
      (frameNumbers.length > 0 ? frameNumbers : [1]).map((frameNumber) => ({ sopInstanceUid, frameNumber })),
    );
    const here = refs.filter((ref) => this.#catalog.place(ref) !== null);
    const pane = this.#ports.pane();
    const shown = pane === null ? null : this.#refOf(pane);
    const marked = here.find((ref) => state.marks.some((mark) => nameOf(mark) === nameOf(ref)));
    return here.find((ref) => shown !== null && nameOf(ref) === nameOf(shown)) ?? marked ?? here[0] ?? null;
  }

  #presented(state: PresentationState, { sopInstanceUid }: ImageRef, pane: Pane): Presentation {
    const { rotation, flipHorizontal, flipVertical, invert } = state;
    const turns = { rotation, flipHorizontal, flipVertical };
    const named = <T extends { images: string[] }>(list: readonly T[]) =>
      list.find((one) => one.images.includes(sopInstanceUid)) ?? list.find((one) => one.images.length === 0);
    const area = named(state.areas)?.area;
    const plane = planeOf(pane);
    const whole = { zoom: 1, panX: 0, panY: 0, ...turns };
    const view = area === undefined || plane === null ? whole : viewOfArea(area, plane, turns, pane.size);
    return { ...view, invert, voi: named(state.windows)?.voi ?? null };
  }
}

function planeOf(pane: Pane) {
  const { facts } = pane;
  const { rows, columns } = pane.opened?.size(pane.index) ?? { rows: null, columns: null };
  if (facts === null || rows === null || columns === null) return null;
  const { x, y } = chooseSpacing(facts.spacing);
  return { rows, columns, spacingX: x, spacingY: y };
}
