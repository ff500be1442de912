// A video in a viewport: the browser's own player on the MP4 that the server keeps, with what reading needs added: single
// frames, slow motion, the number of the frame, and a still picture to keep.
import './video.css';
import type { ManifestVideo } from '@yunying/api';
import { button, menuButton } from '../chrome/buttons.ts';
import { icon } from '../chrome/icons.ts';
import { element, setText } from '../dom.ts';
import type { KindHost, KindView } from '../kinds/kind-view.ts';
import { frameAt, readVideoPlace, showTime, timeOfFrame, writeVideoPlace } from './video-time.ts';

const speeds = [0.25, 0.5, 1, 1.5, 2];
const usualFrameMs = 40;

export function openVideoView(root: HTMLElement, host: KindHost): KindView {
  const videos = host.series.videos ?? [];
  const start = readVideoPlace(host.place);
  const holder = element('div', { class: 'yv-video', 'data-screen': host.screen });
  root.append(holder);
  let shown: Player | null = null;
  let at = Math.min(start?.video ?? 0, Math.max(0, videos.length - 1));
  const open = (index: number, timeMs: number): void => {
    const video = videos[index];
    shown?.close();
    shown = null;
    at = index;
    if (video === undefined) {
      holder.replaceChildren(element('p', { class: 'yv-empty' }, host.say('noImages')));
      return;
    }
    shown = openPlayer(holder, host, video, {
      timeMs,
      count: videos.length,
      index,
      pick: (next) => open(next, 0),
      onStill: () => host.onPlace(place()),
    });
  };
  const place = (): string => writeVideoPlace({ video: at, timeMs: shown?.timeMs() ?? 0 });
  open(at, start?.timeMs ?? 0);
  return {
    close: () => {
      shown?.close();
      holder.remove();
    },
    place,
    toggleCine: () => shown?.toggle(),
    step: (by) => shown?.step(by),
  };
}

type Player = { close(): void; timeMs(): number; toggle(): void; step(by: number): void };
type PlayerRoom = {
  timeMs: number;
  count: number;
  index: number;
  pick(index: number): void;
  onStill(): void;
};

function openPlayer(root: HTMLElement, host: KindHost, video: ManifestVideo, room: PlayerRoom): Player {
  if (video.url === null) return showWaiting(root, host, video, room);
  const { say } = host;
  const frameMs = video.frameTimeMs ?? usualFrameMs;
  const player = makePlayer(host, video.url, video.posterUrl);
  const note = element('p', { class: 'yv-empty', hidden: true }, say('videoFailed'));
  const seek = (ms: number): void => {
    const end = Number.isFinite(player.duration) ? player.duration * 1000 : ms;
    player.currentTime = Math.min(Math.max(0, ms), end) / 1000;
  };
  const step = (by: number): void => {
    player.pause();
    // The middle of a frame: its borders are a matter of rounding.
    seek(timeOfFrame(frameAt(player.currentTime * 1000, frameMs) + by, frameMs));
  };
  const toggle = (): void => {
    if (player.paused) void player.play().catch(() => undefined);
    else player.pause();
  };
  const { bar, draw } = makeBar(host, player, { video, frameMs, seek, step, toggle, room });
  let timer = 0;
  const loop = (): void => {
    draw();
    if (!player.paused) timer = requestAnimationFrame(loop);
  };
  player.addEventListener('click', toggle);
  for (const name of ['loadedmetadata', 'seeked', 'pause', 'ended', 'timeupdate'] as const)
    player.addEventListener(name, draw);
  player.addEventListener('play', loop);
  for (const name of ['seeked', 'pause'] as const) player.addEventListener(name, room.onStill);
  player.addEventListener('error', () => {
    note.hidden = false;
  });
  player.addEventListener('loadedmetadata', () => room.timeMs > 0 && seek(room.timeMs), { once: true });
  const mark = (): void => void performance.mark('full-current', { detail: { index: 0 } });
  player.addEventListener('loadeddata', mark, { once: true });
  root.replaceChildren(element('div', { class: 'yv-video-stage' }, player, note), bar);
  draw();
  return {
    close: () => {
      cancelAnimationFrame(timer);
      player.pause();
      player.removeAttribute('src');
      player.load();
    },
    timeMs: () => Math.round(player.currentTime * 1000),
    toggle,
    step,
  };
}

