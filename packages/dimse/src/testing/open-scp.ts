// An SCP for tests on a free port: accepts every context with the first syntax, keeps a digest of each
// stored dataset, and remembers what went wrong.
import { createHash } from 'node:crypto';
import { commandField } from '../command-fields.ts';
import { answerContexts } from '../presentation-context.ts';
import type { Scp, ScpOptions, ScpTrouble } from '../scp.ts';
import { createScp } from '../scp.ts';
import type { StoreRequest } from '../services.ts';
import { cStoreService } from '../services.ts';
import { status } from '../status.ts';

export interface StoredDataset {
  readonly request: StoreRequest;
  readonly bytes: number;
  readonly sha256: string;
}

export interface OpenScp {
  readonly scp: Scp;
  readonly port: number;
  readonly stored: StoredDataset[];
  readonly troubles: ScpTrouble[];
  /** What the store function threw, which is how a broken dataset shows. */
  readonly storeErrors: unknown[];
}

export async function openScp(options: Partial<ScpOptions> = {}): Promise<OpenScp> {
  const stored: StoredDataset[] = [];
  const troubles: ScpTrouble[] = [];
  const storeErrors: unknown[] = [];
  const scp = createScp({
    negotiate: (request) => ({
      accept: { contexts: answerContexts(request, (context) => context.transferSyntaxes[0] ?? '') },
    }),
    onTrouble: (trouble) => troubles.push(trouble),
    ...options,
    services: {
      [commandField.cStoreRq]: cStoreService(async (request) => {
        try {
          stored.push({ request, ...(await digest(request.dataset)) });
          return { status: status.success };
        } catch (error) {
          storeErrors.push(error);
          throw error;
        }
      }),
      ...options.services,
    },
  });
  await scp.listen('127.0.0.1', 0);
  return { scp, port: scp.address().port, stored, troubles, storeErrors };
}

export async function digest(chunks: AsyncIterable<Uint8Array>): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
