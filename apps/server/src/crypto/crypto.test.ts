import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { CryptoError, fileKeys } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'yunying-keys-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const keys = fileKeys(folder);

describe('the algorithms', () => {
  it('SM3 is the one of GB/T 32905 (example 1)', () => {
    expect(createHash('sm3').update('abc').digest('hex')).toBe(
      '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0',
    );
  });
  it('a blind index is HMAC-SM3 under the first key of its class', () => {
    const index = keys.blindIndex('110101196001011011');
    const key = readFileSync(join(folder, 'keys/index-1'));
    expect(index).toBe(createHmac('sm3', key).update('110101196001011011').digest('hex'));
  });
});

describe('sealing', () => {
  it('opens what it sealed, and equal texts look unequal', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (text, context) => {
        const [a, b] = [
          keys.seal('field', Buffer.from(text), context),
          keys.seal('field', Buffer.from(text), context),
        ];
        expect(a.equals(b)).toBe(false);
        expect(keys.open('field', a, context)).toEqual(Buffer.from(text));
      }),
      { numRuns: 100 },
    );
  });
  it('refuses every single flipped bit, another context and another class', () => {
    const sealed = keys.seal('field', Buffer.from('13800000001'), 'patient.phone 7');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => keys.open('field', changed, 'patient.phone 7')).toThrow(CryptoError);
    }
    expect(() => keys.open('field', sealed, 'patient.phone 8')).toThrow(CryptoError);
    expect(() => keys.open('object', sealed, 'patient.phone 7')).toThrow(CryptoError);
    expect(() => keys.open('field', Buffer.alloc(3), '')).toThrow(CryptoError);
  });
  it('uses a new key after rotation and still opens the old', () => {
    const old = keys.seal('object', Buffer.from('before'), 'x');
    expect(keys.rotate('object')).toBe('object-2');
    const fresh = keys.seal('object', Buffer.from('after'), 'x');
    expect([old.readUInt32BE(1), fresh.readUInt32BE(1)]).toEqual([1, 2]);
    // Another process of the hospital, started later.
    const other = fileKeys(folder);
    expect(other.open('object', old, 'x').toString()).toBe('before');
    expect(other.open('object', fresh, 'x').toString()).toBe('after');
    expect(other.seal('object', Buffer.from(''), 'x').readUInt32BE(1)).toBe(2);
  });
  it('a destroyed key shreds what it sealed', () => {
    keys.rotate('object');
    const sealed = keys.seal('object', Buffer.from('gone'), 'x');
    rmSync(join(folder, 'keys/object-3'));
    expect(() => fileKeys(folder).open('object', sealed, 'x')).toThrow('object-3 is not here');
  });
  it('keeps the key of the blind index, and key files to itself', () => {
    expect(() => keys.rotate('index')).toThrow(CryptoError);
    expect(statSync(join(folder, 'keys/field-1')).mode & 0o777).toBe(0o600);
    writeFileSync(join(folder, 'keys/row-1'), 'short');
    expect(() => keys.mac('row', 'x')).toThrow('exactly 32 bytes');
    rmSync(join(folder, 'keys/row-1'));
  });
});

describe('macs and signatures', () => {
  it('a mac holds for its message and class, also after rotation', () => {
    const mac = keys.mac('row', 'grant 7');
    keys.rotate('row');
    expect(keys.verifyMac('row', 'grant 7', mac)).toBe(true);
    expect(keys.verifyMac('row', 'grant 8', mac)).toBe(false);
    expect(keys.verifyMac('field', 'grant 7', mac)).toBe(false);
    expect(keys.mac('row', 'grant 7')).not.toBe(mac);
  });
  it('an SM2 signature is verified by its own key only', () => {
    const message = Buffer.from('head 1');
    const { keyId, signature } = keys.sign(message);
    expect(keys.verify(message, keyId, signature)).toBe(true);
    expect(keys.verify(Buffer.from('head 2'), keyId, signature)).toBe(false);
    const next = keys.rotate('sign');
    expect(keys.verify(message, next, signature)).toBe(false);
    expect(keys.verify(message, keyId, signature)).toBe(true);
    expect(keys.verify(message, keyId, Buffer.from('no signature'))).toBe(false);
    expect(keys.publicKey(keyId)).toContain('BEGIN PUBLIC KEY');
  });
});
