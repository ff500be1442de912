// The crypto port with keys in files: DATA/keys/CLASS-N (32 random bytes each) and sign-N.pem (SM2). N counts up with every
// rotation; the highest is used for what is new, all for what is old. For hospitals without a KMS or a cipher machine.
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CryptoError, type CryptoPort, type KeyClass } from './crypto-port.ts';
import { keyFile } from './key-file.ts';
import { hmacSm3, openWith, sameMac, sealWith, signWith, verifyWith } from './sm.ts';

const size = 32;

export function fileKeys(dataDir: string): CryptoPort {
  const folder = join(dataDir, 'keys');
  const keys = new Map<string, Buffer>();
  const pairs = new Map<string, KeyObject>();

  const newest = (name: string): number => {
    const found = existsSync(folder) ? readdirSync(folder) : [];
    const pattern = new RegExp(`^${name}-([1-9][0-9]{0,5})(\\.pem)?$`);
    const numbers = found.flatMap((file) => pattern.exec(file)?.[1] ?? []).map(Number);
    return Math.max(1, ...numbers);
  };
  const current = new Map<string, number>();
  const currentOf = (name: string): number => {
    const known = current.get(name) ?? newest(name);
    current.set(name, known);
    return known;
  };
  const keyOf = (keyClass: KeyClass, number: number): Buffer => {
    const id = `${keyClass}-${number}`;
    const known = keys.get(id);
    if (known !== undefined) return known;
    if (number > 1 && !existsSync(join(folder, id))) throw new CryptoError(`key ${id} is not here`);
    const key = keyFile(folder, id, () => randomBytes(size));
    if (key.length !== size) throw new CryptoError(`key ${id} must hold exactly ${size} bytes`);
    keys.set(id, key);
    return key;
  };
  const pairOf = (number: number): KeyObject => {
    const id = `sign-${number}`;
    const known = pairs.get(id);
    if (known !== undefined) return known;
    if (number > 1 && !existsSync(join(folder, `${id}.pem`))) throw new CryptoError(`key ${id} is not here`);
    const key = createPrivateKey(keyFile(folder, `${id}.pem`, newPair));
    pairs.set(id, key);
    return key;
  };
  const numberIn = (keyId: string): number => {
    const found = /^[a-z]+-([1-9][0-9]{0,5})$/.exec(keyId);
    if (found === null) throw new CryptoError('the key id is none');
    return Number(found[1]);
  };

  return {
    seal: (keyClass, plain, context) => {
      const number = currentOf(keyClass);
      return sealWith(keyOf(keyClass, number), number, plain, context);
    },
    open: (keyClass, sealed, context) => openWith((number) => keyOf(keyClass, number), sealed, context),
    mac: (keyClass, message) => {
      const number = currentOf(keyClass);
      return `${keyClass}-${number}:${hmacSm3(keyOf(keyClass, number), message).toString('hex')}`;
    },
    verifyMac: (keyClass, message, mac) => {
      const [keyId = '', hex = ''] = mac.split(':');
      if (!keyId.startsWith(`${keyClass}-`)) return false;
      return sameMac(hmacSm3(keyOf(keyClass, numberIn(keyId)), message), Buffer.from(hex, 'hex'));
    },
    blindIndex: (message) => hmacSm3(keyOf('index', 1), message).toString('hex'),
    sign: (message) => {
      const number = currentOf('sign');
      return { keyId: `sign-${number}`, signature: signWith(pairOf(number), message) };
    },
    verify: (message, keyId, signature) =>
      verifyWith(createPublicKey(pairOf(numberIn(keyId))), message, signature),
    publicKey: (keyId) =>
      createPublicKey(pairOf(numberIn(keyId)))
        .export({ type: 'spki', format: 'pem' })
        .toString(),
    rotate: (keyClass) => {
      if (keyClass === 'index')
        throw new CryptoError('the key of the blind index stays: every index would change');
      const number = newest(keyClass) + 1;
      if (keyClass === 'sign') keyFile(folder, `sign-${number}.pem`, newPair);
      else keyFile(folder, `${keyClass}-${number}`, () => randomBytes(size));
      current.set(keyClass, number);
      return `${keyClass}-${number}`;
    },
  };
}

function newPair(): Buffer {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'SM2' });
  return Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' }));
}
