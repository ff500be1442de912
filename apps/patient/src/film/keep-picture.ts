// Keeping pictures: the server makes a JPEG of one or a PDF of film sheets, without the person's name, and writes it into
// the trail; the browser saves it.
import type { ManifestSeries } from '@yunying/api';

const mostOnSheets = 24;
const perSheet = 6;

export async function keepPicture(
  studyInstanceUid: string,
  series: ManifestSeries,
  what: 'picture' | 'sheet',
  index: number,
): Promise<void> {
  const { seriesInstanceUid, frames } = series;
  const picture = (at: number) => {
    const frame = frames[at];
    if (frame === undefined) throw new Error('no such picture');
    return { seriesInstanceUid, sopInstanceUid: frame.sopInstanceUid, frameNumber: frame.frameNumber };
  };
  const count = Math.min(mostOnSheets, frames.length);
  const evenly = (at: number) => picture(Math.floor(((at + 0.5) * frames.length) / count));
  const body =
    what === 'picture'
      ? { picture: picture(index), format: 'jpeg', identity: false }
      : {
          pictures: Array.from({ length: count }, (_, at) => evenly(at)),
          perSheet,
          identity: false,
          trueSize: true,
        };
  const response = await fetch(
    `/api/studies/${studyInstanceUid}/${what === 'picture' ? 'picture' : 'film-sheet'}`,
    {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    },
  );
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = what === 'picture' ? `${index + 1}.jpg` : 'film.pdf';
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
