// Less used verbs of the film: speed of the cine, fit, zoom by button, the series as a volume, keeping pictures.
import { useT } from '@yunying/ui';
import { Box, FileDown, ImageDown, Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { Sheet } from '../parts/sheet.tsx';
import type { FilmView } from './film-view.ts';

const speeds = [0.5, 1, 2];

export function MoreSheet(props: {
  film: FilmView;
  speed: number;
  onVolume: (() => void) | null;
  onClose: () => void;
  onKeep: (what: 'picture' | 'sheet') => Promise<void>;
}): ReactElement {
  const t = useT();
  const { film, speed, onVolume, onClose, onKeep } = props;
  const [keeping, setKeeping] = useState<'idle' | 'busy' | 'failed'>('idle');
  const keep = (what: 'picture' | 'sheet') => {
    setKeeping('busy');
    onKeep(what).then(onClose, () => setKeeping('failed'));
  };
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
        <li>
          <button type="button" disabled={keeping === 'busy'} onClick={() => keep('picture')}>
            <ImageDown aria-hidden="true" />
            <span>{t('film.keepPicture')}</span>
          </button>
        </li>
        <li>
          <button type="button" disabled={keeping === 'busy'} onClick={() => keep('sheet')}>
            <FileDown aria-hidden="true" />
            <span>{t('film.keepSheet')}</span>
          </button>
        </li>
      </ul>
      {keeping !== 'idle' && (
        <p className="soft" role="status">
          {t(keeping === 'busy' ? 'film.keeping' : 'film.keepFailed')}
        </p>
      )}
    </Sheet>
  );
}
