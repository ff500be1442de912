// Less used verbs of the film: speed of the cine, fit, zoom by button, the series as a volume.
import { useT } from '@yunying/ui';
import { Box, Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import type { ReactElement } from 'react';
import { Sheet } from '../parts/sheet.tsx';
import type { FilmView } from './film-view.ts';

const speeds = [0.5, 1, 2];

export function MoreSheet(props: {
  film: FilmView;
  speed: number;
  onVolume: (() => void) | null;
  onClose: () => void;
}): ReactElement {
  const t = useT();
  const { film, speed, onVolume, onClose } = props;
  return (
    <Sheet title={t('film.more')} onClose={onClose}>
      <p className="soft" id="speed">
        {t('film.speed')}
      </p>
      <fieldset className="choices" aria-labelledby="speed">
        {speeds.map((one) => (
          <button key={one} type="button" aria-pressed={one === speed} onClick={() => film.setSpeed(one)}>
            {t('film.speedOf', { speed: one })}
          </button>
        ))}
      </fieldset>
      <ul className="menu">
        {onVolume !== null && (
          <li>
            <button
              type="button"
              onClick={() => {
                onClose();
                onVolume();
              }}
            >
              <Box aria-hidden="true" />
              <span>{t('film.volume')}</span>
            </button>
          </li>
        )}
        <li>
          <button type="button" onClick={() => film.zoomBy(1.5)}>
            <ZoomIn aria-hidden="true" />
            <span>{t('film.zoomIn')}</span>
          </button>
        </li>
        <li>
          <button type="button" onClick={() => film.zoomBy(1 / 1.5)}>
            <ZoomOut aria-hidden="true" />
            <span>{t('film.zoomOut')}</span>
          </button>
        </li>
        <li>
          <button
            type="button"
            onClick={() => {
              film.fit();
              onClose();
            }}
          >
            <Maximize aria-hidden="true" />
            <span>{t('film.fit')}</span>
          </button>
        </li>
      </ul>
    </Sheet>
  );
}
