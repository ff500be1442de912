// The HL7 messages that bring reports: ORU^R01 and MDM. Given to the MLLP door of orders, which stores the message and
// runs these inside its transaction.
import { applyPatient, linkReportToExam, type MessageRoute, type MessageRoutes } from '../orders/index.ts';
import { readMdm } from './read-mdm.ts';
import { readNotice } from './read-notice.ts';
import { readOru } from './read-oru.ts';
import { receiveReport } from './receive-report.ts';

const receiveOru: MessageRoute = async (ctx, tx, message, received) => {
  const reports = await readOru(ctx.config, message, received.receivedAt);
  const { patientId, institutionId } = await applyPatient(tx, message, received);
  const outcomes: string[] = [];
  for (const facts of reports) {
    const { outcome } = await receiveReport(
      ctx,
      tx,
      facts,
      { institutionId, patientRowId: patientId },
      received,
    );
    outcomes.push(outcome);
  }
  return told(outcomes);
};

const receiveMdm: MessageRoute = async (ctx, tx, message, received) => {
  const facts = await readMdm(ctx.config, message, received.receivedAt);
  const { patientId, institutionId } = await applyPatient(tx, message, received);
  const { outcome } = await receiveReport(
    ctx,
    tx,
    facts,
    { institutionId, patientRowId: patientId },
    received,
  );
  return told([outcome]);
};

/** T01 tells that a document exists and carries none: the exam is known from now on, its report is still to come. */
const noteDocument: MessageRoute = async (_ctx, tx, message, received) => {
  const notice = readNotice(message, received.receivedAt);
  const { patientId, institutionId } = await applyPatient(tx, message, received);
  await linkReportToExam(tx, { ...notice, institutionId, patientRowId: patientId }, received.receivedAt);
  return { state: 'applied' };
};

export const reportMessages: MessageRoutes = {
  'ORU^R01': receiveOru,
  'MDM^T01': noteDocument,
  'MDM^T02': receiveMdm,
  'MDM^T04': receiveMdm,
  'MDM^T06': receiveMdm,
  'MDM^T08': receiveMdm,
  'MDM^T10': receiveMdm,
  'MDM^T11': receiveMdm,
};

/** Accepted without effect, and why: nobody has to send such a message again. */
function told(outcomes: readonly string[]): Awaited<ReturnType<MessageRoute>> {
  if (outcomes.includes('new')) return { state: 'applied' };
  return {
    state: 'ignored',
    note: outcomes.includes('stale') ? 'reports.older_than_current' : 'reports.duplicate',
  };
}
