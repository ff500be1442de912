// Another archive as we use it for a pull (SCU, PS3.4 annex C): C-FIND of studies and series, and C-MOVE to ourselves
// or C-GET. One association for all of it; opened anew after it broke.
import {
  type DicomJson,
  isStorageSopClass,
  parseDataset,
  sopClasses,
  textOf,
  toDicomJson,
} from '@yunying/dicom';
import {
  type Association,
  type CommandSet,
  type ContextProposal,
  commandField,
  cStoreService,
  DimseError,
  maxProposedContexts,
  status,
  statusCategory,
  statusName,
} from '@yunying/dimse';
import type { Context } from '../../context.ts';
import { element, encodeJson } from '../../dimse/dataset-json.ts';
import { connectToNode } from '../../dimse/outbound.ts';
import { AppError, toAppError } from '../../errors.ts';
import { storeInstance } from '../archive/index.ts';
import type { NodeRow } from '../nodes/index.ts';

const studyRoot = {
  find: '1.2.840.10008.5.1.4.1.2.2.1',
  move: '1.2.840.10008.5.1.4.1.2.2.2',
  get: '1.2.840.10008.5.1.4.1.2.2.3',
} as const;
const plainSyntaxes = ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2'];
/** What we take by C-GET as the peer has it; the plain ones first, for peers that would transcode to the first. */
const takenSyntaxes = [
  ...plainSyntaxes,
  ...['4.70', '4.80', '4.90', '4.50', '4.51', '4.57', '4.81', '4.91', '4.201', '5'].map(
    (suffix) => `1.2.840.10008.1.2.${suffix}`,
  ),
];
const mostRows = 100_000;
const rowLimitBytes = 1024 * 1024;

export type FoundStudy = { studyInstanceUid: string; studyDate: string | null; count: number | null };
export type FoundSeries = { seriesInstanceUid: string; count: number | null };
export type FetchResult = { completed: number; failed: number; status: number };

type Part = Pick<Context, 'db' | 'blobs' | 'config' | 'log' | 'clock' | 'metrics'>;

export class PeerArchive {
  readonly #ctx: Part;
  readonly #node: NodeRow;
  readonly #method: 'move' | 'get';
  readonly #signal: AbortSignal;
  #association: Association | null = null;

  constructor(ctx: Part, node: NodeRow, method: 'move' | 'get', signal: AbortSignal) {
    this.#ctx = ctx;
    this.#node = node;
    this.#method = method;
    this.#signal = signal;
  }

