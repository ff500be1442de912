// The answer to a STOW-RS request (PS3.18 §10.5.3, Annex I): what was stored, what failed and why, as DICOM JSON.
import type { DicomJson, JsonElement } from '@yunying/dicom';
import { rejectionTable } from './rejection.ts';
import type { StoreOutcome } from './store-outcome.ts';

const processingFailure = 0x0110;
/** Warning Reason (0008,1196), PS3.18 table I.2-1. */
const elementsDiscarded = 0xb006;

export type StowAnswer = { http: 200 | 202 | 409; body: DicomJson };

/** `discarded`: stored without values that the sender named and did not send. One entry per part, in order. null: the part could not be processed (its reason is in the log). */
export function stowAnswer(
  outcomes: readonly (StoreOutcome | null)[],
  base: string,
  discarded: ReadonlySet<string> = new Set(),
): StowAnswer {
  const stored: DicomJson[] = [];
  const failed: DicomJson[] = [];
  const other: DicomJson[] = [];
  const studies = new Set<string>();
  for (const outcome of outcomes) {
    if (outcome === null) other.push({ '00081197': us(processingFailure) });
    else if (outcome.outcome === 'refused') place(outcome, failed, other);
    else if (outcome.outcome === 'conflict' && !outcome.accepted) {
      failed.push(failure(outcome, rejectionTable['instance-conflict'].stow));
    } else {
      studies.add(outcome.studyInstanceUid);
      stored.push({
        ...identity(outcome.sopClassUid, outcome.sopInstanceUid),
        ...(discarded.has(outcome.sopInstanceUid) ? { '00081196': us(elementsDiscarded) } : {}),
        '00081190': ur(
          `${base}/studies/${outcome.studyInstanceUid}/series/${outcome.seriesInstanceUid}/instances/${outcome.sopInstanceUid}`,
        ),
      });
    }
  }
  const [study] = studies;
  const body: DicomJson = {};
  if (studies.size === 1 && study !== undefined) body['00081190'] = ur(`${base}/studies/${study}`);
  if (failed.length > 0) body['00081198'] = { vr: 'SQ', Value: failed };
  if (stored.length > 0) body['00081199'] = { vr: 'SQ', Value: stored };
  if (other.length > 0) body['0008119A'] = { vr: 'SQ', Value: other };
  const broken = failed.length + other.length;
  const isWhole = broken === 0 && discarded.size === 0;
  return { http: isWhole ? 200 : stored.length > 0 ? 202 : 409, body };
}

type Refused = Extract<StoreOutcome, { outcome: 'refused' }>;

function place(outcome: Refused, failed: DicomJson[], other: DicomJson[]): void {
  const reason = rejectionTable[outcome.reason].stow;
  const { sopClassUid, sopInstanceUid } = outcome;
  if (sopClassUid === null || sopInstanceUid === null) other.push({ '00081197': us(reason) });
  else failed.push(failure({ sopClassUid, sopInstanceUid }, reason));
}

function failure(of: { sopClassUid: string; sopInstanceUid: string }, reason: number): DicomJson {
  return { ...identity(of.sopClassUid, of.sopInstanceUid), '00081197': us(reason) };
}

function identity(sopClassUid: string, sopInstanceUid: string): DicomJson {
  return {
    '00081150': { vr: 'UI', Value: [sopClassUid] },
    '00081155': { vr: 'UI', Value: [sopInstanceUid] },
  };
}

function us(value: number): JsonElement {
  return { vr: 'US', Value: [value] };
}

function ur(value: string): JsonElement {
  return { vr: 'UR', Value: [value] };
}
