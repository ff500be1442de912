// The DICOM upper layer state machine as a table (PS3.8 §9.2, tables 9-6 to 9-10). Rows are events,
// columns states; a missing cell is an event that cannot happen there (our own primitives are refused
// with an error by upper-layer.ts, which also carries the actions out).

export type State =
  | 'Sta1' // idle
  | 'Sta2' // transport open, awaiting A-ASSOCIATE-RQ
  | 'Sta3' // awaiting local A-ASSOCIATE response
  | 'Sta4' // awaiting transport to open
  | 'Sta5' // awaiting A-ASSOCIATE-AC or -RJ
  | 'Sta6' // association established, ready for data transfer
  | 'Sta7' // awaiting A-RELEASE-RP
  | 'Sta8' // awaiting local A-RELEASE response
  | 'Sta9' // release collision, requestor side: awaiting local A-RELEASE response
  | 'Sta10' // release collision, acceptor side: awaiting A-RELEASE-RP
  | 'Sta11' // release collision, requestor side: awaiting A-RELEASE-RP
  | 'Sta12' // release collision, acceptor side: awaiting local A-RELEASE response
  | 'Sta13'; // awaiting transport to close

export type Action =
  | 'AE-1'
  | 'AE-2'
  | 'AE-3'
  | 'AE-4'
  | 'AE-5'
  | 'AE-6'
  | 'AE-7'
  | 'AE-8' // association establishment
  | 'DT-1'
  | 'DT-2' // data transfer
  | 'AR-1'
  | 'AR-2'
  | 'AR-3'
  | 'AR-4'
  | 'AR-5'
  | 'AR-6'
  | 'AR-7'
  | 'AR-8'
  | 'AR-9'
  | 'AR-10' // release
  | 'AA-1'
  | 'AA-2'
  | 'AA-3'
  | 'AA-4'
  | 'AA-5'
  | 'AA-6'
  | 'AA-7'
  | 'AA-8'; // abort

export type Event =
  | 'A-ASSOCIATE request'
  | 'transport connected'
  | 'A-ASSOCIATE-AC'
  | 'A-ASSOCIATE-RJ'
  | 'transport indication'
  | 'A-ASSOCIATE-RQ'
  | 'A-ASSOCIATE accept'
  | 'A-ASSOCIATE reject'
  | 'P-DATA request'
  | 'P-DATA-TF'
  | 'A-RELEASE request'
  | 'A-RELEASE-RQ'
  | 'A-RELEASE-RP'
  | 'A-RELEASE response'
  | 'A-ABORT request'
  | 'A-ABORT'
  | 'transport closed'
  | 'ARTIM expired'
  | 'invalid PDU';

type Row = Partial<Record<State, Action>>;

/** Every state from Sta6 to Sta12, where most unexpected PDUs have the same answer. */
const sta6To12 = (action: Action): Row => ({
  Sta6: action,
  Sta7: action,
  Sta8: action,
  Sta9: action,
  Sta10: action,
  Sta11: action,
  Sta12: action,
});

const unexpected: Row = { Sta2: 'AA-1', Sta3: 'AA-8', Sta5: 'AA-8', ...sta6To12('AA-8'), Sta13: 'AA-6' };

// biome-ignore format: one row of table 9-10 per line
export const transitions: Readonly<Record<Event, Row>> = {
  'A-ASSOCIATE request':  { Sta1: 'AE-1' },
  'transport connected':  { Sta4: 'AE-2' },
  'A-ASSOCIATE-AC':       { ...unexpected, Sta5: 'AE-3' },
  'A-ASSOCIATE-RJ':       { ...unexpected, Sta5: 'AE-4' },
  'transport indication': { Sta1: 'AE-5' },
  'A-ASSOCIATE-RQ':       { ...unexpected, Sta2: 'AE-6', Sta13: 'AA-7' },
  'A-ASSOCIATE accept':   { Sta3: 'AE-7' },
  'A-ASSOCIATE reject':   { Sta3: 'AE-8' },
  'P-DATA request':       { Sta6: 'DT-1', Sta8: 'AR-7' },
  'P-DATA-TF':            { ...unexpected, Sta6: 'DT-2', Sta7: 'AR-6' },
  'A-RELEASE request':    { Sta6: 'AR-1' },
  'A-RELEASE-RQ':         { ...unexpected, Sta6: 'AR-2', Sta7: 'AR-8' },
  'A-RELEASE-RP':         { ...unexpected, Sta7: 'AR-3', Sta10: 'AR-10', Sta11: 'AR-3' },
  'A-RELEASE response':   { Sta8: 'AR-4', Sta9: 'AR-9', Sta12: 'AR-4' },
  'A-ABORT request':      { Sta3: 'AA-1', Sta4: 'AA-2', Sta5: 'AA-1', ...sta6To12('AA-1') },
  'A-ABORT':              { Sta2: 'AA-2', Sta3: 'AA-3', Sta5: 'AA-3', ...sta6To12('AA-3'), Sta13: 'AA-2' },
  'transport closed':     { Sta2: 'AA-5', Sta3: 'AA-4', Sta4: 'AA-4', Sta5: 'AA-4', ...sta6To12('AA-4'), Sta13: 'AR-5' },
  'ARTIM expired':        { Sta2: 'AA-2', Sta13: 'AA-2' },
  'invalid PDU':          { ...unexpected, Sta13: 'AA-7' },
};

/** The state each action leads to. AE-6 stays open for its second branch (reject at once: Sta13). */
// biome-ignore format: one group of actions per line
export const nextState: Readonly<Record<Action, State>> = {
  'AE-1': 'Sta4', 'AE-2': 'Sta5', 'AE-3': 'Sta6', 'AE-4': 'Sta1', 'AE-5': 'Sta2', 'AE-6': 'Sta3', 'AE-7': 'Sta6', 'AE-8': 'Sta13',
  'DT-1': 'Sta6', 'DT-2': 'Sta6',
  'AR-1': 'Sta7', 'AR-2': 'Sta8', 'AR-3': 'Sta1', 'AR-4': 'Sta13', 'AR-5': 'Sta1', 'AR-6': 'Sta7', 'AR-7': 'Sta8',
  'AR-8': 'Sta9', 'AR-9': 'Sta11', 'AR-10': 'Sta12',
  'AA-1': 'Sta13', 'AA-2': 'Sta1', 'AA-3': 'Sta1', 'AA-4': 'Sta1', 'AA-5': 'Sta1', 'AA-6': 'Sta13', 'AA-7': 'Sta13', 'AA-8': 'Sta13',
};
