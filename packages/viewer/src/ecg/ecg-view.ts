// The ECG view: paper, choices, facts of the recording. One owner of its state; everything drawn follows from recording,
// choice and scroll position. Framework-free: the reading room and the patient's film page put it into an element.
import { element, setText } from '../dom.ts';
import type { Language } from '../types.ts';
import { type Beats, findBeats, type MedianBeat, medianBeat } from './beats.ts';
import { openCalibration } from './calibrate-panel.ts';
import { Calipers } from './calipers.ts';
import { type EcgChoice, makeControls } from './controls.ts';
import { applyFilters, isEffective } from './filters.ts';
import { formatsOf, layOut, type Paper, rhythmLead, stripAt } from './layout.ts';
import { makeOverview } from './overview.ts';
import { drawPaper } from './paper.ts';
import { listenToPaper } from './paper-pointer.ts';
import { printAtTrueScale, printPages } from './print.ts';
import { fetchRecording, type Group, type Recording, stretchSeconds } from './recording.ts';
import { calibratedPxPerMm, nominalPxPerMm } from './screen-scale.ts';
import { type EcgSay, ecgSayer, measurementName } from './text.ts';

export type EcgOptions = {
  /** Of the waveform objects of one series. */
  urls: readonly string[];
  language: Language;
  screen: 'phone' | 'desktop';
  /** Above a print; nothing of the person unless the screen wants it. */
  title: string;
};

const highPasses = [0.05, 0.5];
const lowPasses = [35, 40, 100, 150];

export class EcgView {
  readonly root: HTMLElement;
  readonly #options: EcgOptions;
  readonly #say: EcgSay;
  readonly #abort = new AbortController();
  readonly #observer: ResizeObserver;
  readonly #scroller = element('div', { class: 'yv-ecg-scroll', tabindex: '0' });
  readonly #canvas = element('canvas', { class: 'yv-ecg-canvas' });
  readonly #space = element('div', { class: 'yv-ecg-space' });
  readonly #facts = element('div', { class: 'yv-ecg-facts' });
  readonly #foot = element('div', { class: 'yv-ecg-foot' });
  readonly #state = element('div', { class: 'yv-ecg-state', role: 'status' });
  readonly #earlier: HTMLButtonElement;
  readonly #later: HTMLButtonElement;
  readonly #overview;
  readonly #controls;
  readonly #calipers = new Calipers();
  #choice: EcgChoice;
  #before: EcgChoice['format'] = '3x4';
  #recordings: { recording: Recording; group: Group; label: string; url: string }[] = [];
  #at = 0;
  #filtered: Group | null = null;
  #beats: Beats = { peaks: [], rate: null };
  #beat: MedianBeat | null = null;
  #paper: Paper = { width: 0, height: 0, strips: [], isPaged: true };
  #pageSeconds = 0;
  #measuring = false;
  #frame = 0;

  constructor(host: HTMLElement, options: EcgOptions) {
    this.#options = options;
    this.#say = ecgSayer(options.language);
    const isPhone = options.screen === 'phone';
    this.#choice = {
      format: isPhone ? '12x1' : '3x4',
      mmPerSecond: 25,
      mmPerMillivolt: 10,
      size: isPhone ? 'real' : 'fit',
      highPass: null,
      lowPass: null,
      notch: false,
      leadLabel: null,
    };
    this.#controls = makeControls(
      {
        change: (change) => this.#change(change),
        pickRecording: (index) => this.#pick(index),
        toggleCaliper: () => this.#setMeasuring(!this.#measuring),
        clearCalipers: () => {
          this.#calipers.all = [];
          this.#refresh();
        },
        print: () => this.print(),
        calibrate: () => openCalibration(this.root, this.#say, () => this.#layOut()),
        leaveLead: () => this.#change({ format: this.#before, leadLabel: null }),
      },
      this.#say,
    );
    this.#overview = makeOverview(this.#say('overview'), (seconds) => this.#moveTo(seconds));
    this.#earlier = this.#stretchButton('earlier', -1);
    this.#later = this.#stretchButton('later', 1);
    this.#scroller.append(this.#canvas, this.#space);
    this.root = element(
      'section',
      { class: 'yv-ecg', 'aria-label': this.#say('ecg'), 'data-screen': options.screen },
      this.#controls.root,
      this.#facts,
      this.#scroller,
      this.#state,
      element('div', { class: 'yv-ecg-time' }, this.#earlier, this.#overview.root, this.#later),
      this.#foot,
    );
    listenToPaper(this.#scroller, {
      calipers: this.#calipers,
      paper: () => this.#paper,
      pxPerMm: () => this.#pxPerMm,
      isMeasuring: () => this.#measuring,
      changed: () => this.#refresh(),
      enlarge: (x, y) => this.#enlarge(x, y),
    });
    this.#scroller.addEventListener('scroll', () => this.#refresh(), { passive: true });
    this.#observer = new ResizeObserver(() => this.#layOut());
    this.#observer.observe(this.#scroller);
    host.append(this.root);
    void this.#load();
  }

