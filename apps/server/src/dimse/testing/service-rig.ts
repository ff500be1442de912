// For tests of DIMSE services: the real door on a free port with just these services behind it. Not part of the
// product.
import type { TestContext } from '../../testing/context.ts';
import { createDimseDoor } from '../dimse-door.ts';
import type { DimseService } from '../dimse-service.ts';

export type ServiceRig = { port: number; close(): Promise<void> };

export async function openServices(ctx: TestContext, services: readonly DimseService[]): Promise<ServiceRig> {
  const { address, stop } = await createDimseDoor(ctx, services).start();
  return { port: Number(address.slice(address.lastIndexOf(':') + 1)), close: () => stop(2000) };
}
