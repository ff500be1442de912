// Modality Worklist as SCU (PS3.4 annex K): what a node, e.g. the hospital's RIS, has planned. Callers: the command
// line, for setting up a node. Bounded by a count; the rest of the peer's answers is cancelled.
import { type DicomJson, itemsOf, textOf } from '@yunying/dicom';
import { commandField, DimseError, status, statusCategory, statusName } from '@yunying/dimse';
import type { Context } from '../../../context.ts';
import { element, encodeJson, readJson } from '../../../dimse/dataset-json.ts';
import { connectToNode } from '../../../dimse/outbound.ts';
import { AppError } from '../../../errors.ts';
import type { NodeRow } from '../../nodes/index.ts';
import { toInstant } from './wall-clock.ts';
import { charsetFor, worklistSopClass } from './worklist.scp.ts';

export type WorklistAsk = {
  /** DA or a range of them. */
  date?: string;
  modality?: string;
  stationAeTitle?: string;
  patientName?: string;
  accessionNumber?: string;
};

export type WorklistEntry = {
  accessionNumber: string | null;
  patientId: string | null;
  patientName: string | null;
  studyInstanceUid: string | null;
  requestedProcedureId: string | null;
  scheduledStepId: string | null;
  modality: string | null;
  stationAeTitle: string | null;
  scheduledAt: Date | null;
  description: string | null;
};

const plainSyntaxes = ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2'];
const standardMost = 500;

export async function askWorklist(
  ctx: Pick<Context, 'config' | 'db'>,
  node: NodeRow,
  ask: WorklistAsk,
  { most = standardMost, signal }: { most?: number; signal?: AbortSignal } = {},
): Promise<{ entries: WorklistEntry[]; isCut: boolean }> {
  const association = await connectToNode(
    ctx,
    node,
    [{ abstractSyntax: worklistSopClass, transferSyntaxes: plainSyntaxes }],
    signal === undefined ? {} : { signal },
  );
  try {
    const context = association.findContext(worklistSopClass);
    if (context === undefined) throw new DimseError('no-context', 'the node offers no worklist');
    const charset = charsetFor(node.charset, null);
    const dataset = encodeJson(keysOf(ask), context.transferSyntax, charset === 'ascii' ? null : charset);
    const fields = {
      commandField: commandField.cFindRq,
      affectedSopClassUid: worklistSopClass,
      priority: 0,
    };
    const entries: WorklistEntry[] = [];
    const cancel = new AbortController();
    const options = { dataset, cancelSignal: cancel.signal };
    for await (const response of association.request(context.id, fields, options)) {
      if (statusCategory(response.status) === 'pending') {
        const { json } = await readJson(response.dataset, context.transferSyntax);
        if (entries.length < most) entries.push(toEntry(json));
        else cancel.abort();
      } else if (response.status !== status.success && !cancel.signal.aborted) {
        throw new AppError('nodes.no_answer', { reason: statusName(response.status) });
      }
    }
    await association.release().catch(() => undefined);
    return { entries, isCut: cancel.signal.aborted };
  } finally {
    if (!association.signal.aborted) association.abort('worklist query ended');
  }
}

function keysOf(ask: WorklistAsk): DicomJson {
  return {
    '00080050': element('SH', ask.accessionNumber ?? null),
    '00100010': element('PN', ask.patientName === undefined ? null : { Alphabetic: ask.patientName }),
    '00100020': element('LO'),
    '0020000D': element('UI'),
    '00321060': element('LO'),
    '00400100': element('SQ', {
      '00080060': element('CS', ask.modality ?? null),
      '00400001': element('AE', ask.stationAeTitle ?? null),
      '00400002': element('DA', ask.date ?? null),
      '00400003': element('TM'),
      '00400007': element('LO'),
      '00400009': element('SH'),
    }),
    '00401001': element('SH'),
  };
}

function toEntry(json: DicomJson): WorklistEntry {
  const step = itemsOf(json, '00400100')[0] ?? {};
  return {
    accessionNumber: textOf(json, '00080050'),
    patientId: textOf(json, '00100020'),
    patientName: textOf(json, '00100010'),
    studyInstanceUid: textOf(json, '0020000D'),
    requestedProcedureId: textOf(json, '00401001'),
    scheduledStepId: textOf(step, '00400009'),
    modality: textOf(step, '00080060'),
    stationAeTitle: textOf(step, '00400001'),
    scheduledAt: toInstant(textOf(step, '00400002'), textOf(step, '00400003')),
    description: textOf(json, '00321060') ?? textOf(step, '00400007'),
  };
}
