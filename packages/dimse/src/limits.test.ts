// How much one association may propose (limits.ts), on a real socket.
import { expect, it } from 'vitest';
import { defaultLimits, resolveLimits } from './limits.ts';
import { dial } from './testing/dial.ts';
import { openScp } from './testing/open-scp.ts';

const context = (syntaxes: number) => ({
  abstractSyntax: '1.2.840.10008.1.1',
  transferSyntaxes: Array.from({ length: syntaxes }, (_, index) =>
    index === 0 ? '1.2.840.10008.1.2' : `1.2.3.${index}`,
  ),
});

it('takes as many contexts and transfer syntaxes as the limits say, and not one more', async () => {
  const { maxPresentationContexts, maxTransferSyntaxes } = defaultLimits;
  const { scp, port } = await openScp();
  const full = await dial(port, {
    contexts: Array.from({ length: maxPresentationContexts }, () => context(maxTransferSyntaxes)),
  });
  expect(full.contexts.size).toBe(maxPresentationContexts);
  expect(await full.echo()).toBe(0);
  await full.release();
  await expect(dial(port, { contexts: [context(maxTransferSyntaxes + 1)] })).rejects.toThrow(/abort/);
  await expect(
    dial(port, { contexts: Array.from({ length: maxPresentationContexts + 1 }, () => context(1)) }),
  ).rejects.toThrow(/can be proposed/);
  await scp.close({ drainMs: 500 });
});

it('refuses PDU lengths that no peer could work with', () => {
  for (const maxPduLength of [0, 4_095, 1_048_577, 5_000.5])
    expect(() => resolveLimits({ maxPduLength })).toThrow(/between/);
});
