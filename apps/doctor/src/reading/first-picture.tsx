// The film picture of the frame that is about to be read: on screen before the viewer's code is, and until real pixels
// are. It is a picture only, said to be one, and gone as soon as there is something better.
import { type ManifestSeries, openingFrame } from '@yunying/api';
import { useT } from '@yunying/ui';
import type { ReactElement, SyntheticEvent } from 'react';

export function FirstPicture(props: {
  series: ManifestSeries;
  frameNumber: number | null;
  /** Shown, or not to be had. */
  onSettled(): void;
}): ReactElement | null {
  const t = useT();
  const url = filmOf(props.series, props.frameNumber);
  if (url === null) return null;
  const shown = async ({ currentTarget }: SyntheticEvent<HTMLImageElement>) => {
    await currentTarget.decode().catch(() => undefined);
    requestAnimationFrame(() => {
      performance.mark('film-first');
      props.onSettled();
    });
  };
  return (
    <div className="room-first">
      <img
        src={url}
        alt=""
        fetchPriority="high"
        onLoad={(event) => void shown(event)}
        onError={props.onSettled}
      />
      <p>{t('reading.firstPicture')}</p>
    </div>
  );
}

/** A stack opens in its middle, as the room does. */
export function filmOf(series: ManifestSeries, frameNumber: number | null): string | null {
  const { frames } = series;
  const at = frameNumber === null ? openingFrame(series) : frameNumber - 1;
  return frames[Math.min(Math.max(0, at), frames.length - 1)]?.filmUrl ?? null;
}
