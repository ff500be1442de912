// The tag browser: every attribute of the object on screen, searched by tag, name or value; a press on a row copies
// its value. Names come from the dictionary, which is fetched when the panel is first opened.
import { button } from '../chrome/buttons.ts';
import type { Chrome } from '../chrome/room-actions.ts';
import { element, setText } from '../dom.ts';
import type { JsonItem } from '../geometry/dicom-json.ts';
import type { Say } from '../text.ts';
import { filterRows, type NameOf, type TagRow, tagRows } from './tag-rows.ts';

export type TagPanel = Chrome & { opener: HTMLButtonElement };

export function makeTagPanel(say: Say, shown: () => JsonItem | null): TagPanel {
  let nameOf: NameOf = () => '';
  let instance: JsonItem | null = null;
  let rows: TagRow[] = [];
  const search = element('input', {
    type: 'search',
    class: 'yv-tag-search',
    placeholder: say('tagSearch'),
    'aria-label': say('tagSearch'),
    maxlength: '64',
  });
  const status = element('div', { class: 'yv-tag-status', role: 'status' });
  const list = element('div', { class: 'yv-tag-list' });
  const head = element(
    'div',
    { class: 'yv-help-head' },
    element('h2', {}, say('tags')),
    button({ label: say('close'), icon: 'close' }, () => toggle()),
  );
  const root = element(
    'aside',
    { class: 'yv-help yv-tag-panel', 'aria-label': say('tags'), hidden: true },
    head,
    search,
    status,
    list,
  );
  const opener = button({ label: say('tags'), icon: 'tags' }, () => toggle());
  opener.setAttribute('aria-pressed', 'false');
  search.addEventListener('input', fill);
  search.addEventListener('keydown', (event) => {
    event.stopPropagation();
    if (event.key === 'Escape') toggle();
  });

  function toggle(): void {
    root.hidden = !root.hidden;
    opener.setAttribute('aria-pressed', String(!root.hidden));
    if (root.hidden) return;
    read();
    search.focus({ preventScroll: true });
    void import('@yunying/dicom/dictionary').then(({ keywordOf }) => {
      nameOf = (tag) => keywordOf(tag) ?? '';
      read();
    });
  }
  function read(): void {
    instance = shown();
    rows = instance === null ? [] : tagRows(instance, nameOf);
    fill();
  }
  function fill(): void {
    const found = filterRows(rows, search.value);
    setText(status, instance === null ? say('tagsNone') : `${found.length} / ${rows.length}`);
    list.replaceChildren(...found.slice(0, 600).map(line));
  }
  function line(row: TagRow): HTMLElement {
    const made = element(
      'button',
      { type: 'button', class: 'yv-tag', title: row.value === '' ? row.tag : say('tagCopy') },
      element('span', { class: 'yv-tag-code' }, row.tag),
      element('span', { class: 'yv-tag-name' }, row.name),
      element('span', { class: 'yv-tag-value' }, row.value),
    );
    made.style.paddingLeft = `${Math.min(row.depth, 6) * 10 + 4}px`;
    made.disabled = row.value === '';
    made.addEventListener('click', () => void copy(row));
    return made;
  }
  async function copy(row: TagRow): Promise<void> {
    try {
      await navigator.clipboard.writeText(row.value);
      setText(status, `${say('tagCopied')} ${row.tag}`);
    } catch {
      setText(status, say('tagNotCopied'));
    }
  }
  return {
    root,
    opener,
    draw() {
      if (!root.hidden && shown() !== instance) read();
    },
  };
}
