// A tool row on one line: groups that find no room go behind a button at the end, the least used first, and come back
// when there is room again. They are moved, not copied, so that what they show stays true.
import { element } from '../dom.ts';
import type { Say } from '../text.ts';
import { button } from './buttons.ts';

/** `leave`: groups that may go, in the order in which they go. */
export function keepOnOneLine(
  row: HTMLElement,
  leave: readonly HTMLElement[],
  say: Say,
  before: Node | null,
): () => void {
  const shelf = element('div', { class: 'yv-menu yv-more-shelf', hidden: true });
  const opener = button({ label: say('more'), icon: 'more' }, () => toggle(shelf.hidden !== false));
  opener.setAttribute('aria-haspopup', 'true');
  opener.setAttribute('aria-expanded', 'false');
  const root = element('div', { class: 'yv-group yv-menu-root yv-more', hidden: true }, opener, shelf);
  row.insertBefore(root, before);
  const order = [...row.children];

  function toggle(isOpen: boolean): void {
    shelf.hidden = !isOpen;
    opener.setAttribute('aria-expanded', String(isOpen));
    const act = isOpen ? 'addEventListener' : 'removeEventListener';
    document[act]('pointerdown', outside, { capture: true });
    window[act]('keydown', onEscape, { capture: true });
  }
  function outside(event: Event): void {
    if (event.target instanceof Node && !root.contains(event.target)) toggle(false);
  }
  /** Wherever the keys go now: Escape closes the shelf and not the room. */
  function onEscape(event: Event): void {
    if (!(event instanceof KeyboardEvent) || event.key !== 'Escape') return;
    event.stopPropagation();
    toggle(false);
    opener.focus();
  }

  function allBack(): void {
    for (const [at, child] of order.entries())
      if (row.children[at] !== child) row.insertBefore(child, row.children[at] ?? null);
    root.hidden = true;
  }

  function fit(): void {
    row.dataset.lines = 'one';
    allBack();
    if (row.scrollWidth <= row.clientWidth) {
      if (!shelf.hidden) toggle(false);
      return;
    }
    root.hidden = false;
    for (const group of leave) {
      if (row.scrollWidth <= row.clientWidth) return;
      shelf.append(group);
    }
    if (row.scrollWidth <= row.clientWidth) return;
    // Upright tablets: two lines with everything are better than a long shelf.
    allBack();
    row.dataset.lines = 'more';
  }

  let asked = 0;
  const ask = (): void => {
    if (asked !== 0) return;
    asked = requestAnimationFrame(() => {
      asked = 0;
      fit();
    });
  };
  // Groups grow and vanish with what is shown; those on the shelf are not asked, or the two would chase each other.
  const widths = new Map<Element, number>();
  const observer = new ResizeObserver((entries) => {
    let isNew = false;
    for (const { target, contentRect } of entries) {
      if (target !== row && target.parentElement !== row) continue;
      if (widths.get(target) !== contentRect.width) isNew = true;
      widths.set(target, contentRect.width);
    }
    if (isNew) ask();
  });
  observer.observe(row);
  for (const child of order)
    if (child !== root && !child.classList.contains('yv-title')) observer.observe(child);
  return () => {
    observer.disconnect();
    cancelAnimationFrame(asked);
    toggle(false);
  };
}
