// Presentation states in a room: saving how the active viewport shows its picture, and showing a picture as a state of
// any system says - grey values, turns, area, shutters and overlays. The viewport wears them until its reader chooses a
// window of his own or resets it.
import { calibratedPxPerMm, nominalPxPerMm } from '../ecg/screen-scale.ts';
import type { FrameFacts } from '../geometry/frame-facts.ts';
import { chooseSpacing } from '../geometry/spacing.ts';
import type { Pane } from '../pane/pane.ts';
import type { Look } from '../pane/worn-look.ts';
import type { Presentation } from '../types.ts';
import { greyCurve, storedRange } from '../voi/grey-curve.ts';
import type { ImageCatalog, ImagePlace } from './image-catalog.ts';
import type { Cover } from './model/gsps-cover.ts';
import type { ImageRef, Mark, PresentationState } from './model/saved-types.ts';
import { areaOf, viewOfArea } from './model/shown-area.ts';
import { greySteps, isFor, isLightFirst, named, needsCurve } from './model/state-grey.ts';
import type { SavedEntry } from './saved-content.ts';
import { nameOf, type SavedSession } from './saved-session.ts';
import { type SavedSay, unshownLabel } from './saved-text.ts';

export type PresentingPorts = {
  session: SavedSession;
  catalog: ImageCatalog;
  say: SavedSay;
  pane(): Pane | null;
  show(place: ImagePlace): void;
  refOf(pane: Pane): ImageRef | null;
  /** Drawn and saved by this reader on a frame, with the words beside them. */
  ownMarks(ref: ImageRef): Mark[];
};

export class Presenting {
  readonly #ports: PresentingPorts;
  readonly #states = new WeakMap<Look, PresentationState>();

  constructor(ports: PresentingPorts) {
    this.#ports = ports;
  }

  async save(pane: Pane, ref: ImageRef): Promise<void> {
    const { presentation, facts, opened } = pane;
    const plane = planeOf(pane);
    if (facts === null || plane === null || opened === null) return;
    await this.#ports.session.savePresentation(ref, {
      label: opened.series.description ?? opened.series.modality ?? '',
      isColor: /^(RGB|YBR|PALETTE)/.test(facts.photometricInterpretation),
      images: [ref],
      voi: pane.voi,
      shape: facts.voiFunction,
      rescale: facts.rescale,
      // The state's polarity goes before the image's (PS3.4 N.2.4): MONOCHROME1 seen as usual is INVERSE.
      invert: presentation.invert !== isLightFirst(facts),
      rotation: presentation.rotation,
      flipHorizontal: presentation.flipHorizontal,
      flipVertical: presentation.flipVertical,
      area: areaOf(plane, presentation, pane.size),
      marks: this.#ports.ownMarks(ref),
    });
  }

  /** Shows the first image of a presentation state as the state says. */
  async apply(entry: SavedEntry): Promise<void> {
    const { session, catalog, say } = this.#ports;
    await session.open(entry);
    if (entry.content?.kind !== 'presentation') return;
    const { state } = entry.content;
    entry.isVisible = true;
    const ref = this.#firstPlaced(state);
    const place = ref === null ? null : catalog.place(ref);
    if (ref === null || place === null) {
      this.#ports.pane()?.note(say('noPictures'));
      return;
    }
    this.#ports.show(place);
    const facts = await catalog.facts(ref);
    const pane = this.#ports.pane();
    if (pane === null) return;
    pane.set(presented(state, ref, pane, facts));
    pane.wear(this.#lookOf(state, entry.object.label ?? state.label));
    if (state.unshown.length > 0)
      pane.note(`${say('notShown')}${state.unshown.map((name) => unshownLabel(say, name)).join(', ')}`);
  }

  /** What lies over the frame that a viewport shows, while it wears a state that is for it. */
  coverOf(pane: Pane): Cover | null {
    const state = pane.look === null ? undefined : this.#states.get(pane.look);
    const ref = this.#ports.refOf(pane);
    return state === undefined || ref === null || !isFor(state, ref) ? null : state.cover;
  }

  #lookOf(state: PresentationState, name: string): Look {
    const { say } = this.#ports;
    const look: Look = {
      name: name === '' ? say('presentation') : `${say('presentation')} ${name}`,
      curve: (facts, pixels) => {
        if (!isFor(state, facts) || !needsCurve(state, facts)) return null;
        return greyCurve(greySteps(state, facts), storedRange(pixels, facts.bitsStored));
      },
    };
    this.#states.set(look, state);
    return look;
  }

  /** On the image that is shown, when the state is for it too. */
  #firstPlaced(state: PresentationState): ImageRef | null {
    const refs = state.images.flatMap(({ sopInstanceUid, frameNumbers }) =>
      (frameNumbers.length > 0 ? frameNumbers : [1]).map((frameNumber) => ({ sopInstanceUid, frameNumber })),
    );
    const here = refs.filter((ref) => this.#ports.catalog.place(ref) !== null);
    const pane = this.#ports.pane();
    const shown = pane === null ? null : this.#ports.refOf(pane);
    const marked = here.find((ref) => state.marks.some((mark) => nameOf(mark) === nameOf(ref)));
    return here.find((ref) => shown !== null && nameOf(ref) === nameOf(shown)) ?? marked ?? here[0] ?? null;
  }
}

function presented(
  state: PresentationState,
  { sopInstanceUid }: ImageRef,
  pane: Pane,
  facts: FrameFacts | null,
): Presentation {
  const { rotation, flipHorizontal, flipVertical } = state;
  const turns = { rotation, flipHorizontal, flipVertical };
  const area = named(state.areas, sopInstanceUid)?.area;
  const plane = planeOf(pane);
  const whole = { zoom: 1, panX: 0, panY: 0, ...turns };
  const pxPerMm = calibratedPxPerMm() ?? nominalPxPerMm;
  const view =
    area === undefined || plane === null ? whole : viewOfArea(area, plane, turns, pane.size, pxPerMm);
  // With grey values of its own the image's MONOCHROME1 is no longer asked.
  const isCurved = facts !== null && needsCurve(state, facts);
  const invert = isCurved || !state.isGrey ? state.invert : state.invert !== isLightFirst(facts);
  return { ...view, invert, voi: named(state.windows, sopInstanceUid)?.voi ?? null };
}

function planeOf(pane: Pane) {
  const { facts } = pane;
  const { rows, columns } = pane.opened?.size(pane.index) ?? { rows: null, columns: null };
  if (facts === null || rows === null || columns === null) return null;
  const { x, y } = chooseSpacing(facts.spacing);
  return { rows, columns, spacingX: x, spacingY: y };
}
