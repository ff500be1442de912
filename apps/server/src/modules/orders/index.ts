// Public names of orders and exams. An exam is what a patient calls "my CT": order, pictures and report meet here.

export { applyPatient } from './apply-patient.ts';
export { getExam, getExamFacts, getExams, getLooseFacts, setExamStatus } from './exam.ts';
export { type ExamStatus, nextStatus } from './exam-status.ts';
export { examTypeOf } from './exam-type.ts';
export { findExams } from './find-exams.ts';
export { linkReportToExam } from './link-report.ts';
export { getStudiesToRelink, linkStudyToExam, unlinkStudy } from './link-study.ts';
export { hl7MessageRoutes } from './message.routes.ts';
export type { Applied, MessageContext, MessageRoute, MessageRoutes, Received } from './message-route.ts';
export { findPerformedSteps, mppsService } from './mpps/index.ts';
export { mllpDoor } from './orders.mllp.ts';
export { first, limited, readDoctor, readItem, time, uid } from './read-order.ts';
export { receiveMessage } from './receive-message.ts';
export type {
  Exam,
  ExamFacts,
  ExamOrigin,
  ExamPage,
  ExamScope,
  LinkReason,
  OrderFacts,
  ReportExamFacts,
  ReportLink,
  StudyFacts,
  StudyLink,
} from './types.ts';
export { upsertExamFromOrder } from './upsert-exam-from-order.ts';
export { worklistCommands, worklistService } from './worklist/index.ts';
