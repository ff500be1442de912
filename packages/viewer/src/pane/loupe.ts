// A magnified circle beside the finger while a point is placed by touch, because the finger hides the point.
import { element } from '../dom.ts';
import type { Point } from '../geometry/affine.ts';

const side = 112;
const enlargement = 2;

export type Loupe = {
  root: HTMLElement;
  /** over: a larger glass on the place itself, for a pointer that hides nothing. */
  show(source: HTMLCanvasElement | null, at: Point | null, look?: 'beside' | 'over'): void;
};

export function makeLoupe(): Loupe {
  const canvas = element('canvas', {
    class: 'yv-loupe',
    width: String(side * 2),
    height: String(side * 2),
    hidden: true,
  });
  return {
    root: canvas,
    show(source, at, look = 'beside') {
      canvas.dataset.look = look;
      const shown = look === 'over' ? side * 2 : side;
      const context = canvas.getContext('2d');
      canvas.hidden = source === null || at === null || context === null;
      if (source === null || at === null || context === null) return;
      const ratio = source.clientWidth > 0 ? source.width / source.clientWidth : 1;
      const taken = (shown / enlargement) * ratio;
      context.fillStyle = '#000';
      context.fillRect(0, 0, side * 2, side * 2);
      context.drawImage(
        source,
        at.x * ratio - taken / 2,
        at.y * ratio - taken / 2,
        taken,
        taken,
        0,
        0,
        side * 2,
        side * 2,
      );
      if (look === 'over') {
        canvas.style.transform = `translate(${at.x - shown / 2}px, ${at.y - shown / 2}px)`;
        return;
      }
      context.strokeStyle = '#ffd84d';
      context.lineWidth = 2;
      context.beginPath();
      context.moveTo(side, side - 26);
      context.lineTo(side, side + 26);
      context.moveTo(side - 26, side);
      context.lineTo(side + 26, side);
      context.stroke();
      const left = at.x - side / 2;
      const top = at.y - side - 40;
      canvas.style.transform = `translate(${left}px, ${top < 4 ? at.y + 40 : top}px)`;
    },
  };
}
