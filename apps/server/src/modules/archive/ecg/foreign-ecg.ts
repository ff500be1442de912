// ECGs that are not DICOM (SCP-ECG, HL7 aECG) on their way into the archive: known by their first bytes, read whole
// within a limit, and handed on as a waveform object. Everything else passes untouched. Callers: import, STOW-RS.
import { Rejection } from '../rejection.ts';
import { EcgFormatError, largestFileBytes } from './ecg-recording.ts';
import { isAecg, readAecg } from './read-aecg.ts';
import { readScp } from './read-scp.ts';
import { isScpEcg } from './scp-bytes.ts';
import { toWaveformObject } from './to-waveform-object.ts';

const sniffedBytes = 4096;

/** null: neither of the two formats. Throws a Rejection for one that is broken. */
export function convertEcg(file: Buffer): Uint8Array | null {
  const isScp = isScpEcg(file);
  if (!isScp && !isAecg(file)) return null;
  try {
    return toWaveformObject(isScp ? readScp(file) : readAecg(file), file);
  } catch (error) {
    if (error instanceof EcgFormatError)
      throw new Rejection('damaged', `${isScp ? 'SCP-ECG' : 'aECG'}: ${error.message}.`);
    throw error;
  }
}

/** The same bytes, or those of the object made of them. */
export async function* ecgAsObject(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const held: Uint8Array[] = [];
  let size = 0;
  let isForeign: boolean | null = null;
  for await (const chunk of body) {
    if (isForeign === false) {
      yield chunk;
      continue;
    }
    held.push(chunk);
    size += chunk.byteLength;
    if (isForeign === null && size >= sniffedBytes) {
      isForeign = isForeignEcg(Buffer.concat(held));
      if (!isForeign) yield* held.splice(0);
    }
    if (isForeign && size > largestFileBytes)
      throw new Rejection('over-limit', `an ECG file may have ${largestFileBytes} bytes`);
  }
  if (held.length === 0) return;
  const whole = Buffer.concat(held);
  if (isForeign ?? isForeignEcg(whole)) yield convertEcg(whole) ?? whole;
  else yield whole;
}

function isForeignEcg(start: Buffer): boolean {
  return isScpEcg(start) || isAecg(start);
}
