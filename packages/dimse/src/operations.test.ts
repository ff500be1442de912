import { afterEach, describe, expect, it } from 'vitest';
import { commandField } from './command-fields.ts';
import { DimseError, StatusError } from './errors.ts';
import type { DimseFunction } from './operation.ts';
import type { ScpOptions } from './scp.ts';
import { cStoreService } from './services.ts';
import { status } from './status.ts';
import { dial, findUid, pieces, storeInput } from './testing/dial.ts';
import type { OpenScp } from './testing/open-scp.ts';
import { openScp } from './testing/open-scp.ts';

const open: OpenScp[] = [];

async function start(options: Partial<ScpOptions> = {}): Promise<OpenScp> {
  const opened = await openScp(options);
  open.push(opened);
  return opened;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(({ scp }) => scp.close({ drainMs: 200 })));
});

describe('performing operations', () => {
  it('answers 0x0122 to a known command without a function and 0x0211 to an unknown one', async () => {
    const { port } = await start();
    const association = await dial(port);
    const context = association.findContext(findUid);
    const answers: number[] = [];
    for (const field of [commandField.cFindRq, 0x0777]) {
      const fields = { commandField: field, affectedSopClassUid: findUid };
      for await (const { status: code } of association.request(context?.id ?? 0, fields, {
        dataset: Buffer.alloc(10),
      })) {
        answers.push(code);
      }
    }
    expect(answers).toEqual([status.sopClassNotSupported, status.unrecognizedOperation]);
    await association.release();
  });

  it('sends many responses with datasets and stops on C-CANCEL', async () => {
    const endless: DimseFunction = async (exchange) => {
      while (!exchange.cancelSignal.aborted) {
        await exchange.respond({ status: status.pending }, Buffer.from('an identifier '));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await exchange.respond({ status: status.cancel });
    };
    const { port } = await start({ services: { [commandField.cFindRq]: endless } });
    const association = await dial(port);
    const fields = { commandField: commandField.cFindRq, affectedSopClassUid: findUid };
    const contextId = association.findContext(findUid)?.id ?? 0;

    const cancel = new AbortController();
    const seen: number[] = [];
    const request = association.request(contextId, fields, {
      dataset: Buffer.alloc(4),
      cancelSignal: cancel.signal,
    });
    for await (const response of request) {
      seen.push(response.status);
      if (response.dataset !== null) {
        let text = '';
        for await (const slice of response.dataset) text += slice.toString();
        expect(text).toBe('an identifier ');
      }
      if (seen.length === 5) cancel.abort();
    }
    expect(seen.at(-1)).toBe(status.cancel);

    for await (const response of association.request(contextId, fields, { dataset: Buffer.alloc(4) })) {
      expect(response.status).toBe(status.pending);
      break; // leaving cancels too, and the association stays usable
    }
    expect(await association.echo()).toBe(status.success);
    await association.whenIdle();
    await association.release();
  });

  it('performs a sub-operation towards the requestor, as C-GET does', async () => {
    const { port } = await start({
      services: {
        [commandField.cGetRq]: async (exchange) => {
          const result = await exchange.association.store(storeInput(pieces(10, 50_000)));
          await exchange.respond({ status: result.status, numberOfCompletedSuboperations: 1 });
        },
      },
    });
    let received = 0;
    const association = await dial(port, {
      services: {
        [commandField.cStoreRq]: cStoreService(async ({ dataset }) => {
          for await (const slice of dataset) received += slice.length;
          return { status: status.success };
        }),
      },
    });
    const fields = { commandField: commandField.cGetRq, affectedSopClassUid: findUid };
    for await (const response of association.request(association.findContext(findUid)?.id ?? 0, fields, {
      dataset: Buffer.alloc(2),
    })) {
      expect(response.status).toBe(status.success);
    }
    expect(received).toBe(500_000);
    await association.release();
  });
});

describe('operations that go wrong', () => {
  it('lets a store function refuse early: the rest is drained, then the next object is taken', async () => {
    let calls = 0;
    const { port } = await start({
      services: {
        [commandField.cStoreRq]: cStoreService(async ({ dataset }) => {
          calls += 1;
          if (calls === 1) throw new StatusError(status.outOfResources, 'the store is full');
          for await (const slice of dataset)
            if (slice.length > 0) return { status: status.warningElementsDiscarded };
          return { status: status.success };
        }),
      },
    });
    const association = await dial(port);
    expect(await association.store(storeInput(pieces(40, 100_000)))).toEqual({
      status: 0xa700,
      errorComment: 'the store is full',
    });
    expect((await association.store(storeInput(pieces(40, 100_000)))).status).toBe(
      status.warningElementsDiscarded,
    );
    await association.release();
  });

  it('aborts when more comes after a refusal than the drain limit', async () => {
    const { port } = await start({
      limits: { maxDrainBytes: 1_000_000 },
      services: { [commandField.cStoreRq]: cStoreService(async () => ({ status: status.outOfResources })) },
    });
    const association = await dial(port);
    await expect(association.store(storeInput(pieces(400, 100_000)))).rejects.toBeInstanceOf(DimseError);
  });

  it('answers processing failure, without details, when a function throws or forgets to answer', async () => {
    const { port, troubles } = await start({
      services: {
        [commandField.cEchoRq]: async () => {},
        [commandField.cStoreRq]: () => Promise.reject(new Error('patient Zhang San')),
      },
    });
    const association = await dial(port);
    expect(await association.echo()).toBe(status.processingFailure);
    expect(await association.store(storeInput(Buffer.alloc(10)))).toEqual({
      status: 0x0110,
      errorComment: 'internal error',
    });
    expect(troubles.filter(({ kind }) => kind === 'error')).toHaveLength(1);
    await association.release();
  });
});