  close(): void {
    this.#abort.abort();
    this.#observer.disconnect();
    cancelAnimationFrame(this.#frame);
    this.root.remove();
  }

  get #group(): Group | null {
    return this.#filtered;
  }

  get #pxPerMm(): number {
    const real = calibratedPxPerMm() ?? nominalPxPerMm;
    if (this.#choice.size === 'real') return real;
    if (this.#choice.size === 'double') return real * 2;
    // A running strip is as long as the recording: ten seconds of it fit.
    const wide = Math.min(this.#paper.width, 10 * this.#choice.mmPerSecond + 20);
    const acrossPx =
      (this.#scroller.clientWidth - 1) / Math.max(1, this.#paper.isPaged ? this.#paper.width : wide);
    const downPx = (this.#scroller.clientHeight - 1) / Math.max(1, this.#paper.height);
    return Math.max(0.5, this.#paper.isPaged ? Math.min(acrossPx, downPx) : acrossPx);
  }

  async #load(from = 0, keep = this.#at): Promise<void> {
    const { urls } = this.#options;
    this.#state.hidden = false;
    this.#state.replaceChildren(this.#say('loading'));
    try {
      const loaded = await Promise.all(urls.map((url) => fetchRecording(url, from, this.#abort.signal)));
      this.#recordings = loaded.flatMap((recording, index) =>
        recording.groups.map((group, number) => ({
          recording,
          group,
          url: urls[index] ?? '',
          label: group.label === '' ? `${index + number + 1}` : group.label,
        })),
      );
      this.#state.hidden = this.#recordings.length > 0;
      if (this.#recordings.length === 0) this.#state.replaceChildren(this.#say('notShown'));
      this.#pick(keep);
      this.root.dataset.state = 'shown';
    } catch {
      if (this.#abort.signal.aborted) return;
      const again = element('button', { class: 'yv-ecg-button', type: 'button' }, this.#say('retry'));
      again.addEventListener('click', () => void this.#load(from, keep));
      this.#state.replaceChildren(this.#say('failed'), again);
      this.root.dataset.state = 'failed';
    }
  }

  #pick(index: number): void {
    const chosen = this.#recordings[index];
    if (chosen === undefined) return;
    if (index !== this.#at) this.#calipers.all = [];
    this.#at = index;
    this.#pageSeconds = chosen.group.fromSeconds;
    const formats = formatsOf(chosen.group);
    if (!formats.includes(this.#choice.format)) this.#choice.format = formats[0] ?? 'rows';
    this.#scroller.scrollTo(0, 0);
    this.#beats = findBeats(chosen.group);
    this.#filter();
  }

  #filter(): void {
    const chosen = this.#recordings[this.#at];
    if (chosen === undefined) return;
    const { group } = chosen;
    const { highPass, lowPass, notch } = this.#choice;
    const filters = { highPass, lowPass, notch: notch ? 50 : null };
    this.#filtered = {
      ...group,
      leads: group.leads.map((lead) =>
        lead.unit === 'mV'
          ? { ...lead, samples: applyFilters(lead.samples, group.samplesPerSecond, filters) }
          : lead,
      ),
    };
    this.#beat = medianBeat(this.#filtered, this.#beats.peaks);
    this.#layOut();
  }

  #change(change: Partial<EcgChoice>): void {
    this.#choice = { ...this.#choice, ...change };
    const isFilter = 'highPass' in change || 'lowPass' in change || 'notch' in change;
    if (isFilter) this.#filter();
    else this.#layOut();
  }

  #setMeasuring(isMeasuring: boolean): void {
    this.#measuring = isMeasuring;
    this.#scroller.dataset.measuring = String(isMeasuring);
    this.#refresh();
  }

  #enlarge(x: number, y: number): void {
    if (this.#choice.format === 'lead') {
      this.#change({ format: this.#before, leadLabel: null });
      return;
    }
    const strip = stripAt(this.#paper, x, y);
    if (strip === null || this.#choice.format === 'median') return;
    this.#before = this.#choice.format;
    this.#change({ format: 'lead', leadLabel: strip.lead.label });
    this.#moveTo(strip.fromSeconds);
  }

  /** To a moment: pages begin there, running strips are scrolled there. */
  #moveTo(seconds: number): void {
    const group = this.#group;
    if (group === null) return;
    if (this.#paper.isPaged) {
      const last = Math.max(group.fromSeconds, group.fromSeconds + group.seconds - 10);
      this.#pageSeconds = Math.min(last, Math.max(group.fromSeconds, seconds));
      this.#layOut();
      return;
    }
    const first = this.#paper.strips[0];
    if (first === undefined) return;
    const x = first.x + (seconds - group.fromSeconds) * first.mmPerSecond;
    this.#scroller.scrollLeft = x * this.#pxPerMm - 40;
  }

  #layOut(): void {
    const group = this.#group;
    if (group === null) return;
    const beat = this.#beat;
    const seconds = beat === null ? 0 : (beat.leads[0]?.samples.length ?? 0) / group.samplesPerSecond;
    this.#paper = layOut(
      group,
      { ...this.#choice, fromSeconds: this.#pageSeconds },
      beat === null ? null : { leads: beat.leads, seconds },
    );
    const px = this.#pxPerMm;
    this.#space.style.width = `${this.#paper.width * px}px`;
    this.#space.style.height = `${this.#paper.height * px}px`;
    this.#refresh();
  }

  #refresh(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw(): void {
    const group = this.#group;
    const [width, height] = [this.#scroller.clientWidth, this.#scroller.clientHeight];
    const context = this.#canvas.getContext('2d');
    if (group === null || context === null || width === 0 || height === 0) return;
    const pixelRatio = Math.min(3, window.devicePixelRatio || 1);
    const [dotsX, dotsY] = [Math.round(width * pixelRatio), Math.round(height * pixelRatio)];
    if (this.#canvas.width !== dotsX || this.#canvas.height !== dotsY) {
      this.#canvas.width = dotsX;
      this.#canvas.height = dotsY;
      this.#canvas.style.width = `${width}px`;
      this.#canvas.style.height = `${height}px`;
    }
    drawPaper(context, {
      paper: this.#paper,
      samplesPerSecond: group.samplesPerSecond,
      pxPerMm: this.#pxPerMm,
      scrollX: this.#scroller.scrollLeft,
      scrollY: this.#scroller.scrollTop,
      width,
      height,
      pixelRatio,
      calipers: this.#calipers.all,
      perMinute: this.#say('perMinute'),
      derived: this.#say('derived'),
    });
    this.#drawChrome(group, pixelRatio);
  }

  #drawChrome(group: Group, pixelRatio: number): void {
    const isVoltage = group.leads.some((lead) => lead.unit === 'mV');
    this.#controls.draw({
      choice: this.#choice,
      formats: formatsOf(group),
      leads: group.leads.map((lead) => lead.label),
      rhythmLead: rhythmLead(group, this.#choice.leadLabel)[0]?.label ?? '',
      recordings: this.#recordings.map((one) => one.label),
      recording: this.#at,
      isVoltage,
      highPasses,
      lowPasses: lowPasses.filter((one) => isEffective(one, group.samplesPerSecond)),
      isMeasuring: this.#measuring,
      hasCalipers: this.#calipers.all.length > 0,
    });
    this.#facts.replaceChildren(...this.#factLines(group).map((fact) => element('span', {}, fact)));
    setText(this.#foot, this.#footText(group));
    const [lead] = rhythmLead(group, this.#choice.leadLabel);
    const shown = this.#shown(group);
    const isAllShown = shown.to - shown.from >= group.seconds - 0.01;
    const isLong = group.totalSeconds > group.seconds + 1;
    this.#overview.root.parentElement?.toggleAttribute(
      'hidden',
      (isAllShown && !isLong) || this.#choice.format === 'median',
    );
    this.#earlier.hidden = !isLong || group.fromSeconds <= 0;
    this.#later.hidden = !isLong || group.fromSeconds + group.seconds >= group.totalSeconds - 0.01;
    if (lead === undefined) return;
    this.#overview.draw(
      {
        lead,
        samplesPerSecond: group.samplesPerSecond,
        fromSeconds: group.fromSeconds,
        seconds: group.seconds,
        shown,
      },
      pixelRatio,
    );
  }

  #shown(group: Group): { from: number; to: number } {
    const first = this.#paper.strips[0];
    const end = group.fromSeconds + group.seconds;
    if (this.#paper.isPaged || first === undefined)
      return { from: this.#pageSeconds, to: Math.min(end, this.#pageSeconds + 10) };
    const seconds = (px: number) => first.fromSeconds + (px / this.#pxPerMm - first.x) / first.mmPerSecond;
    const from = Math.max(group.fromSeconds, seconds(this.#scroller.scrollLeft));
    return { from, to: Math.min(end, seconds(this.#scroller.scrollLeft + this.#scroller.clientWidth)) };
  }

  #factLines(group: Group): string[] {
    const recording = this.#recordings[this.#at]?.recording;
    if (recording === undefined) return [];
    const { language } = this.#options;
    const rate = this.#beats.rate;
    return [
      ...(recording.acquiredAt === null ? [] : [recording.acquiredAt]),
      ...(rate === null
        ? []
        : [`${this.#say('rate')} ${Math.round(rate)} ${this.#say('perMinute')} (${this.#say('measured')})`]),
      ...(this.#choice.format === 'median'
        ? [this.#beat === null ? this.#say('noBeats') : `${this.#beat.beats} ${this.#say('beats')}`]
        : []),
      ...recording.measurements
        .filter(({ value }) => Number(value) !== 0) // how recorders write 'not measured'
        .slice(0, 8)
        .map(({ name, value, unit }) => `${measurementName(language, name)} ${withUnit(value, unit)}`),
      ...recording.statements.slice(0, 4),
      `${group.samplesPerSecond} Hz · ${group.totalSeconds.toFixed(1)} s`,
      ...(recording.device === null ? [] : [recording.device]),
    ];
  }

  #footText(group: Group): string {
    const say = this.#say;
    const isReal = this.#choice.size === 'real';
    const screenText = isReal
      ? say(calibratedPxPerMm() === null ? 'notCalibrated' : 'calibrated')
      : say('fitted');
    return [...this.#scaleTexts(group), screenText].join('  ·  ');
  }

  #scaleTexts(group: Group): string[] {
    const { mmPerSecond, mmPerMillivolt, format, highPass, lowPass, notch } = this.#choice;
    const times = format === 'lead' ? 2 : 1;
    const isVoltage = group.leads.some((lead) => lead.unit === 'mV');
    const say = this.#say;
    const band = [
      highPass === null ? null : `≥ ${highPass} Hz`,
      lowPass === null ? null : `≤ ${lowPass} Hz`,
      notch ? say('notch') : null,
    ].filter((text) => text !== null);
    const own = [
      group.highPass === null ? null : `${group.highPass}`,
      group.lowPass === null ? null : `${group.lowPass} Hz`,
    ].filter((text) => text !== null);
    const notchText = group.notch === null ? '' : ` ~${group.notch} Hz`;
    return [
      `${mmPerSecond * times} mm/s`,
      ...(isVoltage ? [`${mmPerMillivolt * times} mm/mV`] : []),
      band.length === 0 ? say('filterOff') : `${say('filter')} ${band.join(' ')} (${say('zeroPhase')})`,
      ...(own.length === 0 ? [] : [`${say('device')} ${own.join('–')}${notchText}`]),
    ];
  }

  print(): void {
    const group = this.#group;
    if (group === null) return;
    const { title } = this.#options;
    const pages = printPages(this.#paper, group.samplesPerSecond, {
      title,
      lines: [this.#factLines(group).join('  ·  ').slice(0, 190)],
      scale: this.#scaleTexts(group).join('  ·  '),
    });
    printAtTrueScale(pages, title);
  }

  #stretchButton(word: 'earlier' | 'later', by: number): HTMLButtonElement {
    const made = element('button', { class: 'yv-ecg-button', type: 'button' }, this.#say(word));
    made.addEventListener('click', () => {
      const group = this.#group;
      if (group !== null) void this.#load(Math.max(0, group.fromSeconds + by * stretchSeconds));
    });
    return made;
  }
}

/** An angle's sign stands at its figure; recorders write 'deg'. */
const withUnit = (value: string, unit: string): string =>
  unit === 'deg' ? `${value}°` : `${value}\u2009${unit}`.trim();
