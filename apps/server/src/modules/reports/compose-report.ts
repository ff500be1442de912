// A report that came as text becomes a PDF laid out like a Chinese hospital's report sheet. The layout itself is in
// report-sheet.task.ts and runs in a worker thread.
import { runInWorker } from '../../documents/index.ts';

export type SheetFacts = {
  institutionName: string;
  /** CT检查报告单 */
  title: string;
  /** Label and value, three to a row. */
  particulars: [string, string][];
  /** On a row of its own, under the particulars. */
  itemName: string;
  /** 检查所见, 诊断意见 …, in order. */
  sections: { heading: string; text: string }[];
  signatures: [string, string][];
  /** 已修订, shown beside the title. */
  mark: string | null;
  /** 已撤回, across every page. */
  stamp: string | null;
  madeAt: Date;
};

const task = new URL('./report-sheet.task.ts', import.meta.url);

export async function composeReport(
  facts: SheetFacts,
  limits: { timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<Uint8Array> {
  const pdf = await runInWorker(task, facts, {
    timeoutMs: limits.timeoutMs ?? 60_000,
    heapMb: 512,
    ...(limits.signal === undefined ? {} : { signal: limits.signal }),
  });
  return pdf as Uint8Array; // the task's own return type
}
