// Row ids made by the application (a snowflake: 41 bit milliseconds | 10 bit node | 12 bit sequence), so that
// rows can be linked before they are written and any PostgreSQL-compatible server will do. Ids of one process
// only grow, even when the wall clock steps back. The node number is unique among live processes of one
// database (claimed in node-number.ts); until it is claimed, and in tests, it is random.
import { randomInt } from 'node:crypto';

const epochMs = Date.UTC(2026, 0, 1);
const maxSequence = 4095;

let node = BigInt(randomInt(1024));
let lastMs = 0;
let sequence = 0;

export function setIdNode(number: number): void {
  if (!Number.isInteger(number) || number < 0 || number > 1023)
    throw new RangeError(`node number ${number} is not 0 to 1023`);
  node = BigInt(number);
}

export function newId(): string {
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    sequence = 0;
  } else if (sequence === maxSequence) {
    lastMs += 1; // borrows from the next millisecond rather than wait
    sequence = 0;
  } else {
    sequence += 1;
  }
  return ((BigInt(lastMs - epochMs) << 22n) | (node << 12n) | BigInt(sequence)).toString();
}

/** Below the ids made from that moment on, by a process whose clock is right. */
export function idAt(time: Date): string {
  return (BigInt(Math.max(0, time.getTime() - epochMs)) << 22n).toString();
}

/** When an id was made. For showing and for partition bounds, not for rules. */
export function idTime(id: string): Date {
  return new Date(Number(BigInt(id) >> 22n) + epochMs);
}
