// Outline icons of the panel, the shapes of the lucide set (ISC licence, docs/dependencies.md).
import { svg } from '../dom.ts';

const paths = {
  saved: ['M19 21l-7-4-7 4V5a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2z'],
  star: ['M12 2l3.09 6.26L22 9.27l-5 4.87 1.18 6.88L12 17.77l-6.18 3.25L7 14.14 2 9.27l6.91-1.01z'],
  eye: ['M2 12s3-7 10-7 10 7 10 7-3 7-10 7-10-7-10-7z', 'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z'],
  eyeOff: [
    'M3 3l18 18',
    'M10.6 6.1A9 9 0 0 1 12 6c7 0 10 6 10 6a17 17 0 0 1-2.2 3',
    'M6.6 6.6A16 16 0 0 0 2 12s3 7 10 7a9 9 0 0 0 4.6-1.3',
  ],
  close: ['M18 6L6 18', 'M6 6l12 12'],
  target: ['M5 12h14', 'M13 6l6 6-6 6'],
} as const;

export type SavedIcon = keyof typeof paths;

export function savedIcon(name: SavedIcon, size = 16, isFilled = false): SVGElement {
  return svg(
    'svg',
    {
      class: 'yv-icon',
      width: String(size),
      height: String(size),
      viewBox: '0 0 24 24',
      fill: isFilled ? 'currentColor' : 'none',
      stroke: 'currentColor',
      'stroke-width': '1.75',
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
      'aria-hidden': 'true',
    },
    ...paths[name].map((d) => svg('path', { d })),
  );
}
