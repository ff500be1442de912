// The algorithms: SM4-CTR encrypted, then HMAC-SM3 over version, key number, nonce, context and cipher text (GB/T 32907,
// GB/T 32905, GB/T 15852.2); SM2 signatures (GB/T 32918.2) as OpenSSL makes them, with the default user id.
//
// Sealed form: 1 octet version, 4 octets key number, 16 octets nonce, cipher text, 32 octets MAC.
import {
  createCipheriv,
  createHmac,
  type KeyObject,
  randomBytes,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import { CryptoError } from './crypto-port.ts';

const version = 1;
const headLength = 21;
const macLength = 32;

export function sealWith(key: Buffer, number: number, plain: Buffer, context: string): Buffer {
  const head = Buffer.alloc(headLength);
  head.writeUInt8(version, 0);
  head.writeUInt32BE(number, 1);
  randomBytes(16).copy(head, 5);
  const { cipherKey, macKey } = split(key);
  const cipher = ctr(cipherKey, head.subarray(5), plain);
  return Buffer.concat([head, cipher, macOf(macKey, head, context, cipher)]);
}

export function openWith(keyOf: (number: number) => Buffer, sealed: Buffer, context: string): Buffer {
  if (sealed.length < headLength + macLength || sealed.readUInt8(0) !== version)
    throw new CryptoError('what is to be opened was not sealed here');
  const head = sealed.subarray(0, headLength);
  const cipher = sealed.subarray(headLength, sealed.length - macLength);
  const { cipherKey, macKey } = split(keyOf(head.readUInt32BE(1)));
  if (!timingSafeEqual(macOf(macKey, head, context, cipher), sealed.subarray(sealed.length - macLength)))
    throw new CryptoError('what is to be opened was changed, or belongs to another place');
  return ctr(cipherKey, head.subarray(5), cipher);
}

export function hmacSm3(key: Buffer, message: string | Buffer): Buffer {
  return createHmac('sm3', key).update(message).digest();
}

export function sameMac(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

export function signWith(key: KeyObject, message: Buffer): Buffer {
  return sign('sm3', message, key);
}

export function verifyWith(key: KeyObject, message: Buffer, signature: Buffer): boolean {
  try {
    return verify('sm3', message, key, signature);
  } catch {
    return false; // not even the form of a signature
  }
}

/** Two keys of one, so that none serves two algorithms. */
function split(key: Buffer): { cipherKey: Buffer; macKey: Buffer } {
  return { cipherKey: hmacSm3(key, 'sm4-ctr').subarray(0, 16), macKey: hmacSm3(key, 'hmac-sm3') };
}

function ctr(key: Buffer, nonce: Buffer, text: Buffer): Buffer {
  const cipher = createCipheriv('sm4-ctr', key, nonce);
  return Buffer.concat([cipher.update(text), cipher.final()]);
}

function macOf(key: Buffer, head: Buffer, context: string, cipher: Buffer): Buffer {
  const about = Buffer.from(context, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(about.length);
  return createHmac('sm3', key).update(head).update(length).update(about).update(cipher).digest();
}
