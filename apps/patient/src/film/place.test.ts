// What an address says, and what it cannot make the page believe.
import { describe, expect, it } from 'vitest';
import { frameOf, placeOf, toolOf, viewOf, withWords } from './place.ts';

const search = (text: string) => new URLSearchParams(text);

describe('the address of the film page', () => {
  it('names a frame, the first as 1', () => {
    expect(frameOf(search('frame=1'))).toBe(0);
    expect(frameOf(search('frame=86'))).toBe(85);
  });

  it('says nothing when it says something odd', () => {
    for (const text of ['', 'frame=', 'frame=0', 'frame=-3', 'frame=1.5', 'frame=x', 'frame=999999'])
      expect(frameOf(search(text)), text).toBeNull();
    expect(viewOf(search('view=<script>'))).toBeNull();
    expect(viewOf(search(`view=${'1'.repeat(200)}`))).toBeNull();
    expect(placeOf(search('place=javascript:'))).toBeNull();
    expect(toolOf(search('tool=../..'))).toBeNull();
  });

  it('reads a view, a place and a tool', () => {
    expect(viewOf(search('view=400_40_1.5_0_0_0_i'))).toBe('400_40_1.5_0_0_0_i');
    expect(placeOf(search('place=0.5_0.25_3'))).toBe('0.5_0.25_3');
    expect(toolOf(search('tool=length'))).toBe('length');
  });

  it('changes words and leaves the others alone', () => {
    expect(withWords('/exams/1/images/1.2/1.3?read=1&frame=4', { frame: '5', view: 'a' })).toBe(
      '/exams/1/images/1.2/1.3?read=1&frame=5&view=a',
    );
    expect(withWords('/exams/1?frame=4', { frame: '' })).toBe('/exams/1');
  });
});
