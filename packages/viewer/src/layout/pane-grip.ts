// The grip by which a viewport is dragged onto another one: the two change places.
import { element } from '../dom.ts';
import type { Say } from '../text.ts';

export const paneDragType = 'application/x-yunying-pane';

export function addGrip(
  target: HTMLElement,
  say: Say,
  number: () => number,
  swap: (from: number, to: number) => void,
): void {
  const grip = element('div', { class: 'yv-pane-grip', draggable: 'true', title: say('swapPanes') });
  grip.addEventListener('dragstart', (event) => event.dataTransfer?.setData(paneDragType, String(number())));
  const isPane = (event: DragEvent) => event.dataTransfer?.types.includes(paneDragType) === true;
  target.addEventListener('dragover', (event) => {
    if (!isPane(event)) return;
    event.preventDefault();
    target.dataset.drop = 'true';
  });
  target.addEventListener('drop', (event) => {
    if (!isPane(event)) return;
    event.preventDefault();
    delete target.dataset.drop;
    const from = Number(event.dataTransfer?.getData(paneDragType));
    if (Number.isInteger(from)) swap(from, number());
  });
  target.append(grip);
}
