// What a storage commitment is about: a transaction and SOP references (PS3.4 tables J.3-1 and J.3-2), read from
// N-ACTION and N-EVENT-REPORT and written for both.
import { createHash } from 'node:crypto';
import { type DicomJson, isUid, itemsOf, textOf } from '@yunying/dicom';
import { StatusError, status } from '@yunying/dimse';
import { element } from '../../../dimse/dataset-json.ts';

export const commitmentSopClass = '1.2.840.10008.1.20.1';
export const commitmentSopInstance = '1.2.840.10008.1.20.1.1'; // well-known: there is one

/** (0008,1197) Failure Reason (PS3.3 C.14-1). */
export const failureReason = {
  processingFailure: 0x0110,
  noSuchObjectInstance: 0x0112,
  classInstanceConflict: 0x0119,
  duplicateTransactionUid: 0x0131,
  resourceLimitation: 0x0213,
} as const;

export type SopReference = { sopClassUid: string; sopInstanceUid: string };
export type Failure = SopReference & { reason: number };

const transactionUidTag = '00081195';
const referencedSops = '00081199';
const failedSops = '00081198';
export const mostInstances = 50_000;

export function readRequest(json: DicomJson): { transactionUid: string; instances: SopReference[] } {
  const instances = itemsOf(json, referencedSops).map(readReference);
  if (instances.length === 0)
    throw new StatusError(status.missingAttributeValue, 'Referenced SOP Sequence has no items');
  if (instances.length > mostInstances)
    throw new StatusError(status.resourceLimitation, `more than ${mostInstances} instances in one request`);
  return { transactionUid: readTransactionUid(json), instances };
}

export function readReport(json: DicomJson): {
  transactionUid: string;
  failures: Failure[];
  committed: string[];
} {
  return {
    transactionUid: readTransactionUid(json),
    committed: itemsOf(json, referencedSops).map((item) => readReference(item).sopInstanceUid),
    failures: itemsOf(json, failedSops).map((item) => ({
      ...readReference(item),
      reason: Number(textOf(item, '00081197') ?? failureReason.processingFailure),
    })),
  };
}

export function requestJson(transactionUid: string, instances: readonly SopReference[]): DicomJson {
  return {
    [transactionUidTag]: element('UI', transactionUid),
    [referencedSops]: element('SQ', ...instances.map(referenceJson)),
  };
}

export function reportJson(
  transactionUid: string,
  committed: readonly SopReference[],
  failures: readonly Failure[],
  retrieveAeTitle: string,
): DicomJson {
  return {
    ...(committed.length === 0 ? {} : { '00080054': element('AE', retrieveAeTitle) }),
    [transactionUidTag]: element('UI', transactionUid),
    ...(failures.length === 0
      ? {}
      : {
          [failedSops]: element(
            'SQ',
            ...failures.map((one) => ({ ...referenceJson(one), '00081197': element('US', one.reason) })),
          ),
        }),
    ...(committed.length === 0 ? {} : { [referencedSops]: element('SQ', ...committed.map(referenceJson)) }),
  };
}

/** As kept in the row. */
export function packReferences(instances: readonly SopReference[]): { text: string; sha256: string } {
  const text = JSON.stringify(instances.map((one) => [one.sopClassUid, one.sopInstanceUid]));
  const sorted = instances.map((one) => `${one.sopInstanceUid} ${one.sopClassUid}`).sort();
  return { text, sha256: createHash('sha256').update(sorted.join('\n')).digest('hex') };
}

export function unpackReferences(text: string): SopReference[] {
  const rows: [string, string][] = JSON.parse(text);
  return rows.map(([sopClassUid, sopInstanceUid]) => ({ sopClassUid, sopInstanceUid }));
}

function readTransactionUid(json: DicomJson): string {
  const uid = textOf(json, transactionUidTag);
  if (uid === null) throw new StatusError(status.missingAttribute, 'Transaction UID is missing');
  if (!isUid(uid)) throw new StatusError(status.invalidAttributeValue, 'Transaction UID is not a UID');
  return uid;
}

function readReference(item: DicomJson): SopReference {
  const sopClassUid = textOf(item, '00081150') ?? '';
  const sopInstanceUid = textOf(item, '00081155') ?? '';
  if (!isUid(sopClassUid) || !isUid(sopInstanceUid))
    throw new StatusError(
      status.invalidAttributeValue,
      'a referenced SOP class or instance UID is not a UID',
    );
  return { sopClassUid, sopInstanceUid };
}

function referenceJson(one: SopReference): DicomJson {
  return { '00081150': element('UI', one.sopClassUid), '00081155': element('UI', one.sopInstanceUid) };
}
