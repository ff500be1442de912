// Exponential back-off with jitter: 2 s, 4 s, 8 s … at most an hour, each ±25 % so that failures of one moment do
// not come back as one wave.

const mostMs = 3_600_000;

export function retryDelayMs(attempt: number, firstMs = 2000, random: () => number = Math.random): number {
  const plain = Math.min(mostMs, firstMs * 2 ** Math.min(30, Math.max(0, attempt - 1)));
  return Math.round(plain * (0.75 + random() * 0.5));
}
