import { describe, expect, it } from 'vitest';
import { parseAccept } from '../../http/media.ts';
import { chooseFrameForm, frameContentType, frameOffers } from './frame-form.ts';

const plain = '1.2.840.10008.1.2.1';
const jpegLs = '1.2.840.10008.1.2.4.80';
const choose = (accept: string, transferSyntaxUid = jpegLs, frames = 1) => {
  const choice = chooseFrameForm(parseAccept(accept), { transferSyntaxUid, frames });
  return choice === null ? null : `${choice.multipart ? 'multipart ' : ''}${choice.form}`;
};

describe('the form of a frame', () => {
  it('is multipart octets for a client that says nothing', () => {
    expect(choose('*/*')).toBe('multipart decoded');
    expect(choose('multipart/related')).toBe('multipart decoded');
    expect(choose('multipart/related; type="application/octet-stream"')).toBe('multipart decoded');
  });

  it('is HTJ2K for a viewer that names it, alone or in multipart', () => {
    expect(choose('image/jphc; transfer-syntax=1.2.840.10008.1.2.4.202')).toBe('htj2k');
    expect(choose('image/jphc')).toBe('htj2k');
    expect(choose('image/jhc')).toBe('htj2k');
    expect(choose('multipart/related; type="image/jphc"; transfer-syntax=*')).toBe('multipart htj2k');
  });

  it('is the object as received for transfer-syntax=* and for its own syntax and type', () => {
    expect(choose('multipart/related; type="application/octet-stream"; transfer-syntax=*')).toBe(
      'multipart original',
    );
    expect(choose(`image/jls; transfer-syntax=${jpegLs}`)).toBe('original');
    expect(choose('image/jls')).toBe('original');
    expect(choose('multipart/related; type="image/x-jls"')).toBe('multipart original');
    expect(choose('application/octet-stream; transfer-syntax=*', plain)).toBe('decoded');
  });

  it('goes by quality and skips what cannot be given', () => {
    expect(choose('image/jp2, application/octet-stream;q=0.5')).toBe('decoded');
    expect(choose('image/jphc;q=0.1, image/jls;q=0.9')).toBe('original');
    expect(choose('image/jphc;q=0, application/octet-stream')).toBe('decoded');
  });

  it('is refused for a syntax that we do not make', () => {
    expect(choose('image/jp2; transfer-syntax=1.2.840.10008.1.2.4.90')).toBe(null);
    expect(choose('image/jphc; transfer-syntax=1.2.840.10008.1.2.4.203')).toBe(null);
    expect(choose('text/html')).toBe(null);
    const preview = { transferSyntaxUid: '1.2.840.10008.1.2.1', frames: 1, hasPreview: true };
    const named = parseAccept('image/jphc; transfer-syntax=1.2.840.10008.1.2.4.203');
    expect(chooseFrameForm(named, preview)?.form).toBe('lossy');
    expect(chooseFrameForm(parseAccept('image/jphc'), preview)?.form).toBe('htj2k');
  });

  it('puts several frames into multipart only', () => {
    expect(choose('image/jphc', jpegLs, 2)).toBe(null);
    expect(choose('image/jphc, multipart/related; type="image/jphc"', jpegLs, 2)).toBe('multipart htj2k');
  });

  it('names type and syntax of what it sends', () => {
    expect(frameContentType('original', jpegLs)).toBe(`image/jls; transfer-syntax=${jpegLs}`);
    expect(frameContentType('original', '1.2.840.10008.1.2')).toBe(
      `application/octet-stream; transfer-syntax=${plain}`,
    );
    expect(frameOffers(plain)).toHaveLength(2);
  });
});
