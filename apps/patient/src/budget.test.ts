// The promise of the first picture: less than 150 KB of script and style (gzip) before it. Measured on the build, so
// it is skipped where nothing has been built yet.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

const dist = join(import.meta.dirname, '../dist');
const page = join(dist, 'index.html');
const film = join(dist, 'view.html');

describe('what comes before the first picture', () => {
  it.skipIf(!existsSync(page))('is under 150 KB of script and style (skipped when not built)', () => {
    const html = readFileSync(page, 'utf8');
    const assets = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map(
      (found) => found[1] ?? '',
    );
    expect(assets.some((name) => name.endsWith('.js'))).toBe(true);
    expect(assets.some((name) => name.endsWith('.css'))).toBe(true);
    const sizes = assets.map((name) => gzipSync(readFileSync(join(dist, name))).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150_000);
  });
  it.skipIf(!existsSync(page))('holds no imaging code and no inline script (skipped when not built)', () => {
    const html = readFileSync(page, 'utf8');
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
    for (const [, script = ''] of html.matchAll(/src="\/(assets\/[^"]+\.js)"/g))
      expect(readFileSync(join(dist, script), 'utf8')).not.toMatch(/openjph|webgl2|vtkRender/i);
  });
  it.skipIf(!existsSync(film))(
    'is 8 KB on the page of pictures, whose code comes after them (skipped when not built)',
    () => {
      const html = readFileSync(film, 'utf8');
      const assets = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((found) => found[1] ?? '');
      const sizes = assets.map((name) => gzipSync(readFileSync(join(dist, name))).length);
      expect(sizes.reduce((sum, size) => sum + size, gzipSync(html).length)).toBeLessThan(8_000);
      expect(assets.length).toBeLessThanOrEqual(4);
    },
  );
});
