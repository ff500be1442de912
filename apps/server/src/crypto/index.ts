// Keys and what is done with them, behind one port.
export { CryptoError, type CryptoPort, type KeyClass, keyClasses } from './crypto-port.ts';
export { fileKeys } from './file-keys.ts';
export { keyFile } from './key-file.ts';
