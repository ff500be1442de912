// What docs/dicom-conformance.md says of the rows it takes from code: the standard's name and the tests that hold the
// claim. Paths as in the document: `dimse/` is packages/dimse/src/, `door/` apps/server/src/dimse/, `archive/`, `orders/`,
// `routing/` and `nodes/` are modules of the server.

/** `operations`: of a service with several SOP classes, those of this one. */
type Claim = { name: string; operations?: readonly string[]; heldBy: readonly string[] };

const standard = '1.2.840.10008';
const find = ['archive/query/query.db.test.ts'];
const retrieve = ['archive/outgoing/retrieve.scp.db.test.ts'];

export const serviceClaims: Record<string, Claim> = {
  [`${standard}.1.1`]: { name: 'Verification', heldBy: ['dimse/dcmtk.test.ts'] },
  storage: { name: 'Storage, every class', heldBy: ['archive/store.scp.db.test.ts'] },
  [`${standard}.5.1.4.1.2.1.1`]: { name: 'Patient Root Query/Retrieve – FIND', heldBy: find },
  [`${standard}.5.1.4.1.2.2.1`]: { name: 'Study Root Query/Retrieve – FIND', heldBy: find },
  [`${standard}.5.1.4.1.2.1.2`]: {
    name: 'Patient Root Query/Retrieve – MOVE',
    operations: ['C-MOVE'],
    heldBy: retrieve,
  },
  [`${standard}.5.1.4.1.2.1.3`]: {
    name: 'Patient Root Query/Retrieve – GET',
    operations: ['C-GET'],
    heldBy: retrieve,
  },
  [`${standard}.5.1.4.1.2.2.2`]: {
    name: 'Study Root Query/Retrieve – MOVE',
    operations: ['C-MOVE'],
    heldBy: retrieve,
  },
  [`${standard}.5.1.4.1.2.2.3`]: {
    name: 'Study Root Query/Retrieve – GET',
    operations: ['C-GET'],
    heldBy: retrieve,
  },
  [`${standard}.5.1.4.1.2.3.1`]: {
    name: 'Patient/Study Only Query/Retrieve – FIND (retired)',
    heldBy: ['archive/query/patient-study-only.db.test.ts'],
  },
  [`${standard}.1.20.1`]: {
    name: 'Storage Commitment Push Model',
    heldBy: ['archive/commitment/commitment.db.test.ts'],
  },
  [`${standard}.5.1.4.33`]: {
    name: 'Instance Availability Notification',
    heldBy: ['archive/availability/availability.db.test.ts'],
  },
  [`${standard}.5.1.4.31`]: {
    name: 'Modality Worklist Information Model – FIND',
    heldBy: ['orders/worklist/worklist.db.test.ts'],
  },
  [`${standard}.3.1.2.3.3`]: {
    name: 'Modality Performed Procedure Step',
    operations: ['N-CREATE', 'N-SET'],
    heldBy: ['orders/mpps/mpps.db.test.ts'],
  },
  [`${standard}.3.1.2.3.4`]: {
    name: 'Modality Performed Procedure Step Retrieve',
    operations: ['N-GET'],
    heldBy: ['orders/mpps/mpps.db.test.ts'],
  },
};

/** What we ask of others, and on whose word. */
export const scuClaims: Record<string, { by: string; heldBy: readonly string[] }> = {
  [`${standard}.1.1`]: { by: 'test of a node', heldBy: ['nodes/connect-to-node.db.test.ts'] },
  storage: { by: 'sends, rules, C-MOVE', heldBy: ['routing/routing.db.test.ts'] },
  [`${standard}.5.1.4.1.2.2.1`]: { by: 'pull', heldBy: ['routing/routing.db.test.ts'] },
  [`${standard}.5.1.4.1.2.2.2`]: { by: 'pull', heldBy: ['routing/routing.db.test.ts'] },
  [`${standard}.5.1.4.1.2.2.3`]: { by: 'pull', heldBy: ['routing/routing.db.test.ts'] },
  [`${standard}.1.20.1`]: { by: 'after sends', heldBy: ['archive/commitment/commitment.db.test.ts'] },
  [`${standard}.5.1.4.33`]: { by: 'by rule', heldBy: ['archive/availability/availability.db.test.ts'] },
  [`${standard}.5.1.4.31`]: { by: '`yunying worklist`', heldBy: ['orders/worklist/ask-worklist.db.test.ts'] },
};

const door = 'door/node-rules.db.test.ts';
const call = 'nodes/connect-to-node.db.test.ts';
export const nodeRuleClaims: Record<string, { meaning: string; heldBy: string }> = {
  associationSeconds: { meaning: 'connecting, A-ASSOCIATE, A-RELEASE', heldBy: call },
  dimseSeconds: { meaning: 'a response; an operation without progress', heldBy: call },
  idleSeconds: { meaning: 'nothing in either direction', heldBy: door },
  maxPduLength: { meaning: 'offered to it and enforced, in bytes', heldBy: door },
  transferSyntaxes: { meaning: 'of the objects it stores', heldBy: door },
  sendAs: {
    meaning: 'what it is sent, where it takes it; what is lossy is not compressed anew',
    heldBy: 'archive/outgoing/send-as.db.test.ts',
  },
  mostAssociations: {
    meaning: 'at a time over all processes; those it opens, and those we open',
    heldBy: 'test/receivers.test.ts',
  },
  bytesPerSecond: { meaning: 'of all its associations together, in each direction', heldBy: door },
  privateClasses: { meaning: 'private SOP classes it may store', heldBy: door },
  tlsRequired: { meaning: 'in clear it is a stranger', heldBy: door },
  queries: {
    meaning: 'narrow: C-FIND names a patient, an accession number, a study or at most 31 days',
    heldBy: 'archive/query/query.db.test.ts',
  },
  userIdentity: { meaning: 'a user must be named, or proven by passcode', heldBy: door },
  tls: { meaning: 'we call it over TLS', heldBy: call },
  user: { meaning: 'we call it as this user', heldBy: call },
};

/** Known by name, and not decoded: arithmetic and hierarchical JPEG (packages/codec/src/jpeg/decode-jpeg.test.ts). */
export const notDecoded: ReadonlySet<string> = new Set(
  [52, 54, 56, 58, 59, 60, 61, 62, 63, 64, 65, 66].map((end) => `${standard}.1.2.4.${end}`),
);
