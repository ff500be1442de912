// A report as its message says it, before it meets what we know. Made by read-oru.ts and read-mdm.ts.
import type { ReportState } from './types.ts';

export type ReportFile = { kind: 'pdf' | 'jpeg'; bytes: Uint8Array };

export type ReportContent = {
  findings: string | null;
  impression: string | null;
  /** Text that has no such parts. */
  body: string | null;
  files: ReportFile[];
};

export type ReportFacts = ReportContent & {
  reportNumber: string;
  accessionNumber: string | null;
  placerOrderNumber: string | null;
  studyInstanceUids: string[];
  modality: string | null;
  itemCode: string | null;
  itemName: string | null;
  orderingDoctor: string | null;
  examAt: Date;
  state: ReportState;
  /** An addendum (MDM T06) is put under what was there. */
  addendum: boolean;
  author: string | null;
  verifier: string | null;
  reportedAt: Date | null;
  verifiedAt: Date | null;
  /** Where the report begins in the message, for the answer. */
  where: { segment: string; sequence: number };
};
