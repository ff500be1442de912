// What a report is to the other modules. A report has versions; a version is never overwritten.
import type { BlobBody, BlobRange } from '../../blob/index.ts';

export type ReportState = 'preliminary' | 'final' | 'corrected' | 'withdrawn';

export type ReportPageFacts = { page: number; url: string; width: number; height: number };

/** One version of a report. `getReports` gives the current version of each report of an exam, newest first. */
export type Report = {
  reportId: string;
  version: number;
  state: ReportState;
  title: string;
  findings: string | null;
  impression: string | null;
  body: string | null;
  author: string | null;
  verifier: string | null;
  reportedAt: Date | null;
  verifiedAt: Date | null;
  sourceForm: 'text' | 'pdf' | 'jpeg';
  /** Empty while the pages are still being made. */
  pages: ReportPageFacts[];
  pdfUrl: string | null;
  examId: string | null;
  createdAt: Date;
};

/** For lists and for the rule of publication: without text. */
export type ReportSummary = {
  examId: string;
  reportId: string;
  version: number;
  state: ReportState;
  rendered: boolean;
};

/** A stored page or PDF, ready to be sent whole or in ranges (http/media.ts sendBlob). */
export type OpenedPart = {
  mediaType: string;
  totalBytes: number;
  sha256: string;
  read(range?: BlobRange): Promise<Pick<BlobBody, 'body'>>;
};

export type UnlinkedReport = {
  kind: 'report';
  id: string;
  reason: string;
  accessionNumber: string | null;
  patientId: string | null;
  title: string;
  receivedAt: string;
};
