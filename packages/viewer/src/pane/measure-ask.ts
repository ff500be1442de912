// A line to write into, beside a measurement: its text, or the length it is known to have. Enter keeps, Escape and
// leaving an empty line give up. Never over the whole picture.
import { element } from '../dom.ts';
import type { Point, Size } from '../geometry/affine.ts';
import type { Say } from '../text.ts';

export type Question = {
  kind: 'text' | 'mm';
  at: Point;
  size: Size;
  value: string;
  /** Null: given up. */
  answer(value: string | null): void;
};

export type Ask = { root: HTMLElement; ask(question: Question): void; close(): void };

const boxSize = { width: 236, height: 52 };
const mostLetters = 120;

export function makeAsk(say: Say): Ask {
  const input = element('input', {
    class: 'yv-ask-input',
    autocomplete: 'off',
    maxlength: String(mostLetters),
  });
  const unit = element('span', {}, 'mm');
  const keep = element('button', { type: 'submit', class: 'yv-button' }, say('keep'));
  const root = element('form', { class: 'yv-ask', hidden: true, novalidate: true }, input, unit, keep);
  let open: Question | null = null;

  const settle = (value: string | null): void => {
    const question = open;
    open = null;
    root.hidden = true;
    question?.answer(value);
  };
  root.addEventListener('submit', (event) => {
    event.preventDefault();
    settle(input.value.trim());
  });
  root.addEventListener('keydown', (event) => {
    event.stopPropagation();
    if (event.key === 'Escape') settle(null);
  });
  input.addEventListener('blur', (event) => {
    if (open !== null && event.relatedTarget !== keep) settle(input.value.trim() || null);
  });

  return {
    root,
    ask(question) {
      settle(null);
      open = question;
      const isNumber = question.kind === 'mm';
      input.inputMode = isNumber ? 'decimal' : 'text';
      input.value = question.value;
      input.setAttribute('aria-label', say(isNumber ? 'knownLength' : 'text'));
      input.placeholder = say(isNumber ? 'knownLength' : 'text');
      unit.hidden = !isNumber;
      const { at, size } = question;
      root.style.left = `${Math.max(4, Math.min(size.width - boxSize.width - 4, at.x + 12))}px`;
      root.style.top = `${Math.max(4, Math.min(size.height - boxSize.height - 4, at.y + 12))}px`;
      root.hidden = false;
      // After the click that asked: it would take the focus away again.
      window.setTimeout(() => input.focus({ preventScroll: true }), 0);
    },
    close: () => settle(null),
  };
}

/** A length in mm as people write it; null when it is none. */
export function readMm(text: string): number | null {
  const value = Number(text.replace(',', '.').replace(/\s*mm$/i, ''));
  return text.trim() !== '' && Number.isFinite(value) && value > 0 && value <= 10_000 ? value : null;
}
