import { describe, expect, it } from 'vitest';
import { acceptedSyntaxes } from '../../../http/media.ts';
import { chooseObjectForm, type FormFacts } from './object-form.ts';

const explicit = '1.2.840.10008.1.2.1';
const j2k = '1.2.840.10008.1.2.4.90';
const rle = '1.2.840.10008.1.2.5';
const facts = (more: Partial<FormFacts> = {}): FormFacts => ({
  single: true,
  stored: [explicit],
  canMake: (_from, to) => to === j2k,
  ...more,
});
const choose = (accept: string, more: Partial<FormFacts> = {}) =>
  chooseObjectForm(acceptedSyntaxes({ headers: { accept }, query: {} }), facts(more));

describe('the form of whole objects', () => {
  it.each([
    ['*/*', { kind: 'multipart', accept: '*' }],
    ['multipart/related; type="application/dicom"', { kind: 'multipart', accept: '*' }],
    ['application/dicom', { kind: 'single', accept: '*' }],
    ['application/dicom; transfer-syntax=*', { kind: 'single', accept: '*' }],
    [`application/dicom; transfer-syntax=${j2k}`, { kind: 'single', accept: [j2k] }],
    [`application/dicom; transfer-syntax=${rle}`, null],
    [
      `application/dicom; transfer-syntax=${rle}, multipart/related; type="application/dicom"; transfer-syntax=${explicit}; q=0.5`,
      { kind: 'multipart', accept: [explicit] },
    ],
    ['application/zip', { kind: 'zip', accept: '*' }],
    ['application/zip;q=0', null],
    ['text/html', null],
    ['application/dicom; transfer-syntax=nonsense', null],
  ])('for Accept %s is chosen', (accept, expected) => {
    expect(choose(accept)).toEqual(expected);
  });

  it('gives no single part for a series, and asks that every object can be made', () => {
    expect(choose('application/dicom', { single: false })).toBeNull();
    const wish = `multipart/related; type="application/dicom"; transfer-syntax=${j2k}`;
    expect(choose(wish, { stored: [explicit, rle], canMake: (from) => from === explicit })).toBeNull();
  });
});
