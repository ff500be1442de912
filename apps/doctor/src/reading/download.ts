// Fetches what the server makes on request and hands it to the browser as a file. Refusals come as ApiError.
import { ApiError } from '@yunying/api';

export async function download(url: string, ask: { body: unknown }): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ask.body),
  });
  if (!response.ok) throw new ApiError(await response.json());
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'export';
  const address = URL.createObjectURL(await response.blob());
  saveAs(address, name);
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Straight to disk: a study may be larger than the page's memory. */
export function saveAs(url: string, name = ''): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
