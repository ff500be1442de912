// Registering a node from the console. A name that is registered already is changed only when the caller says that
// this is meant: the table of nodes decides who may send to us, so nobody changes a row by a slip of the pen.
import type { NewNode } from '@yunying/api';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { NodeRow } from './node-types.ts';
import { addNode, listNodes } from './register-node.ts';

const anyFacility = '-';

export async function saveNode(ctx: Pick<Context, 'db' | 'clock'>, wanted: NewNode): Promise<NodeRow> {
  const { replace, ...spec } = wanted;
  if (spec.kind === 'dicom' && (spec.facility ?? '') !== '')
    throw new AppError('request.invalid', { field: 'facility' });
  if (spec.may.length === 0) throw new AppError('request.invalid', { field: 'may' });
  const name = spec.name.trim();
  const facility = (spec.facility ?? '').trim() || anyFacility;
  if (!replace) {
    const known = (await listNodes(ctx.db)).some(
      (node) => node.kind === spec.kind && node.name === name && node.facility === facility,
    );
    if (known) throw new AppError('nodes.registered', { kind: spec.kind });
  }
  return addNode(ctx, {
    ...spec,
    name,
    facility: spec.kind === 'hl7' ? facility : '',
    host: spec.host ?? null,
    port: spec.port ?? null,
  });
}
