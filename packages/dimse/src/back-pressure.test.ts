// Memory must not grow with the size of a dataset: a consumer that waits stops the sender.
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { commandField } from './command-fields.ts';
import { answerContexts } from './presentation-context.ts';
import { cStoreService } from './services.ts';
import { status } from './status.ts';
import { dial, storeInput } from './testing/dial.ts';
import { digest, openScp } from './testing/open-scp.ts';

const mebibyte = 1_048_576;

it('stops the sender while the consumer waits, and delivers everything when it goes on', async () => {
  const gate = Promise.withResolvers<void>();
  let receivedWhileWaiting = -1;
  let total = 0;
  const { scp, port } = await openScp({
    services: {
      [commandField.cStoreRq]: cStoreService(async ({ dataset }) => {
        await gate.promise;
        receivedWhileWaiting = dataset.receivedBytes;
        total = (await digest(dataset)).bytes;
        return { status: status.success };
      }),
    },
  });
  let sent = 0;
  async function* source() {
    for (let i = 0; i < 64; i += 1) {
      yield Buffer.alloc(mebibyte);
      sent += mebibyte;
    }
  }
  const association = await dial(port);
  const result = association.store(storeInput(source()));
  let before = -1;
  while (sent !== before) {
    before = sent;
    await sleep(150);
  }
  // The rest is in the socket buffers of the kernel, which are a few MiB at most.
  expect(sent).toBeLessThan(24 * mebibyte);
  gate.resolve();
  expect((await result).status).toBe(status.success);
  expect(receivedWhileWaiting).toBeLessThan(mebibyte);
  expect(total).toBe(64 * mebibyte);
  await association.release();
  await scp.close({ drainMs: 100 });
});

it('passes 400 MiB with a slow reader and little memory', async () => {
  let most = 0;
  const start = process.memoryUsage().rss;
  const { scp, port } = await openScp({
    services: {
      [commandField.cStoreRq]: cStoreService(async ({ dataset }) => {
        let batches = 0;
        for await (const batch of dataset.batches()) {
          batches += batch.length;
          if (batches % 64 === 0) await sleep(1);
          most = Math.max(most, process.memoryUsage().rss - start);
        }
        return { status: status.success };
      }),
    },
  });
  const block = Buffer.alloc(mebibyte, 1);
  async function* source() {
    for (let i = 0; i < 400; i += 1) yield block;
  }
  const association = await dial(port);
  expect((await association.store(storeInput(source()))).status).toBe(status.success);
  expect(most).toBeLessThan(150 * mebibyte);
  await association.release();
  await scp.close({ drainMs: 100 });
});

it('frees receive buffers that are given back, while two messages are on their way, and changes no byte', async () => {
  let freed = 0;
  const received = new Map<string, string>();
  const { scp, port } = await openScp({
    negotiate: (request) => ({
      accept: {
        contexts: answerContexts(request, (context) => context.transferSyntaxes[0] ?? ''),
        asyncOperations: { invoked: 4, performed: 1 },
      },
    }),
    services: {
      [commandField.cStoreRq]: cStoreService(async ({ dataset, sopInstanceUid }) => {
        const hash = createHash('sha256');
        const seen = new Set<ArrayBufferLike>();
        for await (const slice of dataset) {
          const copy = Uint8Array.from(slice);
          if (copy.length % 7 === 0) await sleep(1);
          hash.update(copy);
          seen.add(slice.buffer);
          dataset.giveBack(slice);
        }
        received.set(sopInstanceUid, hash.digest('hex'));
        freed += [...seen].filter((memory) => memory.byteLength === 0).length;
        return { status: status.success };
      }),
    },
  });
  const association = await dial(port, { asyncOps: { invoked: 4, performed: 1 } });
  const sent = await Promise.all(
    Array.from({ length: 12 }, async (_, index) => {
      const bytes = randomBytes(700_000 + index * 33_334);
      const sopInstanceUid = `1.2.3.${index}`;
      const { status: answer } = await association.store({ ...storeInput(bytes), sopInstanceUid });
      return { sopInstanceUid, answer, sha256: createHash('sha256').update(bytes).digest('hex') };
    }),
  );
  for (const { sopInstanceUid, answer, sha256 } of sent) {
    expect(answer).toBe(status.success);
    expect(received.get(sopInstanceUid)).toBe(sha256);
  }
  expect(freed).toBeGreaterThan(0);
  await association.release();
  await scp.close({ drainMs: 100 });
});
