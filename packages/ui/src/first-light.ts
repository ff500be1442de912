// The start of a page of pictures (view.html): one picture on screen before the app's code is asked for, and what the
// app will ask the server for first, under way before the app is there to ask. Small, and without any framework.

export type FirstPicture = { url: string; words: { zhCn: string; en: string } };

/** After that the app is opened without a picture to look at meanwhile. */
const mostWaitMs = 1500;
/** Whatever became of the app: a picture does not lie over it for ever. */
const mostShownMs = 15_000;

const early = new Map<string, Promise<unknown>>();
let shown: HTMLElement | null = null;

/** Settled when the picture is on screen, is not to be had, or lets itself be waited for. */
export function showFirstPicture(picture: FirstPicture): Promise<void> {
  const waited = new Promise<void>((resolve) => setTimeout(resolve, mostWaitMs));
  return Promise.race([draw(picture).catch(() => undefined), waited]);
}

async function draw({ url, words }: FirstPicture): Promise<void> {
  const response = await fetch(url);
  if (response.status !== 200) return; // 204: a study without pictures
  const blob = await response.blob();
  const film = response.headers.get('content-location');
  if (film !== null) early.set(film, Promise.resolve(blob));
  const image = new Image();
  image.alt = '';
  image.src = URL.createObjectURL(blob);
  await image.decode();
  const layer = document.createElement('div');
  layer.className = 'room-first';
  layer.id = 'first-light';
  const note = document.createElement('p');
  note.textContent = isEnglish() ? words.en : words.zhCn;
  layer.append(image, note);
  document.body.append(layer);
  shown = layer;
  setTimeout(dropFirstPicture, mostShownMs);
  await new Promise<void>((resolve) =>
    requestAnimationFrame(() => {
      performance.mark('film-first');
      resolve();
    }),
  );
}

/** As preferences.ts remembers it. */
function isEnglish(): boolean {
  try {
    return window.localStorage.getItem('yunying.language') === 'en';
  } catch {
    return false;
  }
}

/** Is there a picture already, whose place a screen takes over? */
export function hasFirstPicture(): boolean {
  return shown !== null;
}

/** Something better is on screen, or something else. */
export function dropFirstPicture(): void {
  if (shown === null) return;
  const image = shown.querySelector('img');
  if (image !== null) URL.revokeObjectURL(image.src);
  shown.remove();
  shown = null;
}

/** Asks ahead of the app; an answer waits until it is taken, once. */
export function askEarly(key: string, ask: () => Promise<unknown>): void {
  const answer = ask();
  answer.catch(() => undefined); // said to whom takes it
  early.set(key, answer);
}

export function takeEarly<T>(key: string, ask: () => Promise<T>): Promise<T> {
  const answer = early.get(key);
  early.delete(key);
  return answer === undefined ? ask() : (answer as Promise<T>);
}

/** The picture that was on screen first, for who would fetch it again. */
export function takeEarlyPicture(url: string): Promise<unknown> | null {
  const picture = early.get(url) ?? null;
  early.delete(url);
  return picture;
}
