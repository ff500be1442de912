// The time, changing once a minute: what "today" means on a screen that stays open over midnight.
import { useEffect, useState } from 'react';

export function useMinute(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(new Date()), 60_000);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}
