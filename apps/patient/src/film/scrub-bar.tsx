// The strip at the right edge: drag it to run through the whole series; what has been loaded shows in it.
import { useT } from '@yunying/ui';
import { type PointerEvent, type ReactElement, useRef, useState } from 'react';
import { clamp } from '../touch/zoom.ts';
import type { FilmSnapshot, FilmView } from './film-view.ts';

export function ScrubBar({ film, shot }: { film: FilmView; shot: FilmSnapshot }): ReactElement {
  const t = useT();
  const bar = useRef<HTMLDivElement>(null);
  const [isHeld, setHeld] = useState(false);
  const { index, count, loadedCount } = shot;
  const scrub = (event: PointerEvent) => {
    if (bar.current === null) return;
    const box = bar.current.getBoundingClientRect();
    const part = clamp((event.clientY - box.top) / Math.max(1, box.height), 0, 1);
    film.show(Math.round(part * (count - 1)));
  };
  const text = t('film.slice', { index: index + 1, count });
  return (
    <div
      className="scrub"
      data-held={isHeld ? '' : undefined}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        film.play(false);
        setHeld(true);
        scrub(event);
      }}
      onPointerMove={(event) => {
        if (isHeld) scrub(event);
      }}
      onPointerUp={() => setHeld(false)}
      onLostPointerCapture={() => setHeld(false)}
    >
      <div
        ref={bar}
        className="scrub-track"
        role="slider"
        tabIndex={0}
        aria-orientation="vertical"
        aria-label={t('film.sliceLabel')}
        aria-valuemin={1}
        aria-valuemax={count}
        aria-valuenow={index + 1}
        aria-valuetext={text}
      >
        <span className="scrub-loaded" style={{ height: `${(100 * loadedCount) / count}%` }} />
        <span className="scrub-thumb" style={{ top: `${(100 * index) / Math.max(1, count - 1)}%` }}>
          {isHeld && <span className="scrub-number">{index + 1}</span>}
        </span>
      </div>
    </div>
  );
}
