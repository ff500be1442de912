// Damaged HL7 v2 messages: each is read whole and written back, or refused with an Hl7Error, and can always be answered;
// anything else throws and names its seed. For tests and the soak run.
import { refusalFor } from '../ack.ts';
import { parseBatch } from '../batch.ts';
import { Hl7Error } from '../error.ts';
import type { Message } from '../message.ts';
import { parseMessage } from '../parse.ts';
import { parseCx } from '../types/identifiers.ts';
import { observationValue } from '../types/observation.ts';
import { displayName, parseXpn } from '../types/people.ts';
import { parseTs } from '../types/time.ts';
import { mutateHl7 } from './mutate.ts';

export const ownMessage: Buffer = Buffer.from(
  'MSH|^~\\&|A|B|C|D|20260501||ORU^R01|1|P|2.5||||||UNICODE UTF-8\rPID|1||X^^^Y||张^三||19800101\r' +
    'OBR|1|O1|A1\rOBX|1|TX|F||双肺\\.br\\清晰||||||F\rOBX|2|ED|R||^AP^PDF^Base64^JVBERi0xLjQ=||||||F\r',
);

/** How many were read, and how many refused by which code. */
export function fuzzMessages(
  rounds: number,
  seeds: readonly Buffer[] = [ownMessage],
  onRound: (done: number) => void = () => {},
): Record<string, number> {
  const codes: Record<string, number> = {};
  for (let seed = 0; seed < rounds; seed++) {
    const code = readDamaged(mutateHl7(seeds[seed % seeds.length] ?? ownMessage, seed), seed) ?? 'read';
    codes[code] = (codes[code] ?? 0) + 1;
    onRound(seed + 1);
  }
  return codes;
}

function readDamaged(bytes: Uint8Array, seed: number): string | null {
  const options = { limits: { maxBytes: 2_000_000 } };
  try {
    const code = refusedWith(() => {
      const message = parseMessage(bytes, options);
      if (!Buffer.from(message.toBytes()).equals(bytes)) throw new Error('it is not written back as it came');
      touchAll(message);
      touchTypes(message);
      message.set('PID-5.1', '张');
      parseMessage(message.toBytes(undefined, { unmappable: 'replace' }));
    });
    refusedWith(() => parseBatch(bytes, options).entries.map((entry) => refusedWith(() => entry.parse())));
    if (refusalFor(bytes, { code: 'AR', text: 'refused' }).get('MSA-1') !== 'AR')
      throw new Error('it cannot be answered');
    return code;
  } catch (error) {
    throw new Error(`seed ${seed}`, { cause: error });
  }
}

/** Reads everything a receiver may read; throws nothing but Hl7Error. */
export function touchAll(message: Message): void {
  for (const segment of message.segments()) {
    for (const field of segment.fields) {
      for (const piece of field.children)
        piece.children.map((part) => part.children.map((leaf) => leaf.text));
    }
  }
  message.pieces('PID-3').map(parseCx);
  message.pieces('PID-5').map((piece) => displayName(parseXpn(piece)));
  message.orders().map((order) => order.getAll('OBX-5'));
}

function touchTypes(message: Message): void {
  const birth = message.piece('PID-7');
  if (birth !== null) parseTs(birth);
  for (const obx of message.segments('OBX')) observationValue(obx, { maxBytes: 1_000_000 });
}

/** The error code, or null. Any other error than Hl7Error goes on. */
export function refusedWith(run: () => void): string | null {
  try {
    run();
    return null;
  } catch (error) {
    if (error instanceof Hl7Error) return error.code;
    throw error;
  }
}
