// The link this window came in by, so that an expired session can be proved again. The code opens nothing without
// the second factor; it is kept for the life of the window only.
const key = 'yunying.entry';

export function rememberEntryCode(code: string): void {
  try {
    sessionStorage.setItem(key, code);
  } catch {
    // Not remembered: the person opens the SMS again.
  }
}

export function lastEntryCode(): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}
