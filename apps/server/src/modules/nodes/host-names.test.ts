import { expect, it } from 'vitest';
import { HostNames } from './host-names.ts';

function answered() {
  const asked: string[] = [];
  const waiting: (() => void)[] = [];
  const names = new HostNames(async (name) => {
    asked.push(name);
    await new Promise<void>((resolve) => waiting.push(resolve));
    if (name === 'gone') throw new Error('ENOTFOUND');
    return ['10.0.0.7'];
  });
  return {
    names,
    asked,
    answer: () => {
      for (const go of waiting.splice(0)) go();
    },
  };
}

it('looks every name up once, and whoever calls meanwhile waits for the same', async () => {
  const { names, asked, answer } = answered();
  let ready = 0;
  const callers = ['registered', 'stranger'].map(() =>
    names.ensure(['ct.hospital', 'gone']).then(() => {
      ready += 1;
    }),
  );
  await Promise.resolve();
  expect(ready).toBe(0);
  answer();
  await callers[0];
  expect(names.addressesOf('ct.hospital')).toEqual(['10.0.0.7']);
  expect(names.addressesOf('gone')).toEqual([]);
  expect(names.addressesOf('never registered')).toEqual([]);
  await Promise.all(callers);
  expect(asked).toEqual(['ct.hospital', 'gone']);
});

it('asks nobody again while what is known is fresh, whatever it was', async () => {
  const { names, asked, answer } = answered();
  const first = names.ensure(['ct.hospital', 'gone']);
  answer();
  await first;
  const before = asked.length;
  for (let call = 0; call < 100; call += 1) await names.ensure(['ct.hospital', 'gone']);
  expect(asked.length).toBe(before);
});
