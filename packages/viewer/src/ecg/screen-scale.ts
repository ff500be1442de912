// How many CSS pixels a millimetre has on this screen. The browser does not know; a bank card (ISO/IEC 7810 ID-1,
// 85.60 × 53.98 mm) held to the screen tells. Kept for this screen only: size and pixel ratio are part of the key.
export const card = { long: 85.6, short: 53.98 };

/** What CSS calls a millimetre; true on few screens. */
export const nominalPxPerMm = 96 / 25.4;

function key(): string {
  return `yunying.px-per-mm ${screen.width}x${screen.height}@${devicePixelRatio}`;
}

export function calibratedPxPerMm(): number | null {
  try {
    const value = Number(localStorage.getItem(key()));
    return value > 1 && value < 40 ? value : null;
  } catch {
    return null; // storage is forbidden
  }
}

export function calibrate(pxPerMm: number | null): void {
  try {
    if (pxPerMm === null) localStorage.removeItem(key());
    else localStorage.setItem(key(), String(pxPerMm));
  } catch {
    // storage is forbidden: the calibration lasts as long as the page, which is not offered
  }
}
