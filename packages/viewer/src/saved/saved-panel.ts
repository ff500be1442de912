// The panel 标注与测量: what is unsaved and the button that saves it, key images, saved sets with author, time, switch and
// a way to their images. Beside the pictures on a desktop, a sheet over the lower half on a phone.
import { icon } from '../chrome/icons.ts';
import { element, setText } from '../dom.ts';
import type { Language } from '../types.ts';
import type { ImageCatalog } from './image-catalog.ts';
import type { ImageRef } from './model/saved-types.ts';
import { iconButton, wordButton } from './saved-buttons.ts';
import type { SavedEntry } from './saved-content.ts';
import { entryParts, type PanelActions } from './saved-parts.ts';
import type { SavedSession } from './saved-session.ts';
import { type SavedSay, titleLabel } from './saved-text.ts';

export class SavedPanel {
  readonly root: HTMLElement;
  /** Opens and closes the panel; the room puts it where its tools are. */
  readonly opener: HTMLButtonElement;
  readonly #session: SavedSession;
  readonly #catalog: ImageCatalog;
  readonly #say: SavedSay;
  readonly #language: Language;
  readonly #screen: 'phone' | 'desktop';
  readonly #actions: PanelActions;
  readonly #state = element('p', { class: 'yv-saved-state', role: 'status', 'aria-live': 'polite' });
  readonly #save: HTMLButtonElement;
  readonly #key: HTMLButtonElement;
  readonly #keyWord = element('span');
  readonly #keys = element('div', { class: 'yv-saved-keys' });
  readonly #list = element('div', { class: 'yv-saved-list' });
  readonly #count = element('span', { class: 'yv-saved-count', hidden: true });
  #place: ImageRef | null = null;
  #frame = 0;

