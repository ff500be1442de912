// What the address of the film page says beside study and series: which frame, whether the reading layer lies over it
// and how its picture stands. Addresses are typed and sent by anybody: anything odd counts as not said. Pure.

const mostFrames = 100_000;
const toolName = /^[a-z]{1,20}$/;

/** 0 first; in the address the first is 1. */
export function frameOf(search: URLSearchParams): number | null {
  const frame = Number(search.get('frame') ?? Number.NaN);
  return Number.isInteger(frame) && frame >= 1 && frame <= mostFrames ? frame - 1 : null;
}

/** Window, zoom, pan and turn, as the viewer wrote them (view-code.ts) and reads them, with its own limits. */
export function viewOf(search: URLSearchParams): string | null {
  const code = search.get('view');
  return code !== null && /^[\w.+-]{1,120}$/.test(code) ? code : null;
}

/** Where one is in a slide or video. */
export function placeOf(search: URLSearchParams): string | null {
  const place = search.get('place');
  return place !== null && /^[0-9_.e-]{1,80}$/.test(place) ? place : null;
}

export function toolOf(search: URLSearchParams): string | null {
  const tool = search.get('tool');
  return tool !== null && toolName.test(tool) ? tool : null;
}

/** The same address with these words changed; '' takes one away. */
export function withWords(address: string, words: Readonly<Record<string, string>>): string {
  const [path = '', query = ''] = address.split('?');
  const search = new URLSearchParams(query);
  for (const [name, value] of Object.entries(words)) {
    if (value === '') search.delete(name);
    else search.set(name, value);
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}
