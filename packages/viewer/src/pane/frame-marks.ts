// The marks by which the platform is measured, set in the animation frame that put a picture on screen.
let hasMarkedReal = false;

export function markFrame(index: number, quality: string): void {
  // Only the latest is kept: a day of reading would fill the page's memory with them.
  performance.clearMarks('frame');
  performance.mark('frame', { detail: { index, quality } });
  if ((quality === 'full' || quality === 'preview') && !hasMarkedReal) {
    hasMarkedReal = true;
    performance.mark('real-first');
  }
  if (quality !== 'full') return;
  performance.clearMarks('full-current');
  performance.mark('full-current', { detail: { index } });
}
