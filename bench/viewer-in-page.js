// Runs in the page before its own scripts. Watches the picture area until pixels with structure are there, collects performance marks and
// what the adapter's probe sees. Times are performance.now(): ms since navigation start.
window.__watch = ({ pixels, probe, frames, every }) => {
  const B = { marks: {}, seen: {}, frames: 0, draws: 0, raf: 0, loaded: 0 };
  window.__bench = B;
  try {
    new PerformanceObserver((l) => {
      for (const e of l.getEntries()) {
        B.marks[e.name] ??= e.startTime;
        if (e.name === 'frame') B.frames++;
      }
    }).observe({ type: 'mark', buffered: true });
  } catch {}
  if (frames) document.addEventListener(frames, () => B.frames++, true);
  // Both viewers bring their pictures onto a 2D canvas in the end, whatever draws them before.
  let isDrawn = false;
  for (const name of ['drawImage', 'putImageData']) {
    const before = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...rest) {
      if (this.canvas !== c) isDrawn = true;
      return before.apply(this, rest);
    };
  }
  const c = document.createElement('canvas');
  c.width = c.height = 64;
  const g = c.getContext('2d', { willReadFrequently: true });
  g.imageSmoothingQuality = 'medium';
  // Range of brightness over a 64x64 reduction of the element: a blank area has none
  B.range = (el) => {
    const r = el.getBoundingClientRect();
    if (
      r.width * r.height < 1500 ||
      r.bottom <= 0 ||
      r.right <= 0 ||
      r.top >= innerHeight ||
      r.left >= innerWidth
    )
      return 0;
    if (el instanceof HTMLImageElement && !(el.complete && el.naturalWidth)) return 0;
    try {
      g.fillStyle = '#000';
      g.fillRect(0, 0, 64, 64);
      g.drawImage(el, 0, 0, 64, 64);
    } catch {
      return 0;
    }
    const d = g.getImageData(0, 0, 64, 64).data;
    let lo = 255,
      hi = 0;
    for (let i = 0; i < d.length; i += 4) {
      const y = (d[i] * 2 + d[i + 1] * 5 + d[i + 2]) >> 3;
      if (y < lo) lo = y;
      if (y > hi) hi = y;
    }
    return hi - lo;
  };
  B.filled = () => [...document.querySelectorAll(pixels)].filter((el) => B.range(el) >= 12);
  const see = (name) => {
    if (!(name in B.seen)) B.seen[name] = performance.now();
  };
  const fn = probe ? new Function('B', `return (${probe})(B)`) : null;
  let last = -1e9;
  const tick = () => {
    B.raf++;
    if (isDrawn) B.draws++;
    isDrawn = false;
    const now = performance.now();
    if (now - last >= every) {
      last = now;
      if (!('first' in B.seen) && B.filled().length) {
        B.seen.first = performance.now();
      }
      if (fn)
        try {
          for (const [k, v] of Object.entries(fn(B) ?? {}))
            if (v === true) see(k);
            else if (typeof v === 'number') B[k] = v;
        } catch (e) {
          B.probeError = String(e);
        }
    }
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
};
