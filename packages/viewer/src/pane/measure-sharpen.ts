// A mild unsharp mask for the eye: the picture as drawn, with its edges lifted. Values are never read from it.
import { svg } from '../dom.ts';

export function sharpenFilter(): SVGElement {
  const mask = svg('feConvolveMatrix', {
    order: '3',
    kernelMatrix: '-0.1 -0.2 -0.1 -0.2 2.2 -0.2 -0.1 -0.2 -0.1',
    preserveAlpha: 'true',
    edgeMode: 'duplicate',
  });
  const box = { x: '0', y: '0', width: '1', height: '1', 'color-interpolation-filters': 'sRGB' };
  const filter = svg('filter', { id: 'yv-sharpen', ...box }, mask);
  return svg('svg', { class: 'yv-filters', 'aria-hidden': 'true' }, filter);
}
