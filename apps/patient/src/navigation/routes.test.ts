import { describe, expect, it } from 'vitest';
import { parentOf, pathTo, routeOf } from './routes.ts';

describe('routeOf', () => {
  it('reads what pathTo writes', () => {
    expect(routeOf(pathTo.entry('a/b c'))).toEqual({ name: 'entry', code: 'a/b c' });
    expect(routeOf(pathTo.exam('12'))).toEqual({ name: 'exam', examId: '12' });
    expect(routeOf(pathTo.report('12', '7'))).toEqual({ name: 'report', examId: '12', reportId: '7' });
    expect(routeOf(pathTo.images('12', '1.2.3', '1.2.3.4'))).toEqual({
      name: 'images',
      examId: '12',
      studyInstanceUid: '1.2.3',
      seriesInstanceUid: '1.2.3.4',
    });
    expect(routeOf(pathTo.images('12', '1.2.3'))).toMatchObject({ seriesInstanceUid: null });
  });
  it('forgives a trailing slash and knows nothing else', () => {
    expect(routeOf('/exams/')).toEqual({ name: 'exams' });
    expect(routeOf('/exams/abc')).toEqual({ name: 'unknown' });
    expect(routeOf('/exams/1/images/../../etc')).toEqual({ name: 'unknown' });
    expect(routeOf('/r/%E0%A4%A')).toEqual({ name: 'entry', code: '%E0%A4%A' });
  });
  it('gives every page a way back', () => {
    expect(parentOf(routeOf('/exams/1/report/2'))).toBe('/exams/1');
    expect(parentOf(routeOf('/exams/1'))).toBe('/exams');
    expect(parentOf(routeOf('/nothing/here'))).toBe('/');
  });
});
