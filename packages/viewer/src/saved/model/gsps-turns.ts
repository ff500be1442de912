// Turning and flipping in the order of presentation states (PS3.3 C.10.6: turn clockwise, then flip sideways) and in the
// order of our views (flip, then turn). H·R(a) = R(-a)·H, and upside down is half a turn and a flip sideways.
import type { Rotation } from '../../types.ts';

export type Turns = { rotation: Rotation; flipHorizontal: boolean; flipVertical: boolean };

export function toDicomTurns(turns: Turns): { rotation: Rotation; isFlipped: boolean } {
  const upended = turns.flipVertical ? 180 : 0;
  const isFlipped = turns.flipHorizontal !== turns.flipVertical;
  const angle = turns.rotation + upended;
  return { rotation: quarter(isFlipped ? -angle : angle), isFlipped };
}

export function fromDicomTurns(rotation: number, isFlipped: boolean): Turns {
  return {
    rotation: quarter(isFlipped ? -rotation : rotation),
    flipHorizontal: isFlipped,
    flipVertical: false,
  };
}

function quarter(angle: number): Rotation {
  const turned = ((Math.round(angle / 90) % 4) + 4) % 4;
  return ([0, 90, 180, 270] as const)[turned] ?? 0;
}
