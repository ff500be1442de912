// For tests of DIMSE services: one association, one request, the answers with their data sets as JSON. Not part of
// the product.
import { type DicomJson, encodeDataset, fromDicomJson, parseDataset, toDicomJson } from '@yunying/dicom';
import { type Association, type CommandSet, connect, type RequestFields } from '@yunying/dimse';

export const littleEndian = '1.2.840.10008.1.2.1';

export type Answer = { status: number; command: CommandSet; json: DicomJson | null };

export function openTo(
  port: number,
  sopClassUid: string,
  more: Partial<Parameters<typeof connect>[0]> = {},
): Promise<Association> {
  return connect({
    host: '127.0.0.1',
    port,
    callingAe: 'TESTSCU',
    calledAe: 'YUNYING',
    contexts: [{ abstractSyntax: sopClassUid, transferSyntaxes: [littleEndian] }],
    ...more,
  });
}

/** The final answer of an operation with one answer (N-CREATE, N-SET, N-ACTION, N-EVENT-REPORT, N-GET). */
export async function ask(
  association: Association,
  fields: RequestFields,
  json: DicomJson | null = null,
): Promise<Answer> {
  const dataset = json === null ? {} : { dataset: encodeDataset(fromDicomJson(json), littleEndian) };
  const [context] = association.contexts.values();
  let answer: Answer | null = null;
  for await (const response of association.request(context?.id ?? 1, fields, dataset)) {
    const chunks: Buffer[] = [];
    if (response.dataset !== null) {
      for await (const chunk of response.dataset) chunks.push(Buffer.from(chunk));
    }
    const bytes = Buffer.concat(chunks);
    answer = {
      status: response.status,
      command: response.command,
      json: bytes.length === 0 ? null : toDicomJson(parseDataset(bytes, littleEndian)),
    };
  }
  if (answer === null) throw new Error('no answer');
  return answer;
}
