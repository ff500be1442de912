// Bandwidth and other terms of one association, on real sockets. What is asserted is order and bytes, not the clock.
import { expect, it } from 'vitest';
import { Bucket } from './pace.ts';
import { answerContexts } from './presentation-context.ts';
import { dial, storeInput } from './testing/dial.ts';
import { openScp } from './testing/open-scp.ts';

const all = (request: Parameters<typeof answerContexts>[0]) =>
  answerContexts(request, (context) => context.transferSyntaxes[0] ?? '');

it('a bucket lets a burst pass and then says how long the rest takes', () => {
  const bucket = new Bucket(100_000);
  expect(bucket.waitMs).toBe(0);
  bucket.take(1_065_536);
  expect(bucket.waitMs).toBeGreaterThan(9_000);
  expect(bucket.waitMs).toBeLessThanOrEqual(10_000);
  bucket.bytesPerSecond = 1_000_000;
  expect(bucket.waitMs).toBeLessThanOrEqual(1_000);
});

it('what is received and sent at a limited rate arrives whole, and takes its time', async () => {
  const pace = () => ({ reading: new Bucket(1_000_000), writing: new Bucket(1_000_000) });
  const { scp, port, stored } = await openScp({
    negotiate: (request) => ({ accept: { contexts: all(request), pace: pace() } }),
  });
  const bytes = Buffer.alloc(1_250_000, 7);
  const began = performance.now();
  const receiving = await dial(port);
  expect((await receiving.store(storeInput(bytes))).status).toBe(0);
  await receiving.release();
  const between = performance.now();
  const sending = await dial(port, { pace: pace() });
  expect((await sending.store(storeInput(bytes))).status).toBe(0);
  await sending.release();
  // A million bytes above the burst cannot be there sooner than in a second; there is no upper bound to assert.
  expect(between - began).toBeGreaterThan(850);
  expect(performance.now() - between).toBeGreaterThan(850);
  expect(stored.map((one) => one.bytes)).toEqual([bytes.length, bytes.length]);
  await scp.close({ drainMs: 500 });
});

it('an association that is throttled can be aborted and ends at once', async () => {
  const pace = { reading: new Bucket(16_384), writing: new Bucket(16_384) };
  const { scp, port, troubles } = await openScp({
    negotiate: (request) => ({ accept: { contexts: all(request), pace } }),
  });
  const association = await dial(port);
  const stored = association.store(storeInput(Buffer.alloc(4_000_000)));
  await new Promise((resolve) => setTimeout(resolve, 100));
  association.abort('enough');
  await expect(stored).rejects.toThrow();
  await scp.close({ drainMs: 0 });
  expect(troubles.length).toBeGreaterThan(0);
});

it('the maximum length agreed with one peer is announced to it and enforced on it alone', async () => {
  const { scp, port } = await openScp({
    negotiate: (request) => ({
      accept: {
        contexts: all(request),
        ...(request.callingAe === 'SMALL' ? { limits: { maxPduLength: 8192, pduSlack: 0 } } : {}),
      },
    }),
  });
  const small = await dial(port, { callingAe: 'SMALL' });
  const large = await dial(port);
  expect(small.peerUserInformation.maxPduLength).toBe(8192);
  expect(large.peerUserInformation.maxPduLength).toBe(131_072);
  expect((await small.store(storeInput(Buffer.alloc(100_000)))).status).toBe(0);
  await small.release();
  await large.release();
  await scp.close({ drainMs: 500 });
});

it('the idle time agreed with one peer ends its association and no other', async () => {
  const { scp, port } = await openScp({
    negotiate: (request) => ({
      accept: {
        contexts: all(request),
        ...(request.callingAe === 'IDLE' ? { timeouts: { idleMs: 60 } } : {}),
      },
    }),
  });
  const idle = await dial(port, { callingAe: 'IDLE' });
  const other = await dial(port);
  expect((await idle.closed).kind).toBe('aborted-by-peer');
  expect(await other.echo()).toBe(0);
  await other.release();
  await scp.close({ drainMs: 500 });
});
