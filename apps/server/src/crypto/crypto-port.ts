// The port behind which all keys lie (spec CR-2 to CR-5, section 10): callers name a class of key and never hold one. Today
// its keys are files (file-keys.ts); a KMS or a GM/T 0018 device takes the same five calls. Algorithms: SM4-CTR with
// HMAC-SM3 over it, HMAC-SM3, SM2 with SM3.

/** What a key is for. One never serves two classes. */
export const keyClasses = ['field', 'index', 'object', 'row'] as const;
export type KeyClass = (typeof keyClasses)[number];

export type CryptoPort = {
  /** Encrypts; `context` (which column, which row) must be said again to open. Equal texts give unequal results. */
  seal(keyClass: KeyClass, plain: Buffer, context: string): Buffer;
  /** Throws CryptoError when a bit differs, the context is another, or the key is gone. */
  open(keyClass: KeyClass, sealed: Buffer, context: string): Buffer;
  /** HMAC-SM3 under the newest key, as `keyId:hex`: for integrity of rows. */
  mac(keyClass: KeyClass, message: string | Buffer): string;
  verifyMac(keyClass: KeyClass, message: string | Buffer, mac: string): boolean;
  /** HMAC-SM3 under the first key, which is never changed: equal texts give equal results (blind index). Hex. */
  blindIndex(message: string): string;
  /** SM2 signature with SM3, DER. */
  sign(message: Buffer): { keyId: string; signature: Buffer };
  verify(message: Buffer, keyId: string, signature: Buffer): boolean;
  /** SubjectPublicKeyInfo, PEM: what an outsider verifies with. */
  publicKey(keyId: string): string;
  /** A new key of the class; what was sealed before still opens. Answers its id. */
  rotate(keyClass: KeyClass | 'sign'): string;
};

export class CryptoError extends Error {
  override name = 'CryptoError';
}
