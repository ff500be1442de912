// What a page's address says of the picture it will need first.
import { describe, expect, it } from 'vitest';
import { firstLightOf } from './first-light.ts';

describe('the first light of a page', () => {
  it('is the picture that a reading room opens with', () => {
    const { isView, link } = firstLightOf('/doctor/view/1.2.3?report=off');
    expect(isView).toBe(true);
    expect(link).toBe(
      '</api/studies/1.2.3/first-picture>; rel=preload; as=fetch; crossorigin=anonymous; fetchpriority=high',
    );
    expect(firstLightOf('/view/1.2.3?series=1.2.4&frame=7').link).toContain(
      '/api/studies/1.2.3/first-picture?series=1.2.4&frame=7>',
    );
  });

  it('is the chosen frame of the chosen series on the page of the film', () => {
    expect(firstLightOf('/exams/12/images/1.2.3/1.2.4?frame=9')).toMatchObject({ isView: true });
    expect(firstLightOf('/exams/12/images/1.2.3/1.2.4?frame=9').link).toContain('series=1.2.4&frame=9>');
  });

  it('is the examination itself where that is what will be read', () => {
    expect(firstLightOf('/exams/12').link).toContain('</api/exams/12>;');
    expect(firstLightOf('/exams/12').isView).toBe(false);
  });

  it('is nothing on other pages', () => {
    for (const url of ['/', '/exams', '/r/abc', '/doctor/', '/exams/12/report/5', '/exams/12/images/1.2.3'])
      expect(firstLightOf(url), url).toEqual({ isView: false, link: null });
  });

  it('carries nothing of an odd address into a header', () => {
    const { link } = firstLightOf('/doctor/view/1.2.3?series=%0d%0aset-cookie:x&frame=-1e9');
    expect(link).toContain('</api/studies/1.2.3/first-picture>');
    expect(firstLightOf('/doctor/view/1.2.3%0d%0a').link).toBeNull();
  });
});
