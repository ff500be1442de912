// The field names that may appear in a log: ids of rows, UIDs, codes, counts, sizes, durations, addresses of
// machines. A name that could hold a person's name, number, phone, or free text of a message is not added here.

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Pass only when the value looks like a code: no spaces, no free text. */
export const codeFields = words(`
  event code reason result state status kind topic role module phase trigger messageType permission scope profile signal
`);
export const codeShape = /^[A-Za-z0-9_.:/-]{1,80}$/;

export const allowedFields = words(`
  traceId requestId jobId jobName attempt maxAttempts sessionId associationId messageId controlId connectionId
  studyInstanceUid seriesInstanceUid sopInstanceUid sopClassUid transferSyntaxUid presentationContextId
  studyId seriesId instanceId examId orderId reportId personId patientRowId shareId accountId clientId nodeId
  institutionId blobId copyId storeId sha256 tag segment field offset modality frame page version
  aeTitle callingAe calledAe address host port peer pid node listener exitCode method route roles
  count done total failed damaged instances frames files bytes sizeBytes freeBytes limit durationMs waitMs retryMs lagMs rate
  dimseStatus httpStatus migration runAt at line
`);
