// Which picture of a slide's series stands for it in lists: the smallest level that has a picture of the whole, never one
// that shows the label.
import type { PlacedInstance } from '../../archive/index.ts';

type Derived = { flavor?: string; hasLabel?: boolean };

/** `derivedOf`: the derived JSON of an instance's thumbnail, null when it has none. */
export function wholeOfSlide<T extends Pick<PlacedInstance, 'number_of_frames'>>(
  instances: readonly T[],
  derivedOf: (instance: T) => string | null,
): T | null {
  const shown = instances.filter((instance) => {
    const text = derivedOf(instance);
    if (text === null) return false;
    const { flavor, hasLabel } = JSON.parse(text) as Derived;
    return hasLabel !== true && flavor !== 'LABEL' && flavor !== 'OVERVIEW';
  });
  const rest = instances.filter((one) => one.number_of_frames > 1);
  const [first] = (shown.length > 0 ? shown : rest).toSorted(
    (a, b) => a.number_of_frames - b.number_of_frames,
  );
  return first ?? null;
}
