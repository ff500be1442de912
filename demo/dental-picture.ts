// A drawn panorama of a jaw, 1600 × 800, 8-bit gray. No freely licensed dental radiograph was at hand, so the demo
// draws one; the report says that it is a drawing. Deterministic: the same bytes on every run.
import sharp from 'sharp';

export const dentalSize = { columns: 1600, rows: 800 };

export async function drawDentalPanorama(): Promise<Buffer> {
  const { columns, rows } = dentalSize;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${columns}" height="${rows}">
    <defs>
      <radialGradient id="jaw" cx="50%" cy="38%" r="62%">
        <stop offset="0" stop-color="#9a9a9a"/><stop offset="0.72" stop-color="#6a6a6a"/><stop offset="1" stop-color="#0c0c0c"/>
      </radialGradient>
      <linearGradient id="crown" x1="0" y1="0" x2="0" y2="1">
        <stop offset="0" stop-color="#f4f4f4"/><stop offset="1" stop-color="#b9b9b9"/>
      </linearGradient>
      <filter id="soft"><feGaussianBlur stdDeviation="3.2"/></filter>
      <filter id="softer"><feGaussianBlur stdDeviation="14"/></filter>
    </defs>
    <rect width="100%" height="100%" fill="#060606"/>
    <g filter="url(#softer)">
      <path d="M90 130 Q150 640 520 690 Q800 742 1080 690 Q1450 640 1510 130 Q1440 60 1400 190 Q1330 560 1040 596 Q800 622 560 596 Q270 560 200 190 Q160 60 90 130Z" fill="#8f8f8f"/>
      <path d="M230 190 Q800 40 1370 190 L1330 330 Q800 470 270 330Z" fill="#7a7a7a"/>
      <ellipse cx="520" cy="205" rx="150" ry="66" fill="#3a3a3a"/><ellipse cx="1080" cy="205" rx="150" ry="66" fill="#3a3a3a"/>
      <ellipse cx="800" cy="215" rx="70" ry="90" fill="#4d4d4d"/>
    </g>
    <g filter="url(#soft)">${teeth('upper')}${teeth('lower')}</g>
    <rect width="100%" height="100%" fill="url(#jaw)" opacity="0.13"/>
  </svg>`;
  return sharp(Buffer.from(svg)).greyscale().toColourspace('b-w').removeAlpha().raw().toBuffer();
}

/** Sixteen teeth along a shallow curve; molars have two roots, one carries a bright filling. */
function teeth(jaw: 'upper' | 'lower'): string {
  const direction = jaw === 'upper' ? -1 : 1;
  const shapes: string[] = [];
  for (let i = 0; i < 16; i++) {
    const fromMiddle = i - 7.5;
    const x = 800 + fromMiddle * 66;
    const bend = 0.0105 * fromMiddle * fromMiddle * 100;
    const y = (jaw === 'upper' ? 392 : 452) - bend * 0.62;
    const molar = Math.abs(fromMiddle) > 4;
    const width = molar ? 56 : 42;
    const root = molar ? 96 : 124;
    const half = width / 2;
    const crown = `<rect x="${x - half}" y="${y - (direction === -1 ? 48 : 0)}" width="${width}" height="50" rx="13" fill="url(#crown)"/>`;
    const top = y + direction * 44;
    const tip = y + direction * (44 + root);
    const roots = molar
      ? [-0.5, 0.5].map(
          (side) =>
            `<path d="M${x + side * half - 11} ${top} L${x + side * half} ${tip} L${x + side * half + 11} ${top}Z" fill="#b4b4b4"/>`,
        )
      : [`<path d="M${x - half * 0.8} ${top} L${x} ${tip} L${x + half * 0.8} ${top}Z" fill="#b8b8b8"/>`];
    const filling =
      jaw === 'lower' && i === 2 ? `<ellipse cx="${x}" cy="${y + 10}" rx="17" ry="10" fill="#ffffff"/>` : '';
    shapes.push(...roots, crown, filling);
  }
  return shapes.join('');
}
