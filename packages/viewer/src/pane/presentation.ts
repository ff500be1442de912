// How a picture is presented before the reader changed anything: fitted, upright, with the object's own window.
import { initialView } from '../geometry/affine.ts';
import type { Presentation } from '../types.ts';

export const initialPresentation: Presentation = { ...initialView, voi: null, invert: false };
