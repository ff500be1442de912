// The reading room in two windows, mostly on two screens: each with its own layout and address, the same session;
// scrolling and the crosshair go across, series are dragged across by the browser itself. Either may be reloaded: it
// says hello and is known again. The second closes with the first.
import type { Stack } from '../layout/follow-slice.ts';
import type { SlicePlane, Vector } from '../layout/planes.ts';
import {
  readMessage,
  sliceMessage,
  stackOfMessage,
  type WindowMessage,
  type WindowRole,
} from './window-messages.ts';

export type SecondWindowOptions = {
  role: WindowRole;
  studyInstanceUid: string;
  /** Address of the second window, with the series it begins with. */
  url(seriesInstanceUid: string | null): string;
};

export type WindowRoom = {
  /** The other window went to a slice. */
  follow(series: string, far: Stack): void;
  mark(series: string, plane: SlicePlane, point: Vector): void;
  /** The other window came or went. */
  changed(isThere: boolean): void;
  blocked(): void;
};

/** A room that is opened anew, for a comparison, is away for a moment only. */
const patienceMs = 2500;

export class SecondWindow {
  readonly #options: SecondWindowOptions;
  readonly #room: WindowRoom;
  readonly #channel: BroadcastChannel;
  #opened: Window | null = null;
  #isThere = false;
  #isFollowing = false;
  #leaving = 0;

  constructor(options: SecondWindowOptions, room: WindowRoom) {
    this.#options = options;
    this.#room = room;
    this.#channel = new BroadcastChannel(`yunying-desk-${options.studyInstanceUid}`);
    this.#channel.addEventListener('message', (event) => this.#hear(readMessage(event.data)));
    window.addEventListener('pagehide', this.#sayBye);
    this.#say({ kind: 'hello' });
  }

  get isThere(): boolean {
    return this.#isThere;
  }

  /** Opens the second window on the other screen where the browser tells of one; brings it forward when it is open. */
  async open(seriesInstanceUid: string | null): Promise<void> {
    if (this.#isThere && this.#opened !== null && !this.#opened.closed) {
      this.#opened.focus();
      return;
    }
    const place = await otherScreen();
    const { left, top, width, height } = place;
    const features = `popup,left=${left},top=${top},width=${width},height=${height}`;
    const name = `yunying-second-${this.#options.studyInstanceUid}`;
    this.#opened = window.open(this.#options.url(seriesInstanceUid), name, features);
    if (this.#opened === null) this.#room.blocked();
  }

  tellSlice(series: string, stack: Stack): void {
    if (!this.#isThere || this.#isFollowing) return;
    this.#channel.postMessage(sliceMessage(this.#options.role, series, stack));
  }

  tellMark(series: string, plane: SlicePlane, point: Vector): void {
    if (this.#isThere && !this.#isFollowing) this.#say({ kind: 'mark', series, plane, point });
  }

  close(): void {
    window.removeEventListener('pagehide', this.#sayBye);
    window.clearTimeout(this.#leaving);
    this.#sayBye();
    this.#channel.close();
  }

  readonly #sayBye = (): void => this.#say({ kind: 'bye' });

  #say(message: { kind: 'hello' | 'here' | 'bye' } | Omit<WindowMessage & { kind: 'mark' }, 'from'>): void {
    this.#channel.postMessage({ from: this.#options.role, ...message });
  }

  #hear(message: WindowMessage | null): void {
    if (message === null || message.from === this.#options.role) return;
    if (message.kind === 'hello') this.#say({ kind: 'here' });
    if (message.kind === 'hello' || message.kind === 'here') this.#met(true);
    if (message.kind === 'bye') this.#met(false);
    // What comes from there does not go back.
    this.#isFollowing = true;
    try {
      if (message.kind === 'slice') this.#room.follow(message.series, stackOfMessage(message));
      if (message.kind === 'mark') this.#room.mark(message.series, message.plane, message.point);
    } finally {
      this.#isFollowing = false;
    }
  }

  #met(isThere: boolean): void {
    window.clearTimeout(this.#leaving);
    if (!isThere && this.#options.role === 'second')
      this.#leaving = window.setTimeout(() => window.close(), patienceMs);
    if (isThere === this.#isThere && !isThere) return;
    this.#isThere = isThere;
    this.#room.changed(isThere);
  }
}

type Place = { left: number; top: number; width: number; height: number };

/** By the Window Management API, asked once; else beside this screen, where a second one mostly is. */
async function otherScreen(): Promise<Place> {
  const { availWidth, availHeight } = window.screen;
  const beside = { left: window.screenX + window.outerWidth, top: 0, width: availWidth, height: availHeight };
  if (!('getScreenDetails' in window) || typeof window.getScreenDetails !== 'function') return beside;
  try {
    const details: unknown = await window.getScreenDetails();
    return placeIn(details) ?? beside;
  } catch {
    return beside;
  }
}

function placeIn(details: unknown): Place | null {
  if (typeof details !== 'object' || details === null) return null;
  if (!('screens' in details) || !('currentScreen' in details) || !Array.isArray(details.screens))
    return null;
  const other: unknown = details.screens.find((one) => one !== details.currentScreen);
  if (typeof other !== 'object' || other === null) return null;
  const numbers = ['availLeft', 'availTop', 'availWidth', 'availHeight'].map((name) =>
    Number(Reflect.get(other, name)),
  );
  const [left = 0, top = 0, width = 0, height = 0] = numbers;
  return numbers.every(Number.isFinite) && width > 0 ? { left, top, width, height } : null;
}
