import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestContext, type TestContext } from '../../testing/context.ts';
import { findDicomNode, findHl7Node, touchNode } from './find-node.ts';
import { nodeCommands } from './node.cli.ts';
import { addNode, listNodes, setNodeDisabled } from './register-node.ts';

describe('nodes', () => {
  let ctx: TestContext;
  beforeAll(async () => {
    ctx = await openTestContext();
  });
  afterAll(() => ctx.close());

  it('knows a node by its AE title, and only from the host it is registered with', async () => {
    await addNode(ctx, { kind: 'dicom', name: 'CT1', host: '10.0.0.7', port: 104 });
    await addNode(ctx, { kind: 'dicom', name: 'MR1', host: 'localhost', port: 104 });
    expect(await findDicomNode(ctx.db, 'CT1', '10.0.0.7')).toMatchObject({ name: 'CT1', may: 'store' });
    expect(await findDicomNode(ctx.db, 'CT1', '::ffff:10.0.0.7')).toMatchObject({ name: 'CT1' });
    expect(await findDicomNode(ctx.db, 'CT1', '10.0.0.8')).toBeNull();
    expect(await findDicomNode(ctx.db, 'MR1', '127.0.0.1')).toMatchObject({ name: 'MR1' });
    expect(await findDicomNode(ctx.db, 'ct1', '10.0.0.7')).toBeNull();
  });

  it('changes a node that is registered again', async () => {
    await addNode(ctx, { kind: 'dicom', name: 'CT1', may: ['store', 'find'], onConflict: 'accept' });
    const rows = (await listNodes(ctx.db)).filter((row) => row.name === 'CT1');
    expect(rows).toMatchObject([{ host: null, may: 'store find', on_conflict: 'accept' }]);
  });

  it('finds an HL7 peer by application and facility, or by the application alone', async () => {
    await addNode(ctx, { kind: 'hl7', name: 'HIS', facility: 'EAST', charset: 'GB18030' });
    await addNode(ctx, { kind: 'hl7', name: 'LIS' });
    expect(await findHl7Node(ctx.db, 'HIS', 'EAST')).toMatchObject({ charset: 'GB18030' });
    expect(await findHl7Node(ctx.db, 'HIS', 'WEST')).toBeNull();
    expect(await findHl7Node(ctx.db, 'LIS', 'ANY')).toMatchObject({ name: 'LIS', may: 'send' });
  });

  it('tells a disabled node from an unknown one, wherever it calls from', async () => {
    const old = await addNode(ctx, { kind: 'dicom', name: 'OLD', host: '10.0.0.7' });
    const first = ctx.clock.now();
    await setNodeDisabled(ctx.db, old.id, first);
    await setNodeDisabled(ctx.db, old.id, new Date(first.getTime() + 1000));
    expect(await findDicomNode(ctx.db, 'OLD', '10.0.0.7')).toBe('disabled');
    expect(await findDicomNode(ctx.db, 'OLD', '10.0.0.8')).toBe('disabled');
    expect((await listNodes(ctx.db)).find((row) => row.name === 'OLD')?.disabled_at).toEqual(first);
    await setNodeDisabled(ctx.db, old.id, null);
    expect(await findDicomNode(ctx.db, 'OLD', '10.0.0.7')).toMatchObject({ name: 'OLD' });
  });

  it('remembers when a node was heard, at most once a minute', async () => {
    const seen = async () => {
      const found = await findDicomNode(ctx.db, 'MR1', '127.0.0.1');
      return found === null || found === 'disabled' ? Promise.reject(new Error('no node')) : found;
    };
    const first = ctx.clock.now();
    await touchNode(ctx.db, await seen(), first);
    await touchNode(ctx.db, await seen(), new Date(first.getTime() + 30_000));
    expect((await seen()).last_seen_at).toEqual(first);
    const later = new Date(first.getTime() + 90_000);
    await touchNode(ctx.db, await seen(), later);
    expect((await seen()).last_seen_at).toEqual(later);
  });

  it('refuses names, hosts, ports and rights that cannot be', async () => {
    const bad = [
      { name: 'TOO LONG FOR AN AE TITLE' },
      { name: '' },
      { name: 'A', host: 'not a host' },
      { name: 'A', port: 70_000 },
      { name: 'A', may: ['everything'] },
    ];
    for (const spec of bad) expect(() => addNode(ctx, { kind: 'dicom', ...spec })).toThrow(/not valid/);
  });

  it('adds, lists and reports an unknown node on the command line', async () => {
    const lines: string[] = [];
    const run = (...words: string[]) => {
      const program = new Command().exitOverride();
      nodeCommands(
        program,
        (work) => work(ctx),
        (line) => lines.push(line),
      );
      return program.parseAsync(['node', 'yunying', 'node', ...words]);
    };
    await run('add', 'US1', '10.0.0.9', '104', '--may', 'store,find', '--on-conflict', 'accept');
    await run('list');
    expect(lines[0]).toMatch(/^dicom +US1 +10\.0\.0\.9:104 +may store find +on conflict accept$/);
    expect(lines.length).toBeGreaterThan(4);
    await expect(run('echo', 'NOBODY')).rejects.toThrow(/nothing at this address/i);
  });
});
