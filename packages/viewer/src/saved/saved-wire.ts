// The requests of saved sets: the list, an object, its pixels, and storing (STOW-RS of metadata, PS3.18 §10.5).
import type { SavedList, SavedObject } from '@yunying/api';
import { isItem, type JsonItem } from '../geometry/dicom-json.ts';

export async function fetchSaved(studyInstanceUid: string, signal: AbortSignal): Promise<SavedList> {
  const response = await fetch(`/api/studies/${studyInstanceUid}/saved`, {
    headers: { accept: 'application/json' },
    credentials: 'same-origin',
    signal,
  });
  if (!response.ok) throw new Error(`saved sets: HTTP ${response.status}`);
  return (await response.json()) as SavedList;
}

export async function fetchObject({ metadataUrl }: SavedObject, signal: AbortSignal): Promise<JsonItem> {
  const headers = { accept: 'application/dicom+json' };
  const response = await fetch(metadataUrl, { headers, credentials: 'same-origin', signal });
  if (!response.ok) throw new Error(`saved object: HTTP ${response.status}`);
  const json: unknown = await response.json();
  if (!isItem(json)) throw new Error('saved object: no data set');
  return json;
}

/** Pixel data as octets, of our own origin only: the address comes with the object. */
export async function fetchPixels(uri: string | null, signal: AbortSignal): Promise<Uint8Array> {
  if (uri === null) throw new Error('an object without pixels');
  const url = new URL(uri, location.href);
  if (url.origin !== location.origin) throw new Error('pixels of another origin are not fetched');
  const headers = { accept: 'application/octet-stream' };
  const response = await fetch(url, { headers, credentials: 'same-origin', signal });
  if (!response.ok) throw new Error(`pixels: HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Stores objects with a study; throws unless every one of them is stored. */
export async function storeObjects(
  studyInstanceUid: string,
  objects: readonly JsonItem[],
  signal: AbortSignal,
): Promise<void> {
  const boundary = `yunying${crypto.getRandomValues(new Uint32Array(2)).join('')}`;
  const type = 'application/dicom+json';
  const body = `--${boundary}\r\nContent-Type: ${type}\r\n\r\n${JSON.stringify(objects)}\r\n--${boundary}--\r\n`;
  const response = await fetch(`/dicom-web/studies/${studyInstanceUid}`, {
    method: 'POST',
    headers: { accept: type, 'content-type': `multipart/related; type="${type}"; boundary=${boundary}` },
    credentials: 'same-origin',
    body,
    signal,
  });
  if (response.status !== 200) throw new Error(`store: HTTP ${response.status}`);
}
