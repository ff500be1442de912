// One line over the pictures: what the reader should know of this device, closed by a press; or that the line is away,
// which goes by itself.
import { element } from '../dom.ts';
import { button } from './buttons.ts';

export class Banner {
  readonly root = element('div', { class: 'yv-banner', role: 'status', hidden: true });
  readonly #closeLabel: string;
  #isOfLine = false;

  constructor(closeLabel: string) {
    this.#closeLabel = closeLabel;
  }

  tell(message: string): void {
    const close = button({ label: this.#closeLabel, icon: 'close' }, () => (this.root.hidden = true));
    this.root.replaceChildren(message, close);
    this.root.hidden = false;
    this.#isOfLine = false;
  }

  /** null: the line is back. What else the banner says stays. */
  tellLine(message: string | null): void {
    if (message === null && !this.#isOfLine) return;
    this.#isOfLine = message !== null;
    this.root.replaceChildren(message ?? '');
    this.root.hidden = message === null;
  }
}
