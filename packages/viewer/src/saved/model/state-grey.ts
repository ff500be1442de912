// The grey values of a presentation state for one of its images (PS3.4 N.2.1): what the state leaves out, the image says.
import type { FrameFacts } from '../../geometry/frame-facts.ts';
import type { GreySteps } from '../../voi/grey-curve.ts';
import type { ImageRef, PresentationState } from './saved-types.ts';

/** Without a state MONOCHROME1 is drawn light first; a state says so itself, by INVERSE. */
export const isLightFirst = (facts: FrameFacts | null): boolean =>
  facts?.photometricInterpretation === 'MONOCHROME1';

export function greySteps(state: PresentationState, facts: FrameFacts): GreySteps {
  return {
    modality: state.modality ?? facts.rescale,
    voi: voiOf(state, facts.sopInstanceUid),
    presentation: state.presentationTable,
  };
}

export function isFor({ images }: PresentationState, { sopInstanceUid, frameNumber }: ImageRef): boolean {
  return images.some(
    (one) =>
      one.sopInstanceUid === sopInstanceUid &&
      (one.frameNumbers.length === 0 || one.frameNumbers.includes(frameNumber)),
  );
}

/** Those of an image go before those of all. */
export function named<T extends { images: string[] }>(list: readonly T[], sopInstanceUid: string): T | null {
  return (
    list.find((one) => one.images.includes(sopInstanceUid)) ??
    list.find((one) => one.images.length === 0) ??
    null
  );
}

function voiOf(state: PresentationState, sopInstanceUid: string) {
  const table = named(state.tables, sopInstanceUid);
  const window = named(state.windows, sopInstanceUid);
  if (table !== null && (window === null || table.images.length >= window.images.length)) return table.table;
  return window;
}

/** A window alone is the viewport's own way to show a picture, and stays easy to change. */
export function needsCurve(state: PresentationState, facts: FrameFacts): boolean {
  if (!state.isGrey) return false;
  const { modality } = state;
  const isOther =
    modality !== null &&
    ('entries' in modality ||
      modality.slope !== facts.rescale.slope ||
      modality.intercept !== facts.rescale.intercept);
  const voi = voiOf(state, facts.sopInstanceUid);
  const isOwnWindow = voi !== null && !('entries' in voi) && voi.shape === facts.voiFunction;
  return isOther || !isOwnWindow || state.presentationTable !== null;
}
