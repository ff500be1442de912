import { describe, expect, it } from 'vitest';
import { isAeTitle } from './ae-title.ts';
import {
  decodeAssociateAccept,
  decodeAssociateRequest,
  encodeAssociateAccept,
  encodeAssociateRequest,
} from './associate-pdu.ts';
import { PduError } from './errors.ts';
import { resolveLimits } from './limits.ts';
import { decodeAbort, decodeAssociateReject, encodeAbort, encodeAssociateReject } from './pdu.ts';
import type { AssociateAccept } from './pdu-types.ts';
import { associateBytes, fullRequest } from './testing/sessions.ts';
import { isUid } from './uids.ts';

const limits = resolveLimits();
const bodyOf = (pdu: Buffer): Buffer => pdu.subarray(6);

describe('associate PDUs', () => {
  it('come back with every item after encoding and decoding', () => {
    expect(decodeAssociateRequest(bodyOf(associateBytes), limits)).toEqual(fullRequest);
    const accept: AssociateAccept = {
      ...fullRequest,
      contexts: [
        { id: 1, result: 0, transferSyntax: '1.2.840.10008.1.2' },
        { id: 3, result: 3, transferSyntax: '' },
      ],
      userInformation: {
        ...fullRequest.userInformation,
        userIdentity: null,
        userIdentityResponse: Buffer.from('ticket'),
      },
    };
    expect(decodeAssociateAccept(bodyOf(encodeAssociateAccept(accept)), limits)).toEqual(accept);
  });

  it('have the length their header says', () => {
    expect(associateBytes.readUInt32BE(2)).toBe(associateBytes.length - 6);
  });

  it('are refused with the byte offset when cut anywhere', () => {
    const body = bodyOf(associateBytes);
    let refused = 0;
    for (let length = 0; length < body.length; length += 1) {
      try {
        decodeAssociateRequest(body.subarray(0, length), limits);
      } catch (error) {
        expect(error).toBeInstanceOf(PduError);
        expect(String(error)).toMatch(/byte \d+|presentation context \d+/);
        refused += 1;
      }
    }
    // A cut exactly between items leaves a shorter, well-formed body.
    expect(refused).toBeGreaterThan(body.length - 20);
  });

  it('are refused when a context id is even, used twice, or lacks a transfer syntax', () => {
    const [first] = fullRequest.contexts;
    if (first === undefined) throw new Error('the sample has contexts');
    for (const contexts of [[{ ...first, id: 2 }], [first, first], [{ ...first, transferSyntaxes: [] }]]) {
      const bytes = encodeAssociateRequest({ ...fullRequest, contexts });
      expect(() => decodeAssociateRequest(bodyOf(bytes), limits)).toThrow(PduError);
    }
  });

  it('never show a pass code in an error text', () => {
    const cut = Buffer.from(associateBytes.subarray(0, associateBytes.length - 3));
    expect(() => decodeAssociateRequest(bodyOf(cut), limits)).toThrow(/^(?!.*secre).*$/);
  });
});

describe('small PDUs', () => {
  it('keep their result, source and reason', () => {
    const reject = { result: 2, source: 3, reason: 2 };
    expect(decodeAssociateReject(bodyOf(encodeAssociateReject(reject)))).toEqual(reject);
    expect(decodeAbort(bodyOf(encodeAbort({ source: 2, reason: 6 })))).toEqual({ source: 2, reason: 6 });
  });
});

describe('names on the wire', () => {
  it.each([
    ['YUNYING', true],
    ['A B', true],
    ['SIXTEEN_CHARS_16', true],
    ['SEVENTEEN_CHARS_7', false],
    ['', false],
    ['   ', false],
    ['BACK\\SLASH', false],
    ['云影', false],
    ['TAB\t', false],
  ])('AE title %j is valid: %s', (title, valid) => {
    expect(isAeTitle(title)).toBe(valid);
  });

  it.each([
    ['1.2.840.10008.1.2', true],
    ['1', true],
    ['1..2', false],
    ['1.2.', false],
    ['../../etc/passwd', false],
    [`1.${'2'.repeat(63)}`, false],
  ])('UID %j is valid: %s', (uid, valid) => {
    expect(isUid(uid)).toBe(valid);
  });
});
