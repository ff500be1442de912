// Which film pictures to fetch next: the one looked at, then outwards, two ahead for one behind in the direction of
// travel, until all are there. Pure; frame-loader.ts acts on it.

export type FramePlan = {
  focus: number;
  /** 1 forwards, -1 backwards, 0 at rest. */
  direction: -1 | 0 | 1;
  count: number;
  /** Neither there, nor on the way, nor given up, and it has an address. */
  isWanted(index: number): boolean;
};

export function planFrames(plan: FramePlan, limit: number): number[] {
  const wanted: number[] = [];
  for (const index of outwards(plan)) {
    if (wanted.length >= limit) break;
    if (plan.isWanted(index)) wanted.push(index);
  }
  return wanted;
}

function* outwards({ focus, direction, count }: FramePlan): Generator<number> {
  if (focus >= 0 && focus < count) yield focus;
  const forward = direction >= 0 ? 1 : -1;
  const ahead = direction === 0 ? 1 : 2;
  let next = focus + forward;
  let behind = focus - forward;
  const inside = (index: number) => index >= 0 && index < count;
  while (inside(next) || inside(behind)) {
    for (let step = 0; step < ahead && inside(next); step += 1, next += forward) yield next;
    if (inside(behind)) {
      yield behind;
      behind -= forward;
    }
  }
}

/** A transfer to give up for the focused frame: the one furthest from it, if it is far at all. */
export function furthestFrom(focus: number, inFlight: readonly number[]): number | null {
  let furthest: number | null = null;
  for (const index of inFlight) {
    const far = Math.abs(index - focus);
    if (far > 2 && (furthest === null || far > Math.abs(furthest - focus))) furthest = index;
  }
  return furthest;
}
