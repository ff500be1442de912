// The row of choices above the paper: native selects and buttons, so that phones, keyboards and screen readers have them.
import { element, setText } from '../dom.ts';
import type { Format } from './layout.ts';
import type { EcgSay } from './text.ts';

export type EcgChoice = {
  format: Format;
  mmPerSecond: number;
  mmPerMillivolt: number;
  size: 'fit' | 'real' | 'double';
  highPass: number | null;
  lowPass: number | null;
  notch: boolean;
  leadLabel: string | null;
};

export type ControlActions = {
  change(change: Partial<EcgChoice>): void;
  pickRecording(index: number): void;
  toggleCaliper(): void;
  clearCalipers(): void;
  print(): void;
  calibrate(): void;
  leaveLead(): void;
};

export type ControlFacts = {
  choice: EcgChoice;
  formats: readonly Format[];
  leads: readonly string[];
  rhythmLead: string;
  recordings: readonly string[];
  recording: number;
  isVoltage: boolean;
  highPasses: readonly number[];
  lowPasses: readonly number[];
  isMeasuring: boolean;
  hasCalipers: boolean;
};

type Option = { value: string; label: string };

export function makeControls(
  actions: ControlActions,
  say: EcgSay,
): { root: HTMLElement; draw(facts: ControlFacts): void } {
  const { change } = actions;
  const hertz = (value: string) => (value === 'off' ? null : Number(value));
  const recording = select(say('recording'), (value) => actions.pickRecording(Number(value)));
  const format = select(say('format'), (value) => change({ format: value as Format })); // one of our own options
  const lead = select(say('rhythmLead'), (value) => change({ leadLabel: value }));
  const speed = select(say('speed'), (value) => change({ mmPerSecond: Number(value) }));
  const gain = select(say('gain'), (value) => change({ mmPerMillivolt: Number(value) }));
  const highPass = select(say('highPass'), (value) => change({ highPass: hertz(value) }));
  const lowPass = select(say('lowPass'), (value) => change({ lowPass: hertz(value) }));
  const size = select(say('size'), (value) => change({ size: value as EcgChoice['size'] })); // our own options
  const notch = toggle(say('notch'), () => change({ notch: notch.getAttribute('aria-pressed') !== 'true' }));
  const caliper = toggle(say('caliper'), actions.toggleCaliper);
  const clear = action(say('clear'), actions.clearCalipers);
  const print = action(say('print'), actions.print);
  const calibrate = action(say('screen'), actions.calibrate);
  const back = action(say('back'), actions.leaveLead);
  const root = element(
    'div',
    { class: 'yv-ecg-controls', role: 'toolbar', 'aria-label': say('ecg') },
    back,
    recording.root,
    format.root,
    lead.root,
    speed.root,
    gain.root,
    highPass.root,
    lowPass.root,
    notch,
    caliper,
    clear,
    size.root,
    calibrate,
    print,
  );
  const draw = (facts: ControlFacts) => {
    const { choice } = facts;
    const hz = (values: readonly number[]) => [
      { value: 'off', label: say('off') },
      ...values.map((value) => ({ value: String(value), label: `${value} Hz` })),
    ];
    recording.draw(
      facts.recordings.map((label, index) => ({ value: String(index), label })),
      String(facts.recording),
    );
    recording.root.hidden = facts.recordings.length < 2;
    const isLead = choice.format === 'lead';
    back.hidden = !isLead;
    format.draw(
      facts.formats.map((one) => ({ value: one, label: formatLabel(one, say) })),
      choice.format,
    );
    format.root.hidden = isLead || facts.formats.length < 2;
    lead.draw(
      facts.leads.map((label) => ({ value: label, label })),
      facts.rhythmLead,
    );
    lead.root.hidden = !isLead && choice.format !== 'rhythm' && choice.format !== '3x4';
    speed.draw(
      [12.5, 25, 50].map((value) => ({ value: String(value), label: `${value} mm/s` })),
      String(choice.mmPerSecond),
    );
    gain.draw(
      [5, 10, 20].map((value) => ({ value: String(value), label: `${value} mm/mV` })),
      String(choice.mmPerMillivolt),
    );
    gain.root.hidden = !facts.isVoltage;
    highPass.draw(hz(facts.highPasses), String(choice.highPass ?? 'off'));
    lowPass.draw(hz(facts.lowPasses), String(choice.lowPass ?? 'off'));
    for (const one of [highPass.root, lowPass.root, notch]) one.hidden = !facts.isVoltage;
    notch.setAttribute('aria-pressed', String(choice.notch));
    caliper.setAttribute('aria-pressed', String(facts.isMeasuring));
    clear.hidden = !facts.hasCalipers;
    size.draw(
      (['fit', 'real', 'double'] as const).map((one) => ({ value: one, label: say(one) })),
      choice.size,
    );
  };
  return { root, draw };
}

export function formatLabel(format: Format, say: EcgSay): string {
  switch (format) {
    case '3x4':
      return '3×4 + 1';
    case '6x2':
      return '6×2';
    case '12x1':
      return '12×1';
    case 'rhythm':
    case 'median':
    case 'rows':
    case 'lead':
      return say(format);
  }
}

function select(label: string, pick: (value: string) => void) {
  const box = element('select', { class: 'yv-ecg-select', 'aria-label': label });
  const root = element('label', { class: 'yv-ecg-choice' }, element('span', {}, label), box);
  box.addEventListener('change', () => pick(box.value));
  let drawn = '';
  const draw = (options: readonly Option[], chosen: string) => {
    const form = JSON.stringify(options);
    if (form !== drawn) {
      drawn = form;
      box.replaceChildren(...options.map(({ value, label }) => element('option', { value }, label)));
    }
    if (box.value !== chosen) box.value = chosen;
  };
  return { root, draw };
}

function action(label: string, act: () => void): HTMLButtonElement {
  const made = element('button', { class: 'yv-ecg-button', type: 'button' });
  setText(made, label);
  made.addEventListener('click', act);
  return made;
}

function toggle(label: string, act: () => void): HTMLButtonElement {
  const made = action(label, act);
  made.setAttribute('aria-pressed', 'false');
  return made;
}
