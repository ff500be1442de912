// The count of one C-MOVE or C-GET: remaining, completed, failed, warning; Pending answers while it runs, and the
// final status with the list of what failed (PS3.4 C.4.2.1.5-8, C.4.3.1.4).
import { type Exchange, status } from '@yunying/dimse';
import { encodeJson } from '../../../dimse/dataset-json.ts';
import type { ObjectRef } from './repo-outgoing.ts';
import type { SentOutcome } from './send-objects.ts';

type Tally = { completed: number; failed: number; warning: number };

const pendingEveryMs = 50;
/** While one object takes long: the peer hears that we are alive. */
const aliveEveryMs = 5_000;
const mostCount = 0xffff; // the counts are US
const listLimitBytes = 60_000; // a UI value of an explicit VR data set is shorter than 64 KiB

export class SubOperations {
  readonly #exchange: Exchange;
  readonly #waiting: Map<string, ObjectRef>;
  readonly #failed: string[] = [];
  readonly #byStudy = new Map<string, Tally>();
  readonly #alive: NodeJS.Timeout;
  #counts: Tally = { completed: 0, failed: 0, warning: 0 };
  #pending: Promise<void> | null = null;
  #pendingAt = 0;

  constructor(exchange: Exchange, refs: readonly ObjectRef[]) {
    this.#exchange = exchange;
    this.#waiting = new Map(refs.map((ref) => [ref.sopInstanceUid, ref]));
    this.#alive = setInterval(() => this.#sendPending(), aliveEveryMs);
  }

  note(outcome: SentOutcome): void {
    if (!this.#waiting.delete(outcome.ref.sopInstanceUid)) return;
    this.#counts[outcome.kind] += 1;
    const study = this.#byStudy.get(outcome.ref.studyInstanceUid) ?? { completed: 0, failed: 0, warning: 0 };
    study[outcome.kind] += 1;
    this.#byStudy.set(outcome.ref.studyInstanceUid, study);
    if (outcome.kind === 'failed') this.#failed.push(outcome.ref.sopInstanceUid);
    if (this.#waiting.size > 0 && Date.now() - this.#pendingAt >= pendingEveryMs) this.#sendPending();
  }

  /** What was never sent counts as failed, unless the peer cancelled: then it remains. */
  failRest(code: number, comment: string): void {
    for (const ref of [...this.#waiting.values()]) {
      this.note({ ref, kind: 'failed', status: code, comment });
    }
  }

  get counts(): Readonly<Tally> & { remaining: number } {
    return { ...this.#counts, remaining: this.#waiting.size };
  }

  get byStudy(): ReadonlyMap<string, Tally> {
    return this.#byStudy;
  }

  async end(cancelled: boolean): Promise<number> {
    clearInterval(this.#alive);
    await this.#pending;
    const { completed, failed, warning } = this.#counts;
    const code = cancelled
      ? status.cancel
      : failed === 0 && warning === 0
        ? status.success
        : completed + warning === 0
          ? status.outOfResourcesUnableToPerformSuboperations
          : status.warningSuboperationsFailed;
    const list = this.#failedList();
    await this.#exchange.respond({ status: code, ...this.#countFields(cancelled) }, list);
    return code;
  }

  /** The association is over or the operation failed before its end: no timer stays behind. */
  drop(): void {
    clearInterval(this.#alive);
  }

  #failedList(): Uint8Array | undefined {
    if (this.#failed.length === 0) return undefined;
    const list: string[] = [];
    let length = 0;
    for (const uid of this.#failed) {
      length += uid.length + 1;
      if (length > listLimitBytes) break;
      list.push(uid);
    }
    const json = { '00080058': { vr: 'UI', Value: list } };
    return encodeJson(json, this.#exchange.context.transferSyntax, null);
  }

  #sendPending(): void {
    if (this.#pending !== null || this.#exchange.signal.aborted) return;
    this.#pendingAt = Date.now();
    this.#pending = this.#exchange
      .respond({ status: status.pending, ...this.#countFields(true) })
      .catch(() => {}) // only when the association is over, which the operation itself notices
      .finally(() => {
        this.#pending = null;
      });
  }

  #countFields(withRemaining: boolean) {
    const { completed, failed, warning, remaining } = this.counts;
    return {
      ...(withRemaining && { numberOfRemainingSuboperations: Math.min(remaining, mostCount) }),
      numberOfCompletedSuboperations: Math.min(completed, mostCount),
      numberOfFailedSuboperations: Math.min(failed, mostCount),
      numberOfWarningSuboperations: Math.min(warning, mostCount),
    };
  }
}
