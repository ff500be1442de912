// The DIMSE functions this package brings: C-ECHO, and C-STORE around a consumer of the dataset stream
// (PS3.7 §9.1.5, §9.1.1; PS3.4 annexes A and B). Others are written on the same Exchange.
import type { Association } from './association.ts';
import type { DatasetStream } from './dataset-stream.ts';
import { StatusError } from './errors.ts';
import type { DimseFunction, Exchange } from './operation.ts';
import { status } from './status.ts';
import { isUid } from './uids.ts';

export const cEchoService: DimseFunction = (exchange) => exchange.respond({ status: status.success });

export interface StoreRequest {
  readonly association: Association;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly priority: number;
  /** The AE that asked for this by C-MOVE, '' when none. */
  readonly moveOriginatorAe: string;
  readonly moveOriginatorMessageId: number | null;
  /** Dataset without file meta information. Throws when the association ends before its end. */
  readonly dataset: DatasetStream;
  readonly signal: AbortSignal;
}

export interface StoreAnswer {
  readonly status: number;
  readonly errorComment?: string;
}

/**
 * C-STORE: `store` consumes the dataset and answers the status. It may answer (or throw a StatusError)
 * early: the rest of the dataset is then read and dropped before the response is written.
 */
export function cStoreService(store: (request: StoreRequest) => Promise<StoreAnswer>): DimseFunction {
  return async (exchange) => {
    const answer = await store(parseStoreRequest(exchange));
    await exchange.respond(answer);
  };
}

function parseStoreRequest(exchange: Exchange): StoreRequest {
  const { command, context, dataset } = exchange;
  const { affectedSopClassUid, affectedSopInstanceUid } = command;
  if (affectedSopClassUid === undefined || affectedSopInstanceUid === undefined) {
    throw new StatusError(status.missingAttribute, 'Affected SOP Class or Instance UID is missing');
  }
  if (affectedSopClassUid !== context.abstractSyntax) {
    throw new StatusError(status.sopClassNotSupported, 'SOP class differs from the presentation context');
  }
  if (!isUid(affectedSopInstanceUid)) {
    throw new StatusError(status.invalidObjectInstance, 'Affected SOP Instance UID is not a UID');
  }
  if (dataset === null) throw new StatusError(status.cannotUnderstand, 'C-STORE without a dataset');
  return {
    association: exchange.association,
    sopClassUid: affectedSopClassUid,
    sopInstanceUid: affectedSopInstanceUid,
    transferSyntaxUid: context.transferSyntax,
    priority: command.priority ?? 0,
    moveOriginatorAe: command.moveOriginatorApplicationEntityTitle ?? '',
    moveOriginatorMessageId: command.moveOriginatorMessageId ?? null,
    dataset,
    signal: exchange.signal,
  };
}