  constructor(
    session: SavedSession,
    catalog: ImageCatalog,
    say: SavedSay,
    language: Language,
    screen: 'phone' | 'desktop',
    actions: PanelActions,
  ) {
    this.#session = session;
    this.#catalog = catalog;
    this.#say = say;
    this.#language = language;
    this.#screen = screen;
    this.#actions = actions;
    this.#save = wordButton(say('save'), null, () => void session.save());
    this.#save.classList.add('yv-saved-primary');
    this.#key = wordButton('', 'star', actions.markKey);
    this.#key.append(this.#keyWord);
    const state = wordButton(say('saveState'), null, actions.saveState);
    this.opener = element('button', {
      type: 'button',
      class: 'yv-button yv-saved-opener',
      title: say('title'),
      'aria-label': say('title'),
      'aria-expanded': 'false',
    });
    this.opener.append(icon('saved', 20), this.#count);
    this.opener.addEventListener('click', () => this.toggle());
    const close = iconButton(say('close'), 'close', () => this.toggle());
    const acts = screen === 'phone' ? [this.#key] : [this.#key, state];
    this.root = element(
      'aside',
      { class: 'yv-saved', 'aria-label': say('title'), hidden: true },
      element('header', { class: 'yv-saved-head' }, element('h2', {}, say('title')), close),
      element('div', { class: 'yv-saved-bar' }, this.#state, this.#save),
      element('div', { class: 'yv-saved-acts' }, ...acts),
      element('h3', {}, say('keyImages')),
      this.#keys,
      element('h3', {}, say('sets')),
      this.#list,
    );
    this.draw();
  }

  toggle(): void {
    this.root.hidden = !this.root.hidden;
    this.opener.setAttribute('aria-expanded', String(!this.root.hidden));
    this.opener.setAttribute('aria-pressed', String(!this.root.hidden));
    this.draw();
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
  }

  /** The frame on screen in the active viewport. */
  place(ref: ImageRef | null): void {
    const isSame =
      ref?.sopInstanceUid === this.#place?.sopInstanceUid && ref?.frameNumber === this.#place?.frameNumber;
    if (isSame) return;
    this.#place = ref;
    this.#drawActs();
  }

  draw(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#drawState();
      this.#drawActs();
      if (this.root.hidden) return;
      this.#drawKeys();
      this.#drawList();
    });
  }

  #drawState(): void {
    const { unsaved, saveState, left } = this.#session;
    const words = {
      saving: this.#say('saving'),
      failed: this.#say('saveFailed'),
      idle: unsaved > 0 ? `${unsaved}\u2009${this.#say('unsaved')}` : this.#idleWord(),
    };
    const note = left > 0 && saveState === 'idle' ? `${left}\u2009${this.#say('left')}` : words[saveState];
    setText(this.#state, note);
    this.root.dataset.state = saveState;
    this.#count.hidden = unsaved === 0;
    setText(this.#count, String(unsaved));
    this.opener.dataset.unsaved = String(unsaved > 0);
    this.#save.hidden = !this.#session.mayAnnotate;
    this.#save.disabled = saveState === 'saving' || unsaved === 0;
    setText(this.#save, this.#say(saveState === 'failed' ? 'retry' : 'save'));
  }

  #idleWord(): string {
    return this.#say(this.#session.entries.some(({ object }) => object.isOwn) ? 'allSaved' : 'nothing');
  }

  #drawActs(): void {
    const isKey = this.#place !== null && this.#session.isKey(this.#place);
    this.#key.disabled = this.#place === null;
    this.#key.setAttribute('aria-pressed', String(isKey));
    this.#key.firstElementChild?.replaceWith(icon('star', 16, isKey));
    setText(this.#keyWord, this.#say(isKey ? 'unmarkKey' : 'markKey'));
    if (this.#key.parentElement !== null) this.#key.parentElement.hidden = !this.#session.mayAnnotate;
  }

  #drawKeys(): void {
    const rows = this.#session.keys.map((ref) => {
      const row = element('div', { class: 'yv-saved-row' }, this.#imageButton(ref));
      row.append(iconButton(this.#say('remove'), 'close', () => this.#session.toggleKey(ref)));
      return row;
    });
    const none = element('p', { class: 'yv-saved-none' }, this.#say('noKeys'));
    this.#keys.replaceChildren(...(rows.length === 0 ? [none] : rows));
  }

  #imageButton(ref: ImageRef): HTMLButtonElement {
    const place = this.#catalog.place(ref);
    const series = place?.series.description ?? place?.series.modality ?? '';
    const number = place === null ? this.#say('noPictures') : this.#frameWord(place.index + 1);
    const made = wordButton(`${series} ${number}`.trim(), null, () => this.#actions.goTo(ref));
    made.classList.add('yv-saved-go');
    made.title = this.#say('goTo');
    return made;
  }

  #frameWord(number: number): string {
    return this.#language === 'en'
      ? `${this.#say('frame')} ${number}`
      : `${this.#say('frame')} ${number} ${this.#say('frameEnd')}`;
  }

  #drawList(): void {
    const { listState, entries } = this.#session;
    const open = new Set(
      [...this.#list.querySelectorAll('details')].flatMap((one) => (one.open ? [one.dataset.uid ?? ''] : [])),
    );
    if (listState !== 'ready' && entries.length === 0) {
      const word = element(
        'p',
        { class: 'yv-saved-none' },
        this.#say(listState === 'failed' ? 'loadFailed' : 'loading'),
      );
      const again = wordButton(this.#say('retry'), null, () => void this.#session.load());
      this.#list.replaceChildren(word, ...(listState === 'failed' ? [again] : []));
      return;
    }
    const rows = entries.map((entry) => this.#entry(entry, open.has(entry.object.sopInstanceUid)));
    const none = element('p', { class: 'yv-saved-none' }, this.#say('noSets'));
    this.#list.replaceChildren(...(rows.length === 0 ? [none] : rows));
  }

  #entry(entry: SavedEntry, isOpen: boolean): HTMLElement {
    const { object, isVisible, state } = entry;
    const eye = iconButton(
      this.#say(isVisible ? 'hide' : 'show'),
      isVisible ? 'eye' : 'eyeOff',
      () => void this.#session.toggle(entry),
    );
    eye.setAttribute('aria-pressed', String(isVisible));
    const label = titleLabel(this.#language, object.label ?? '');
    const kind = this.#say(object.kind);
    const author = object.isOwn ? this.#say('mine') : (object.author ?? this.#say('unknownAuthor'));
    const when = object.createdAt === null ? '' : object.createdAt.replace('T', ' ').slice(0, 16);
    const name = element(
      'span',
      { class: 'yv-saved-name' },
      label === '' || label === kind ? kind : `${kind} · ${label}`,
    );
    const by = element(
      'span',
      { class: 'yv-saved-by' },
      [author, when].filter((part) => part !== '').join(' · '),
    );
    const summary = element('summary', {}, element('span', { class: 'yv-saved-words' }, name, by));
    const details = element('details', { 'data-uid': object.sopInstanceUid }, summary);
    details.open = isOpen;
    details.addEventListener('toggle', () => {
      if (details.open) void this.#session.open(entry);
    });
    if (state === 'failed')
      details.append(element('p', { class: 'yv-saved-none' }, this.#say('failedObject')));
    if (state === 'loading') details.append(element('p', { class: 'yv-saved-none' }, this.#say('loading')));
    details.append(
      ...entryParts(entry, {
        session: this.#session,
        say: this.#say,
        language: this.#language,
        actions: this.#actions,
        mayChange: this.#session.mayAnnotate && this.#screen === 'desktop',
        imageButton: (ref) => this.#imageButton(ref),
      }),
    );
    return element('div', { class: 'yv-saved-entry', 'data-kind': object.kind }, eye, details);
  }
}
