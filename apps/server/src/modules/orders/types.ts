// What orders and exams are made of. Ids are decimal strings; DICOM dates stay strings until shown.
import type { ExamStatus, ExamType } from '@yunying/api';
import type { ExamFacts as Facts, Rights } from '../access/index.ts';

/** What access.mayViewExam decides by, of an exam that there is. */
export type ExamFacts = Facts & { examId: string; personId: string; examType: ExamType; examAt: Date };

/** The strongest source that vouches for the exam; an exam made from a study waits for its order. */
export type ExamOrigin = 'order' | 'report' | 'study';

export type Exam = ExamFacts & {
  accessionNumber: string | null;
  modality: string | null;
  itemCode: string | null;
  itemName: string;
  status: ExamStatus;
  origin: ExamOrigin;
  publishedAt: Date | null;
  publicationHold: string | null;
  institutionName: string;
  departmentName: string | null;
  orderingDoctor: string | null;
  /** The patient row under which the exam is shown: the survivor when the id was merged away. */
  patientRowId: string;
  patientId: string;
  patientName: string;
  patientSex: string;
  patientBirthDate: string | null;
};

/** Whose exams may be found. `examId` narrows a patient session that was proved for one exam only. */
export type ExamScope =
  | { kind: 'all' }
  /** What grants reach; protected persons are found under a pseudonym only where nothing was searched for. */
  | ({ kind: 'rights' } & Rights)
  | { kind: 'institution'; institutionId: string }
  | { kind: 'person'; personId: string; examId: string | null };

export type ExamPage = {
  items: Exam[];
  nextCursor: string | null;
  total: number;
  /** There are more than `total`; they were not all counted. */
  totalIsFloor: boolean;
};

export type LinkReason =
  | 'no-accession-number' // the sender gave none, and patient and day did not decide
  | 'no-order' // accession number that no order or report has named yet
  | 'patient-differs' // accession number or study UID known, of another patient
  | 'by-accession-number'
  | 'by-study-uid'
  | 'by-patient-and-day'
  | 'no-patient'; // the object names no patient

/** What the archive knows of a study when it settles. Values as in the objects, trimmed, null when absent. */
export type StudyFacts = {
  studyInstanceUid: string;
  institutionId: string;
  /** (0010,0020) */
  patientId: string | null;
  /** As people write it. */
  patientName: string | null;
  /** DICOM: M, F, O. */
  patientSex: string | null;
  patientBirthDate: string | null;
  accessionNumber: string | null;
  /** DA and TM as received. */
  studyDate: string | null;
  studyTime: string | null;
  studyDescription: string | null;
  modalities: readonly string[];
  referringPhysicianName: string | null;
  receivedAt: Date;
};

/** linkState 'unlinked' with an examId = an exam made from the study itself; doctors find it, patients do not. */
export type StudyLink = {
  examId: string | null;
  patientRowId: string | null;
  linkState: 'linked' | 'unlinked';
  reason: LinkReason;
};

export type OrderFacts = {
  institutionId: string;
  /** Patient row id. */
  patientRowId: string;
  /** ORC-1. */
  control: string;
  placerOrderNumber: string | null;
  fillerOrderNumber: string | null;
  accessionNumber: string | null;
  studyInstanceUid: string | null;
  modality: string | null;
  itemCode: string | null;
  itemName: string | null;
  department: { code: string; name: string } | null;
  orderingDoctor: string | null;
  requestedAt: Date | null;
  scheduledAt: Date | null;
  performedAt: Date | null;
  clinicalNote: string | null;
  status: ExamStatus;
  hl7MessageId: string | null;
  receivedAt: Date;
};

export type ReportExamFacts = {
  institutionId: string;
  patientRowId: string | null;
  accessionNumber: string | null;
  placerOrderNumber: string | null;
  studyInstanceUids: readonly string[];
  modality: string | null;
  itemCode: string | null;
  itemName: string | null;
  orderingDoctor: string | null;
  examAt: Date;
};
export type ReportLink = { examId: string | null; linkState: 'linked' | 'unlinked'; reason: LinkReason };
