// A time of the hospital: the hour alone within today, date and hour before; the whole on hover.
import { timeWithinToday, useT } from '@yunying/ui';
import type { ReactElement } from 'react';
import { formatMoment, inHospital } from './measure.ts';

export function Moment({ at }: { at: string }): ReactElement {
  const t = useT();
  const today = timeWithinToday(inHospital(at));
  return (
    <time dateTime={at} title={formatMoment(at)}>
      {today === null ? formatMoment(at) : t('ui.today', { time: today })}
    </time>
  );
}
