// Puts the viewer's room into the page and takes it out again. The engine's code is fetched here, once; where that
// fails, the reader is told and can try again.
import type { StudyManifest } from '@yunying/api';
import { Problem, useLanguage, useT } from '@yunying/ui';
import type { ReadingRoom } from '@yunying/viewer';
import { type ReactElement, useEffect, useRef, useState } from 'react';

type Props = {
  manifest: StudyManifest;
  compare: StudyManifest[];
  seriesInstanceUid: string | null;
  /** 1 first, as in the address. */
  frameNumber: number | null;
  screen: 'phone' | 'desktop';
  onExit(): void;
  /** The open room, null when it is left: for what lies beside it. */
  onRoom?(room: ReadingRoom | null): void;
};

export function RoomMount(props: Props): ReactElement {
  const t = useT();
  const language = useLanguage();
  const root = useRef<HTMLDivElement>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  const latest = useRef(props);
  latest.current = props;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new study remounts by key; an attempt opens again
  useEffect(() => {
    let close: (() => void) | null = null;
    let isGone = false;
    void import('@yunying/viewer').then(
      ({ openReadingRoom }) => {
        if (isGone || root.current === null) return;
        const { manifest, compare, seriesInstanceUid, frameNumber, screen } = latest.current;
        const room = openReadingRoom(root.current, {
          manifest,
          compare,
          seriesInstanceUid: seriesInstanceUid ?? firstPictured(manifest),
          ...(frameNumber === null ? {} : { frameIndex: frameNumber - 1 }),
          language,
          screen,
          saved: true,
          hang: seriesInstanceUid === null && compare.length === 0,
          onExit: () => latest.current.onExit(),
          onEvent: (event) => {
            if (event.type === 'frame' && event.pane === 0) keepPlace(event.seriesInstanceUid, event.index);
          },
        });
        latest.current.onRoom?.(room);
        close = () => {
          latest.current.onRoom?.(null);
          room.close();
        };
      },
      (error: unknown) => setFailure(error),
    );
    return () => {
      isGone = true;
      window.clearTimeout(placeTimer);
      close?.();
    };
  }, [language, attempt]);

  if (failure !== null) {
    const again = () => {
      setFailure(null);
      setAttempt((before) => before + 1);
    };
    return <Problem error={failure} onRetry={again} />;
  }
  return <div className="room-mount" ref={root} role="application" aria-label={t('reading.title')} />;
}

/** The series that is opened unasked: the one with most pictures. */
function firstPictured(manifest: StudyManifest): string {
  const most = [...manifest.series].sort((a, b) => b.frames.length - a.frames.length)[0];
  return most?.seriesInstanceUid ?? '';
}

let placeTimer = 0;

/** The frame stands in the address, so that a reload comes back to it; written when scrolling has stopped. */
function keepPlace(seriesInstanceUid: string, index: number): void {
  window.clearTimeout(placeTimer);
  placeTimer = window.setTimeout(() => {
    const url = new URL(window.location.href);
    url.searchParams.set('series', seriesInstanceUid);
    url.searchParams.set('frame', String(index + 1));
    window.history.replaceState(window.history.state, '', url);
  }, 400);
}
