// The layout button: a grid of squares; the one under the pointer (or under the arrow keys) and all before it become
// the layout.
import { button } from '../chrome/buttons.ts';
import { element } from '../dom.ts';
import type { Say } from '../text.ts';
import type { LayoutName } from '../types.ts';
import { gridOf, layoutOf, mostColumns, mostRows } from './grid.ts';

export type GridPicker = { root: HTMLElement; draw(layout: LayoutName, most: number): void };

export function makeGridPicker(say: Say, pick: (layout: LayoutName) => void): GridPicker {
  let shown: LayoutName = '1x1';
  let most = mostRows * mostColumns;
  const cells: { row: number; column: number; made: HTMLButtonElement }[] = [];
  const name = element('div', { class: 'yv-grid-name' });
  const board = element('div', { class: 'yv-grid-board', role: 'grid' });
  const list = element('div', { class: 'yv-menu yv-grid-menu', hidden: true }, board, name);
  const opener = button({ label: say('layout'), icon: 'layout', hint: 'F', text: '1×1' }, () =>
    list.hidden ? open() : close(),
  );
  opener.setAttribute('aria-haspopup', 'grid');
  const root = element('div', { class: 'yv-menu-root' }, opener, list);
  for (let row = 1; row <= mostRows; row += 1) {
    for (let column = 1; column <= mostColumns; column += 1) {
      const label = `${row}×${column}`;
      const made = element('button', {
        type: 'button',
        class: 'yv-grid-cell',
        title: label,
        'aria-label': label,
      });
      const light = () => paint(row, column);
      made.addEventListener('pointerenter', light);
      made.addEventListener('focus', light);
      made.addEventListener('click', () => {
        close();
        pick(layoutOf({ rows: row, columns: column }));
      });
      cells.push({ row, column, made });
      board.append(made);
    }
  }
  const outside = (event: Event): void => {
    if (event.target instanceof Node && !root.contains(event.target)) close();
  };
  root.addEventListener('keydown', (event) => {
    if (list.hidden) return;
    if (event.key === 'Escape') {
      close();
      opener.focus();
    } else if (!move(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  });

  function move(key: string): boolean {
    const steps: Record<string, number> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: mostColumns,
      ArrowUp: -mostColumns,
    };
    const step = steps[key];
    if (step === undefined) return false;
    const at = cells.findIndex(({ made }) => made === document.activeElement);
    const next = cells[at + step];
    if (next !== undefined && !next.made.disabled) next.made.focus();
    return true;
  }
  function paint(rows: number, columns: number): void {
    for (const { row, column, made } of cells) made.dataset.lit = String(row <= rows && column <= columns);
    name.textContent = `${rows} × ${columns}`;
  }
  function open(): void {
    const { rows, columns } = gridOf(shown);
    for (const { row, column, made } of cells) made.disabled = row * column > most;
    paint(rows, columns);
    list.hidden = false;
    document.addEventListener('pointerdown', outside, { capture: true });
    cells.find(({ row, column }) => row === rows && column === columns)?.made.focus({ preventScroll: true });
  }
  function close(): void {
    list.hidden = true;
    document.removeEventListener('pointerdown', outside, { capture: true });
  }
  return {
    root,
    draw(layout, panes) {
      shown = layout;
      most = panes;
      const label = opener.querySelector('span');
      if (label !== null) label.textContent = layout.replace('x', '×');
    },
  };
}