  async findStudies(by: { studyDate?: string; patientId?: string }): Promise<FoundStudy[]> {
    const rows = await this.#find({
      '00080052': element('CS', 'STUDY'),
      '00080020': element('DA', by.studyDate ?? null),
      '00100020': element('LO', by.patientId ?? null),
      '0020000D': element('UI'),
      '00201208': element('IS'),
    });
    return rows.flatMap((row) => {
      const studyInstanceUid = textOf(row, '0020000D');
      if (studyInstanceUid === null) return [];
      return [{ studyInstanceUid, studyDate: textOf(row, '00080020'), count: countOf(row, '00201208') }];
    });
  }

  async findSeries(studyInstanceUid: string): Promise<FoundSeries[]> {
    const rows = await this.#find({
      '00080052': element('CS', 'SERIES'),
      '0020000D': element('UI', studyInstanceUid),
      '0020000E': element('UI'),
      '00201209': element('IS'),
    });
    return rows.flatMap((row) => {
      const seriesInstanceUid = textOf(row, '0020000E');
      return seriesInstanceUid === null ? [] : [{ seriesInstanceUid, count: countOf(row, '00201209') }];
    });
  }

  /** The whole study, or one series of it. `stop` cancels at the peer; what has arrived stays. */
  async fetch(
    studyInstanceUid: string,
    seriesInstanceUid: string | null,
    stop: AbortSignal,
  ): Promise<FetchResult> {
    const association = await this.#open();
    const sopClass = this.#method === 'move' ? studyRoot.move : studyRoot.get;
    const context = requireContext(association, sopClass);
    const json: DicomJson = {
      '00080052': element('CS', seriesInstanceUid === null ? 'STUDY' : 'SERIES'),
      '0020000D': element('UI', studyInstanceUid),
      ...(seriesInstanceUid !== null && { '0020000E': element('UI', seriesInstanceUid) }),
    };
    const fields = {
      commandField: this.#method === 'move' ? commandField.cMoveRq : commandField.cGetRq,
      affectedSopClassUid: sopClass,
      priority: 2,
      ...(this.#method === 'move' && { moveDestination: this.#ctx.config.aeTitle }),
    };
    const dataset = encodeJson(json, context.transferSyntax, null);
    const options = { dataset, cancelSignal: stop, signal: this.#signal };
    for await (const response of association.request(context.id, fields, options)) {
      if (statusCategory(response.status) === 'pending') continue;
      return resultOf(response.status, response.command);
    }
    throw new DimseError('protocol', 'the peer gave no final response');
  }

  async close(): Promise<void> {
    const association = this.#association;
    this.#association = null;
    await association?.release().catch(() => association.abort('the pull has ended'));
  }

  async #find(json: DicomJson): Promise<DicomJson[]> {
    const association = await this.#open();
    const context = requireContext(association, studyRoot.find);
    const fields = { commandField: commandField.cFindRq, affectedSopClassUid: studyRoot.find, priority: 2 };
    const rows: DicomJson[] = [];
    const dataset = encodeJson(json, context.transferSyntax, null);
    for await (const response of association.request(context.id, fields, { dataset, signal: this.#signal })) {
      if (statusCategory(response.status) === 'pending') {
        if (rows.length >= mostRows) throw new AppError('routing.too_many_matches', { most: mostRows });
        rows.push(await readRow(response.dataset, context.transferSyntax));
      } else if (response.status !== status.success) {
        throw new AppError('routing.query_failed', { reason: statusName(response.status) });
      }
    }
    return rows;
  }

  async #open(): Promise<Association> {
    if (this.#association !== null && !this.#association.signal.aborted) return this.#association;
    const isGet = this.#method === 'get';
    const classes = isGet ? storageClasses(maxProposedContexts - 2) : [];
    const contexts: ContextProposal[] = [
      { abstractSyntax: studyRoot.find, transferSyntaxes: plainSyntaxes },
      { abstractSyntax: isGet ? studyRoot.get : studyRoot.move, transferSyntaxes: plainSyntaxes },
      ...classes.map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: takenSyntaxes })),
    ];
    this.#association = await connectToNode(this.#ctx, this.#node, contexts, {
      signal: this.#signal,
      ...(isGet && {
        roles: classes.map((sopClassUid) => ({ sopClassUid, scu: false, scp: true })),
        services: { [commandField.cStoreRq]: this.#storeService() },
      }),
    });
    return this.#association;
  }

  #storeService() {
    const source = {
      kind: 'dimse',
      name: this.#node.name,
      institutionId: this.#node.institution_id,
      onConflict: this.#node.on_conflict === 'accept' ? 'accept' : 'refuse',
      charset: this.#node.charset,
    } as const;
    return cStoreService(async ({ dataset, transferSyntaxUid, sopClassUid, sopInstanceUid }) => {
      try {
        const hints = { transferSyntaxUid, sopClassUid, sopInstanceUid };
        const outcome = await storeInstance(this.#ctx, dataset, source, hints);
        if (outcome.outcome === 'refused') return { status: status.cannotUnderstand };
        // We hold this UID already, in other bytes: ours stays, the peer's is kept aside.
        return { status: outcome.outcome === 'conflict' ? status.warningCoercion : status.success };
      } catch (error) {
        return { status: toAppError(error).row.dimse };
      }
    });
  }
}

/** Those in use first: an association carries 128 contexts, and retired classes are rare. */
function storageClasses(most: number): string[] {
  const uids = [...sopClasses.keys()].filter(isStorageSopClass);
  const isRetired = (uid: string) => sopClasses.get(uid)?.retired === true;
  return [...uids.filter((uid) => !isRetired(uid)), ...uids.filter(isRetired)].slice(0, most);
}

function requireContext(association: Association, sopClass: string) {
  const context = association.findContext(sopClass);
  if (context === undefined) throw new AppError('routing.not_offered', { sopClassUid: sopClass });
  return context;
}

async function readRow(
  dataset: AsyncIterable<Uint8Array> | null,
  transferSyntaxUid: string,
): Promise<DicomJson> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of dataset ?? []) {
    length += chunk.length;
    if (length > rowLimitBytes) throw new DimseError('limit', 'a match is too long');
    chunks.push(Buffer.from(chunk));
  }
  return toDicomJson(parseDataset(Buffer.concat(chunks, length), transferSyntaxUid));
}

function countOf(row: DicomJson, tag: string): number | null {
  const text = textOf(row, tag);
  const count = text === null ? Number.NaN : Number(text);
  return Number.isInteger(count) && count >= 0 && count < 10_000_000 ? count : null;
}

function resultOf(code: number, command: CommandSet): FetchResult {
  return {
    status: code,
    completed: command.numberOfCompletedSuboperations ?? 0,
    failed: command.numberOfFailedSuboperations ?? 0,
  };
}
