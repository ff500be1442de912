// What a soak run sent and what was answered, and the comparison with what the archive gives back.
import { createHash } from 'node:crypto';

export type SentObject = {
  studyInstanceUid: string;
  seriesInstanceUid: string;
  sopInstanceUid: string;
  sha256: string;
  acknowledged: boolean;
};
export type Ledger = { objects: Map<string, SentObject>; accessionNumbers: Set<string>; wrong: string[] };

export type Get = (path: string, accept: string) => Promise<Response>;

/** Everything acknowledged is there bit for bit; nothing is listed that cannot be read or was never sent. */
export async function compareStudy(get: Get, studyInstanceUid: string, ledger: Ledger): Promise<void> {
  const listed = new Set<string>();
  const answer = await get(
    `/dicom-web/studies/${studyInstanceUid}/instances?limit=5000`,
    'application/dicom+json',
  );
  const rows = answer.status === 200 ? ((await answer.json()) as Record<string, { Value?: string[] }>[]) : [];
  for (const row of rows) listed.add(row['00080018']?.Value?.[0] ?? '');
  for (const object of ledger.objects.values()) {
    if (object.studyInstanceUid !== studyInstanceUid) continue;
    const isListed = listed.delete(object.sopInstanceUid);
    if (object.acknowledged && !isListed)
      ledger.wrong.push(`${object.sopInstanceUid} was acknowledged and is not listed`);
    if (!isListed) continue;
    const path = `/dicom-web/studies/${studyInstanceUid}/series/${object.seriesInstanceUid}/instances/${object.sopInstanceUid}`;
    const response = await get(path, 'application/dicom; transfer-syntax=*');
    if (response.status !== 200)
      ledger.wrong.push(`${object.sopInstanceUid} is listed and answers ${response.status}`);
    else if (sha256(datasetOf(Buffer.from(await response.arrayBuffer()))) !== object.sha256)
      ledger.wrong.push(`${object.sopInstanceUid} came back with other bytes`);
  }
  for (const stranger of listed) ledger.wrong.push(`${stranger} is listed and was never sent`);
}

/** The bytes after group 0002, whose first element is its own length (PS3.10 §7.1). */
function datasetOf(file: Buffer): Uint8Array {
  return file.subarray(144 + file.readUInt32LE(140));
}

export const studiesOf = (ledger: Ledger) =>
  new Set([...ledger.objects.values()].map((object) => object.studyInstanceUid));
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export function splitHostPort(address: string): [string, number] {
  const at = address.lastIndexOf(':');
  return [address.slice(0, at), Number(address.slice(at + 1))];
}
