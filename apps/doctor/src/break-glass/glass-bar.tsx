// While a protected patient lies open by break-glass: whose, how long still, and the end by hand; and a mark with the
// doctor's name and the time over everything that is shown. When the time is up, what was read is forgotten.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, type OpenGlass } from '@yunying/api';
import { useT } from '@yunying/ui';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { forgetStudies, glassesQuery } from '../queries.ts';
import { leftOf } from './time-left.ts';

export function GlassBar({ displayName }: { displayName: string }): ReactElement | null {
  const glasses = useQuery(glassesQuery);
  const queries = useQueryClient();
  const items = glasses.data?.items ?? [];
  const isOpen = items.length > 0;
  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && !isOpen) forgetStudies(queries);
    wasOpen.current = isOpen;
  }, [isOpen, queries]);
  if (!isOpen) return null;
  // The server's clock counts, not the desk's.
  const aheadMs = Date.parse(glasses.data?.now ?? '') - glasses.dataUpdatedAt;
  return (
    <>
      <Mark who={displayName} />
      <div className="glass-bar" role="alert">
        {items.map((one) => (
          <Line key={one.id} glass={one} aheadMs={aheadMs} />
        ))}
      </div>
    </>
  );
}

function Line({ glass, aheadMs }: { glass: OpenGlass; aheadMs: number }): ReactElement {
  const t = useT();
  const queries = useQueryClient();
  const now = useSecond() + aheadMs;
  const left = Date.parse(glass.until) - now;
  const isOver = left <= 0;
  useEffect(() => {
    if (isOver) void queries.invalidateQueries({ queryKey: glassesQuery.queryKey });
  }, [isOver, queries]);
  const end = useMutation({
    mutationFn: () => api.endGlass(glass.id),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['still-open'] });
      await queries.invalidateQueries({ queryKey: glassesQuery.queryKey });
    },
  });
  return (
    <>
      <strong>{t('glass.bar', { name: glass.patientName })}</strong>
      <time>{t('glass.left', { time: leftOf(left) })}</time>
      <button type="button" disabled={end.isPending} onClick={() => end.mutate()}>
        {t('glass.end')}
      </button>
    </>
  );
}

/** Over pictures and words alike; nothing can be clicked on it. */
function Mark({ who }: { who: string }): ReactElement {
  const t = useT();
  const time = new Date(Math.floor(useSecond() / 60_000) * 60_000).toLocaleString('sv-SE', {
    timeZone: 'Asia/Shanghai',
    dateStyle: 'short',
    timeStyle: 'short',
  });
  const text = t('glass.mark', { who, time });
  return (
    <div className="glass-mark" aria-hidden>
      {Array.from({ length: 120 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: all alike
        <span key={index}>{text}</span>
      ))}
    </div>
  );
}

function useSecond(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}
