import { describe, expect, it } from 'vitest';
import { storeEach } from './store-each.ts';

async function* pieces(text: string) {
  for (const sign of text) yield Buffer.from(sign);
}
async function* named(...names: string[]) {
  for (const name of names) yield { name };
}
const bodyOf = ({ name }: { name: string }) => pieces(name);
async function readOut(body: AsyncIterable<Uint8Array> | null): Promise<void> {
  for await (const _piece of body ?? []);
}

describe('storeEach', () => {
  it('begins the next object when the bytes of one are taken, no more than eight at a time', async () => {
    let running = 0;
    let most = 0;
    const begun: number[] = [];
    const names = Array.from({ length: 30 }, (_v, index) => `object ${index}`);
    await storeEach(named(...names), bodyOf, async (_object, at, body) => {
      begun.push(at);
      await readOut(body);
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
    });
    expect(begun).toEqual(names.map((_name, at) => at));
    expect(most).toBe(8);
  });

  it('gives the turns in the order of the request, also past one that failed or asked for none', async () => {
    const order: string[] = [];
    await storeEach(named('slow', 'none', 'fast'), bodyOf, async ({ name }, _at, body, place) => {
      await readOut(body);
      if (name === 'none') return;
      if (name === 'slow') await new Promise((resolve) => setTimeout(resolve, 20));
      await place.turn;
      order.push(name);
      place.pass();
    });
    expect(order).toEqual(['slow', 'fast']);
  });

  it('begins nothing after an error, lets end what is under way, and throws the error', async () => {
    const ended: string[] = [];
    const storing = storeEach(named('one', 'bad', 'two', 'three'), bodyOf, async ({ name }, _at, body) => {
      await readOut(body);
      if (name === 'bad') throw new Error('full');
      await new Promise((resolve) => setTimeout(resolve, name === 'one' ? 20 : 0));
      ended.push(name);
    });
    await expect(storing).rejects.toThrow('full');
    expect(ended).toContain('one');
    expect(ended).not.toContain('three');
  });
});