function showWaiting(root: HTMLElement, host: KindHost, video: ManifestVideo, room: PlayerRoom): Player {
  const { say } = host;
  const picture = element('img', { src: video.posterUrl, alt: say('videoNotReady') });
  root.replaceChildren(
    element('div', { class: 'yv-video-wait' }, picture, element('p', {}, say('videoNotReady'))),
    ...(room.count > 1 ? [element('div', { class: 'yv-video-bar' }, chooser(host, room))] : []),
  );
  return { close: () => undefined, timeMs: () => 0, toggle: () => undefined, step: () => undefined };
}

function makePlayer(host: KindHost, src: string, poster: string): HTMLVideoElement {
  const player = element('video', {
    src,
    poster,
    preload: 'auto',
    playsinline: true,
    muted: true,
    'aria-label': host.series.description ?? host.say('videoWord'),
  });
  player.muted = true;
  return player;
}

type Controls = {
  video: ManifestVideo;
  frameMs: number;
  seek(ms: number): void;
  step(by: number): void;
  toggle(): void;
  room: PlayerRoom;
};

function makeBar(
  host: KindHost,
  player: HTMLVideoElement,
  { video, frameMs, seek, step, toggle, room }: Controls,
): { bar: HTMLElement; draw(): void } {
  const { say } = host;
  const slider = element('input', {
    type: 'range',
    min: '0',
    max: '0',
    step: 'any',
    value: '0',
    'aria-label': say('videoSeek'),
  });
  slider.addEventListener('input', () => seek(Number(slider.value)));
  const counter = element('span', { class: 'yv-video-count' });
  const play = button({ label: say('play'), icon: 'play' }, toggle);
  const bar = element('div', { class: 'yv-video-bar', role: 'toolbar', 'aria-label': say('videoWord') });
  bar.append(
    play,
    button({ label: say('frameBack'), text: '−1' }, () => step(-1)),
    button({ label: say('frameOn'), text: '+1' }, () => step(1)),
    slider,
    counter,
    speedMenu(host, player),
  );
  if (!host.isPatient) {
    const look = { label: say('still'), text: say('still') };
    bar.append(button(look, () => void keepStill(player, host, frameMs)));
  }
  if (room.count > 1) bar.append(chooser(host, room));
  const draw = (): void => {
    const ms = player.currentTime * 1000;
    const total = Number.isFinite(player.duration) ? player.duration * 1000 : 0;
    slider.max = String(total);
    slider.value = String(ms);
    const count = Math.max(1, video.frames > 1 ? video.frames : Math.round(total / frameMs));
    const frame = Math.min(count, frameAt(ms, frameMs) + 1);
    setText(counter, `${showTime(ms)} / ${showTime(total)}  ·  ${frame} / ${count}`);
    const label = say(player.paused ? 'play' : 'stop');
    play.title = label;
    play.setAttribute('aria-label', label);
    play.replaceChildren(icon(player.paused ? 'play' : 'stop'));
  };
  return { bar, draw };
}

function speedMenu({ say }: KindHost, player: HTMLVideoElement): HTMLElement {
  const menu = menuButton({ label: say('speed'), text: '1×' }, () =>
    speeds.map((rate) => ({
      label: `${rate}×`,
      isChosen: player.playbackRate === rate,
      pick: () => {
        player.playbackRate = rate;
        const text = menu.querySelector('span');
        if (text !== null) setText(text, `${rate}×`);
      },
    })),
  );
  return menu;
}

function chooser({ say }: KindHost, room: PlayerRoom): HTMLElement {
  return menuButton({ label: say('videoWord'), text: `${room.index + 1} / ${room.count}` }, () =>
    Array.from({ length: room.count }, (_unused, index) => ({
      label: `${say('videoWord')} ${index + 1}`,
      isChosen: index === room.index,
      pick: () => room.pick(index),
    })),
  );
}

/** The picture on screen at the video's own size, without a name on it or in the name of the file. */
async function keepStill(player: HTMLVideoElement, host: KindHost, frameMs: number): Promise<void> {
  const canvas = element('canvas', {
    width: String(player.videoWidth),
    height: String(player.videoHeight),
  });
  const context = canvas.getContext('2d');
  if (context === null || player.videoWidth === 0) return;
  context.drawImage(player, 0, 0);
  const picture = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (picture === null) return;
  const url = URL.createObjectURL(picture);
  const frame = frameAt(player.currentTime * 1000, frameMs) + 1;
  const link = element('a', { href: url, download: `${host.series.modality ?? 'video'}-${frame}.png` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
