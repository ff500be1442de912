// Opens associations to a test SCP with the contexts the tests use, and makes what they store.
import type { Association, StoreInput } from '../association.ts';
import type { ConnectOptions } from '../scu.ts';
import { connect } from '../scu.ts';
import { explicitVrLittleEndianUid, implicitVrLittleEndianUid, verificationSopClassUid } from '../uids.ts';
import { ctImageStorageUid } from './sessions.ts';

export const findUid = '1.2.840.10008.5.1.4.1.2.2.1';

export function dial(port: number, more: Partial<ConnectOptions> = {}): Promise<Association> {
  return connect({
    host: '127.0.0.1',
    port,
    callingAe: 'TEST',
    calledAe: 'YUNYING',
    contexts: [
      { abstractSyntax: verificationSopClassUid, transferSyntaxes: [implicitVrLittleEndianUid] },
      { abstractSyntax: ctImageStorageUid, transferSyntaxes: [explicitVrLittleEndianUid] },
      { abstractSyntax: findUid, transferSyntaxes: [explicitVrLittleEndianUid] },
    ],
    ...more,
  });
}

export function storeInput(dataset: StoreInput['dataset']): StoreInput {
  return {
    sopClassUid: ctImageStorageUid,
    sopInstanceUid: '1.2.3.4',
    transferSyntaxUid: explicitVrLittleEndianUid,
    dataset,
  };
}

export async function* pieces(count: number, size: number): AsyncGenerator<Buffer> {
  for (let i = 0; i < count; i += 1) yield Buffer.alloc(size, i);
}
